"""What staff type: sign-in, their profile, other people's accounts. Passwords may be pasted and are never trimmed."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from identity.models import GIVEN_ROLES, User


def password_input(kind: str, css: str = "input") -> forms.PasswordInput:
    """``kind`` is what a password manager goes by: ``current-password`` or ``new-password``."""
    return forms.PasswordInput(attrs={"class": css, "autocomplete": kind})


class SignInForm(forms.Form):
    email = forms.CharField(label=_("Work e-mail"), max_length=254)
    password = forms.CharField(
        label=_("Password"), strip=False, max_length=1000, widget=password_input("current-password", "input input--lg")
    )
    stay = forms.BooleanField(label=_("Stay signed in on this computer"), required=False)


class ProfileForm(forms.ModelForm):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = User
        fields = ("display_name", "language", "theme", "sound_on")
        labels = {"display_name": _("Name borrowers see"), "theme": _("Colours"), "sound_on": _("Sounds")}  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self)


class PasswordForm(forms.Form):
    old = forms.CharField(label=_("Password now"), strip=False, widget=password_input("current-password"))
    new = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=_("At least 12 characters. A few words that only you would put together are best."),
        widget=password_input("new-password"),
    )


class StaffForm(forms.ModelForm):
    password = forms.CharField(
        label=_("First password"),
        strip=False,
        help_text=_("At least 12 characters. Tell it in person; it can be changed in the profile."),
        widget=password_input("new-password"),
    )

    class Meta:
        model = User
        fields = ("full_name", "display_name", "email", "role")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = GIVEN_ROLES  # type: ignore[attr-defined]
        _dress(self)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=GIVEN_ROLES, widget=forms.Select(attrs={"class": "select"}))


class NewPasswordForm(forms.Form):
    password = forms.CharField(label=_("New password"), strip=False, widget=password_input("new-password"))


def _dress(form: forms.BaseForm) -> None:
    for field in form.fields.values():
        if isinstance(field.widget, forms.CheckboxInput):
            field.widget.attrs["class"] = "cb"
        elif isinstance(field.widget, forms.Select):
            field.widget.attrs["class"] = "select"
        else:
            field.widget.attrs.setdefault("class", "input")
