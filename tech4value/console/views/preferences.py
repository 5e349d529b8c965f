"""What belongs to the person: name, language, appearance, password, API tokens."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tech4value.accounts.actions import change_preferences, create_token, revoke_token
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.models import ApiToken
from tech4value.accounts.permissions import Permission
from tech4value.console.forms import PreferencesForm, TokenForm
from tech4value.tenancy.clock import now
from tech4value.web.toasts import toast
from tech4value.web.views import FormView, MemberView, redirect


class PreferencesView(FormView):
    """One's own choices, the same in every organisation."""

    permission = Permission.SELF
    template_name = "console/preferences.html"

    def make_form(self, data: Any = None, files: Any = None) -> PreferencesForm:
        return PreferencesForm(data, instance=self.request.user)

    def extra_context(self) -> dict[str, Any]:
        member = self.request.member
        return {
            "may_have_tokens": member.can(Permission.TOKEN_EDIT),
            "tokens": ApiToken.objects.filter(membership=member).order_by("-id"),
            "now": now(),
        }

    def save(self, form: PreferencesForm) -> str:
        change_preferences(user=self.request.user, values=form.cleaned_data)
        toast(self.request, _("Vos préférences sont enregistrées."))
        return reverse("console:preferences")


class TokenView(FormView):
    """A new API token. Its secret is in the answer to the form, and nowhere else, ever."""

    permission = Permission.TOKEN_EDIT
    template_name = "console/token_form.html"

    def make_form(self, data: Any = None, files: Any = None) -> TokenForm:
        return TokenForm(data)

    def post(self, request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.make_form(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        token, secret = create_token(
            actor=request.member.actor,
            membership=request.member,
            name=form.cleaned_data["name"],
            expires_at=form.expires_at(),
        )
        response = render(request, "console/token_created.html", {"token": token, "secret": secret})
        response.headers["Cache-Control"] = "no-store"
        return response


class RevokeTokenView(MemberView):
    """A token stops working at once."""

    permission = Permission.TOKEN_EDIT

    def post(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        token = get_object_or_404(ApiToken, pk=pk, membership=request.member)
        revoke_token(actor=request.member.actor, token=token)
        toast(request, _("Le jeton « %(name)s » ne fonctionne plus.") % {"name": token.name})
        return redirect(request, reverse("console:preferences"))
