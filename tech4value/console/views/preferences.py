"""What belongs to the person: name, language, appearance, the account's security, API tokens; and the tokens of all
members, for administrators."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tech4value.accounts.actions import change_preferences, create_token, revoke_token
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.models import ApiToken
from tech4value.accounts.permissions import Permission
from tech4value.accounts.security_views import security_context
from tech4value.console.forms import PreferencesForm, TokenForm
from tech4value.console.queries import all_tokens, waiting_invitations
from tech4value.console.views.invitations import PAGE_SIZE
from tech4value.tenancy.clock import now
from tech4value.web.toasts import toast
from tech4value.web.views import FormView, MemberView, redirect


class PreferencesView(FormView):
    """One's own choices, the same in every organisation."""

    permission = Permission.SELF
    template_name = "console/preferences.html"

    def make_form(self, data: Any = None, files: Any = None) -> PreferencesForm:
        return PreferencesForm(data, instance=self.request.user)

    def save(self, form: PreferencesForm) -> str:
        change_preferences(user=self.request.user, values=form.cleaned_data)
        toast(self.request, _("Vos préférences sont enregistrées."))
        return reverse("console:preferences")


class SecurityView(MemberView):
    """Password, second factors, devices that are signed in: the account's, whatever the organisation."""

    permission = Permission.SELF

    def get(self, request: MemberRequest) -> HttpResponse:
        return render(request, "console/security.html", security_context(request.user, request.session.session_key))


class TokensView(MemberView):
    """One's own API tokens."""

    permission = Permission.TOKEN_EDIT

    def get(self, request: MemberRequest) -> HttpResponse:
        tokens = ApiToken.objects.filter(membership=request.member).order_by("-id")
        return render(request, "console/tokens.html", {"tokens": tokens, "now": now()})


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
            days=form.cleaned_data["days"],
            scope=form.scope(),
        )
        response = render(request, "console/token_created.html", {"token": token, "secret": secret})
        response.headers["Cache-Control"] = "no-store"
        return response


class RevokeTokenView(MemberView):
    """A token of one's own stops working at once."""

    permission = Permission.TOKEN_EDIT

    def post(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        token = get_object_or_404(ApiToken, pk=pk, membership=request.member)
        revoke_token(actor=request.member.actor, token=token)
        toast(request, _("Le jeton « %(name)s » ne fonctionne plus.") % {"name": token.name})
        return redirect(request, reverse("console:tokens"))


class AllTokensView(MemberView):
    """What acts from outside in the name of each member."""

    permission = Permission.MEMBER_EDIT

    def get(self, request: MemberRequest) -> HttpResponse:
        page = Paginator(all_tokens(), PAGE_SIZE).get_page(request.GET.get("page"))
        context = {"page": page, "now": now(), "waiting": waiting_invitations()}
        return render(request, "console/all_tokens.html", context)


class RevokeAnyTokenView(MemberView):
    """An administrator stops a member's token."""

    permission = Permission.MEMBER_EDIT

    def post(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        token = get_object_or_404(ApiToken.objects.select_related("membership__user"), pk=pk)
        revoke_token(actor=request.member.actor, token=token)
        text = _("Le jeton « %(name)s » de %(member)s ne fonctionne plus.")
        toast(request, text % {"name": token.name, "member": token.membership.person_name})
        return redirect(request, reverse("console:all_tokens"))
