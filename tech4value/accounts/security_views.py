"""What protects one's own account, whatever the organisation: second factors, and where one is signed in."""

from typing import Any, ClassVar

from allauth.mfa.models import Authenticator
from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import View

from tech4value.accounts.models import User
from tech4value.accounts.permissions import Permission
from tech4value.accounts.second_factor import has_second_factor
from tech4value.accounts.sessions import sessions_of


def security_context(user: User, session_key: str | None) -> dict[str, Any]:
    """What the page of an account's security shows."""
    found = [one.wrap() for one in Authenticator.objects.filter(user_id=user.pk).order_by("created_at")]
    by_type: dict[str, list[Any]] = {}
    for one in found:
        by_type.setdefault(one.instance.type, []).append(one)
    codes = by_type.get(Authenticator.Type.RECOVERY_CODES, [])
    return {
        "totp": by_type.get(Authenticator.Type.TOTP, []),
        "passkeys": by_type.get(Authenticator.Type.WEBAUTHN, []),
        "codes_left": len(codes[0].get_unused_codes()) if codes else 0,
        "protected": any(kind != Authenticator.Type.RECOVERY_CODES for kind in by_type),
        "sessions": sessions_of(user, session_key),
    }


class SignedInView(View):
    """For whoever is signed in, in an organisation or not."""

    permission: ClassVar[Permission] = Permission.PUBLIC

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        return super().dispatch(request, *args, **kwargs)


class AccountSecurityView(SignedInView):
    """Second factors and sessions: within an organisation, its own page of preferences."""

    def get(self, request: Any) -> HttpResponse:
        if request.tenant_slug is not None:
            return HttpResponseRedirect(reverse("console:security"))
        context = security_context(request.user, request.session.session_key)
        return render(request, "account/security.html", context)


class SecondFactorRequiredView(SignedInView):
    """Where an organisation that demands a second factor leads those who have none."""

    def get(self, request: Any) -> HttpResponse:
        if has_second_factor(request.user):
            return HttpResponseRedirect(reverse("root"))
        return render(request, "account/second_factor_required.html")


class EndSessionView(SignedInView):
    """Sign out of one device."""

    def post(self, request: Any, pk: int) -> HttpResponse:
        session = get_object_or_404(UserSession, pk=pk, user=request.user)
        if session.session_key == request.session.session_key:
            return HttpResponseRedirect(reverse("account_logout"))
        get_adapter().end_sessions([session])
        messages.success(request, _("L’appareil est déconnecté."))
        return HttpResponseRedirect(reverse("mfa_index"))


class EndOtherSessionsView(SignedInView):
    """Sign out of every device but this one."""

    def post(self, request: Any) -> HttpResponse:
        others = UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key)
        rows = list(others)
        get_adapter().end_sessions(rows)
        text = ngettext("%(n)d autre appareil est déconnecté.", "%(n)d autres appareils sont déconnectés.", len(rows))
        messages.success(request, text % {"n": len(rows)})
        return HttpResponseRedirect(reverse("mfa_index"))
