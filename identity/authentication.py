"""Who makes this request."""

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication, SessionAuthentication


class BorrowerAuthentication(BaseAuthentication):
    def authenticate(self, request: HttpRequest) -> None:
        return None


class StaffAuthentication(SessionAuthentication):
    pass


def staff_session(get_response):
    return get_response
