"""Pages of identity: sign-in, one's own profile, the list of staff."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from identity import access
from identity import actions as identity
from identity.authentication import address_of
from identity.errors import IdentityError, LockedOut, SignInRefused
from identity.forms import NewPasswordForm, PasswordForm, ProfileForm, RoleForm, SignInForm, StaffForm
from identity.models import GIVEN_ROLES, User
from identity.words import refusal_words


@login_not_required
@sensitive_post_parameters("password")
@sensitive_variables("form")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if "language" in request.GET:
        return _speak(request, request.GET["language"])
    if request.user.is_authenticated:
        return redirect(_next_of(request))
    form = SignInForm(request.POST or None)
    if not form.is_valid():
        return _sign_in_page(request, form)
    try:
        user = identity.sign_in(
            email=form.cleaned_data["email"], password=form.cleaned_data["password"], address=address_of(request)
        )
    except (SignInRefused, LockedOut) as refusal:
        return _sign_in_page(request, form, refusal)
    login(request, user)
    request.session.set_expiry(settings.SESSION_COOKIE_AGE if form.cleaned_data["stay"] else 0)
    return redirect(_next_of(request))


def _sign_in_page(request: HttpRequest, form: SignInForm, refusal: IdentityError | None = None) -> HttpResponse:
    context = {"form": form, "refusal": refusal_words(refusal) if refusal else "", "next": request.GET.get("next", "")}
    context["languages"] = [code for code, _name in settings.LANGUAGES if code != translation.get_language()]
    return render(request, "identity/login.html", context, status=refusal.status if refusal else 200)


def _speak(request: HttpRequest, language: str) -> HttpResponse:
    """Remember the language of somebody who is not signed in, in a cookie, and show the page again."""
    query = request.GET.copy()
    del query["language"]
    response = HttpResponseRedirect(f"{request.path}?{query.urlencode()}" if query else request.path)
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 3600,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def _next_of(request: HttpRequest) -> str:
    """Where the person wanted to go, when that is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return "/"


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    response = redirect("login")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@require_http_methods(["GET", "POST"])
def profile(request: Any) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        user = identity.change_profile(user=request.user, **form.cleaned_data)
        with translation.override(user.language):
            messages.success(request, _("Saved."))
        return redirect("profile")
    return _profile_page(request, profile_form=form)


def _profile_page(
    request: Any, *, profile_form: ProfileForm | None = None, password_form: PasswordForm | None = None
) -> HttpResponse:
    context = {
        "section": "profile",
        "profile_form": profile_form or ProfileForm(instance=request.user),
        "password_form": password_form or PasswordForm(),
        "sessions": access.sessions_visible_to(request.user).filter(user=request.user),
        "here": request.staff_session.id,
    }
    return render(request, "identity/profile.html", context, status=400 if request.method == "POST" else 200)


@sensitive_post_parameters("old", "new")
@require_POST
def change_password(request: Any) -> HttpResponse:
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return _profile_page(request, password_form=form)
    try:
        user = identity.change_password(user=request.user, session=request.staff_session, **form.cleaned_data)
    except IdentityError as refusal:
        form.add_error("old" if isinstance(refusal, SignInRefused) else "new", refusal_words(refusal))
        return _profile_page(request, password_form=form)
    update_session_auth_hash(request, user)
    identity.renew_key(session=request.staff_session, key=request.session.session_key)
    messages.success(request, _("The password is changed. Other sign-ins of yours have ended."))
    return redirect("profile")


@require_POST
def end_session(request: Any, session_id: UUID) -> HttpResponse:
    session = access.session_for(request.user, session_id)
    identity.end_session(session=session, by=request.user)
    messages.success(request, _("That sign-in has ended."))
    return redirect("profile" if session.user_id == request.user.id else resolve_url("staff"))


@require_GET
def staff(request: Any) -> HttpResponse:
    return _staff_page(request, StaffForm())


def _staff_page(request: Any, form: StaffForm) -> HttpResponse:
    people = access.staff_managed_by(request.user)
    context = {"section": "staff", "people": people, "form": form, "roles": GIVEN_ROLES}
    return render(request, "identity/staff.html", context, status=400 if form.is_bound else 200)


@sensitive_post_parameters("password")
@require_POST
def add_staff(request: Any) -> HttpResponse:
    access.staff_managed_by(request.user)
    form = StaffForm(request.POST)
    if not form.is_valid():
        return _staff_page(request, form)
    try:
        user = identity.create_staff(by=request.user, **form.cleaned_data)
    except IdentityError as refusal:
        form.add_error("email" if refusal.code == "email_taken" else "password", refusal_words(refusal))
        return _staff_page(request, form)
    messages.success(request, _("Added: %(name)s.") % {"name": user.full_name})
    return redirect("staff")


@require_POST
def change_role(request: Any, user_id: UUID) -> HttpResponse:
    user = access.staff_member_for(request.user, user_id)
    form = RoleForm(request.POST)
    if form.is_valid():
        _try(request, user, lambda: identity.change_role(user=user, by=request.user, role=form.cleaned_data["role"]))
    return redirect("staff")


@require_POST
def deactivate(request: Any, user_id: UUID) -> HttpResponse:
    user = access.staff_member_for(request.user, user_id)
    _try(request, user, lambda: identity.deactivate(user=user, by=request.user))
    return redirect("staff")


@require_POST
def activate(request: Any, user_id: UUID) -> HttpResponse:
    user = access.staff_member_for(request.user, user_id)
    _try(request, user, lambda: identity.activate(user=user, by=request.user))
    return redirect("staff")


@sensitive_post_parameters("password")
@require_POST
def set_password(request: Any, user_id: UUID) -> HttpResponse:
    user = access.staff_member_for(request.user, user_id)
    form = NewPasswordForm(request.POST)
    if form.is_valid():
        new = form.cleaned_data["password"]
        _try(request, user, lambda: identity.set_password(user=user, by=request.user, new=new))
    return redirect("staff")


def _try(request: Any, user: User, change: Any) -> None:
    """Make the change and say so, or say why not."""
    try:
        change()
    except IdentityError as refusal:
        messages.error(request, refusal_words(refusal))
    else:
        messages.success(request, _("Saved: %(name)s.") % {"name": user.full_name})
