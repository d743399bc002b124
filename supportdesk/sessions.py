"""The sessions behind the cookie of sign-in: Django's own rows, by the clock of Postgres, which all processes share."""

from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db.models.functions import Now


class SessionStore(db.SessionStore):
    """Django judges by the clock of the process, so that one which is a day ahead would sign everybody out."""

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        row = super().create_model_instance(data)
        row.expire_date = Now() + timedelta(seconds=self.get_expiry_age())
        return row

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        row: AbstractBaseSession | None = self.model.objects.filter(
            session_key=self.session_key, expire_date__gt=Now()
        ).first()
        if row is None:
            self._session_key = None
        return row
