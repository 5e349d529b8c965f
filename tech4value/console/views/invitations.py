"""Invitations as administrators see them: the list, sending, sending again, revoking."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tech4value.accounts.http import MemberRequest
from tech4value.accounts.invitations import VALID_FOR, revoke_invitation
from tech4value.accounts.models import Invitation, InvitationState
from tech4value.accounts.permissions import Permission, Role
from tech4value.billing.queries import invited_usage, plan_name
from tech4value.console.forms import InvitationFilterForm, InviteForm
from tech4value.console.invitations import invite, send_again
from tech4value.console.queries import invitations, waiting_invitations
from tech4value.tenancy.clock import now
from tech4value.web.toasts import toast
from tech4value.web.views import FormView, MemberView, redirect

PAGE_SIZE = 50


class InvitationListView(MemberView):
    """Who was invited, by whom, and what became of it."""

    permission = Permission.MEMBER_VIEW

    def get(self, request: MemberRequest) -> HttpResponse:
        form = InvitationFilterForm(request.GET)
        values = form.cleaned_data if form.is_valid() else {}
        page = Paginator(invitations(**values), PAGE_SIZE).get_page(request.GET.get("page"))
        instant = now()
        context = {
            "filters": form,
            "page": page,
            "rows": [(row, row.status(instant), row.state == InvitationState.OPEN) for row in page],
            "waiting": waiting_invitations(),
            "may_edit": request.member.can(Permission.MEMBER_EDIT),
        }
        return render(request, "console/invitations.html", context)


class InviteView(FormView):
    """Invite one or several addresses with a role."""

    permission = Permission.MEMBER_EDIT
    template_name = "console/member_invite.html"

    def make_form(self, data: Any = None, files: Any = None) -> InviteForm:
        person = self.request.GET.get("person", "")
        return InviteForm(data, initial={"person": person, "emails": self.request.GET.get("email", "")})

    def extra_context(self) -> dict[str, Any]:
        return {"usage": invited_usage(), "plan": plan_name(), "days": VALID_FOR.days}

    def save(self, form: InviteForm) -> str:
        values = form.cleaned_data
        made = invite(
            actor=self.request.member.actor,
            emails=values["emails"],
            role=Role(values["role"]),
            invited_by=self.request.member,
            person_id=values["person"] and values["person"].pk,
        )
        text = ngettext("L’invitation est envoyée à %(email)s.", "%(n)d invitations sont envoyées.", len(made)) % {
            "n": len(made),
            "email": made[0].email,
        }
        toast(self.request, text)
        return reverse("console:invitations")


class _InvitationDeedView(MemberView):
    """A button beside an invitation: does its deed, says so, and returns to the list."""

    permission = Permission.MEMBER_EDIT

    def deed(self, request: MemberRequest, target: Invitation) -> str:
        """Do it; returns what to say. Raises ValidationError with the reason of a refusal."""
        raise NotImplementedError

    def post(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        target = get_object_or_404(Invitation, pk=pk)
        try:
            with transaction.atomic():
                said = self.deed(request, target)
            toast(request, said)
        except ValidationError as error:
            toast(request, " ".join(error.messages), level="error")
        return redirect(request, reverse("console:invitations"))


class SendAgainView(_InvitationDeedView):
    def deed(self, request: MemberRequest, target: Invitation) -> str:
        send_again(actor=request.member.actor, invitation=target)
        return _("Un nouveau lien a été envoyé à %(email)s ; le précédent ne fonctionne plus.") % {
            "email": target.email
        }


class RevokeInvitationView(_InvitationDeedView):
    def deed(self, request: MemberRequest, target: Invitation) -> str:
        revoke_invitation(actor=request.member.actor, invitation=target)
        return _("L’invitation de %(email)s est annulée : son lien ne fonctionne plus.") % {"email": target.email}
