"""The page that the link of an invitation opens. It is outside the tenant until the invitation is accepted."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from allauth.account.utils import perform_login
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.generic import View

from portfolio.people.models import Person
from tech4value.accounts.invitations import account_of, make_account, tenant_of_key, usable_invitation
from tech4value.accounts.models import Invitation, User
from tech4value.accounts.permissions import Permission, Role
from tech4value.accounts.rate_limits import INVITATION_MISSES, client_address, too_many
from tech4value.accounts.second_factor import remember_password_was_given
from tech4value.console.forms import JoinForm
from tech4value.console.invitations import accept
from tech4value.tenancy.context import tenant_context
from tech4value.tenancy.models import Tenant
from tech4value.web.views import add_errors


class InvitationView(View):
    """Join with a new account (name, password), or with the one that is signed in.

    A link that is unknown, closed, over or of a tenant that is away gets one answer, which says what to do. Looking
    changes nothing: mail programs open links before people do.
    """

    permission: ClassVar[Permission] = Permission.PUBLIC

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if wait := INVITATION_MISSES.wait(client_address(request)):
            return too_many(request, wait)
        response = super().dispatch(request, *args, **kwargs)
        # The address of the page is the secret.
        response.headers["Cache-Control"] = "no-store"
        return response

    def get(self, request: Any, key: str) -> HttpResponse:
        tenant = tenant_of_key(key)
        if tenant is not None:
            with tenant_context(tenant):
                invitation = usable_invitation(key)
                if invitation is not None:
                    return self._page(tenant, invitation, self._form(invitation))
        return self._miss()

    def post(self, request: Any, key: str) -> HttpResponse:
        tenant = tenant_of_key(key)
        if tenant is None:
            return self._miss()
        join = self._join if request.user.is_authenticated else self._sign_up
        with tenant_context(tenant):
            invitation = usable_invitation(key, lock=True)
            if invitation is None:
                return self._miss()
            answer = join(tenant, invitation)
        if isinstance(answer, User):
            remember_password_was_given(request, answer)
            return perform_login(request, answer, email_verification="none", redirect_url=_home(tenant))
        return answer

    def _join(self, tenant: Tenant, invitation: Invitation) -> HttpResponse:
        """With the account that is signed in."""
        user: User = self.request.user  # type: ignore[assignment]  # is authenticated
        try:
            with tenant_context(tenant):
                accept(invitation=invitation, user=user)
        except ValidationError as error:
            return self._page(tenant, invitation, None, errors=error.messages)
        return HttpResponseRedirect(_home(tenant))

    def _sign_up(self, tenant: Tenant, invitation: Invitation) -> HttpResponse | User:
        """With a new account, whose address the link has proven."""
        form = self._form(invitation, self.request.POST)
        if form is None:  # an account has been made since: its owner signs in
            return self._page(tenant, invitation, None)
        if not form.is_valid():
            return self._page(tenant, invitation, form, status=422)
        values = form.cleaned_data
        try:
            with tenant_context(tenant):
                user = make_account(invitation=invitation, name=values["name"], password=values["password"])
                accept(invitation=invitation, user=user)
        except ValidationError as error:
            add_errors(form, error)
            return self._page(tenant, invitation, form, status=422)
        return user

    def _form(self, invitation: Invitation, data: Any = None) -> JoinForm | None:
        """What a person without an account fills in; None for one who has an account, or is signed in."""
        if self.request.user.is_authenticated or account_of(invitation) is not None:
            return None
        known = Person.objects.filter(membership=None)
        known = (
            known.filter(pk=invitation.person_id) if invitation.person_id else known.filter(email=invitation.email)
        )
        person = known.first()
        return JoinForm(data, email=invitation.email, name=person.name if person else "")

    def _page(
        self, tenant: Tenant, invitation: Invitation, form: JoinForm | None, *, status: int = 0, errors: Any = ()
    ) -> HttpResponse:
        here = self.request.path
        context = {
            "organisation": tenant,
            "invitation": invitation,
            "who": invitation.invited_by,
            "role": Role(invitation.role).label,
            "form": form,
            "errors": errors,
            "other_account": self.request.user.is_authenticated
            and getattr(self.request.user, "email", "") != invitation.email,
            "sign_in": f"{settings.LOGIN_URL}?{urlencode({'next': here})}",
            "here": here,
        }
        return render(self.request, "account/invitation.html", context, status=status or (422 if errors else 200))

    def _miss(self) -> HttpResponse:
        """The one answer to a link that leads nowhere."""
        INVITATION_MISSES.use(client_address(self.request))
        return render(self.request, "account/invitation_over.html", status=404)


def _home(tenant: Tenant) -> str:
    return f"/t/{tenant.slug}/"
