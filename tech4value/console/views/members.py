"""Members: the list, role, closing and opening; and the matrix of rights."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tech4value.accounts.actions import deactivate_member
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission, Role
from tech4value.billing.queries import member_usage, plan_name
from tech4value.console.actions import change_member_role, reactivate_member
from tech4value.console.forms import RoleForm
from tech4value.console.lists import MemberTable
from tech4value.console.queries import rights, waiting_invitations
from tech4value.tables.pages import TablePage, TableView
from tech4value.web.toasts import toast
from tech4value.web.views import FormView, MemberView, came_from, redirect


class MemberListView(TableView):
    """Who is in, as what, since when."""

    permission = Permission.MEMBER_VIEW
    table = MemberTable
    template_name = "console/members.html"

    def context(self, listed: TablePage) -> dict[str, Any]:
        return {
            "usage": member_usage(),
            "plan": plan_name(),
            "waiting": waiting_invitations(),
            "may_edit": self.request.member.can(Permission.MEMBER_EDIT),
        }


class RoleView(FormView):
    """Give a member another role."""

    permission = Permission.MEMBER_EDIT
    template_name = "console/member_role.html"
    target: Membership

    def prepare(self) -> None:
        self.row = self.target = get_object_or_404(Membership.objects.select_related("user"), pk=self.kwargs["pk"])

    def make_form(self, data: Any = None, files: Any = None) -> RoleForm:
        return RoleForm.of(self.row, data)

    def extra_context(self) -> dict[str, Any]:
        return {"target": self.target}

    def save(self, form: RoleForm) -> str:
        role = Role(form.cleaned_data["role"])
        change_member_role(
            actor=self.request.member.actor, member=self.target, role=role, version=form.cleaned_data["version"]
        )
        text = _("%(name)s a maintenant le rôle « %(role)s ».") % {
            "name": self.target.person_name,
            "role": role.label,
        }
        toast(self.request, text)
        # One who has just given up one's own rights cannot return to the list.
        here = self.target.pk != self.request.member.pk or role == Role.ADMINISTRATOR
        return came_from(self.request, reverse("console:members")) if here else reverse("home")


class _MemberDeedView(MemberView):
    """A button beside a member: does its deed, says so, and returns to the list."""

    permission = Permission.MEMBER_EDIT

    def deed(self, request: MemberRequest, target: Membership) -> str:
        """Do it; returns what to say. Raises ValidationError with the reason of a refusal."""
        raise NotImplementedError

    def post(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        target = get_object_or_404(Membership.objects.select_related("user"), pk=pk)
        try:
            with transaction.atomic():
                said = self.deed(request, target)
            toast(request, said)
        except ValidationError as error:
            toast(request, " ".join(error.messages), level="error")
        return redirect(request, came_from(request, reverse("console:members")))


class DeactivateView(_MemberDeedView):
    def deed(self, request: MemberRequest, target: Membership) -> str:
        if target.pk == request.member.pk:
            raise ValidationError(
                _("Vous ne pouvez pas vous désactiver vous-même : demandez-le à un autre administrateur.")
            )
        deactivate_member(actor=request.member.actor, membership=target)
        return _("%(name)s ne peut plus entrer ; son travail est conservé.") % {"name": target.person_name}


class ReactivateView(_MemberDeedView):
    def deed(self, request: MemberRequest, target: Membership) -> str:
        reactivate_member(actor=request.member.actor, member=target)
        return _("%(name)s peut de nouveau entrer.") % {"name": target.person_name}


class RightsView(MemberView):
    """What each role may do: the table that the product itself obeys."""

    permission = Permission.MEMBER_VIEW

    def get(self, request: MemberRequest) -> HttpResponse:
        chosen = request.GET.get("role", "")
        role = Role(chosen) if chosen in Role.values else None
        roles = (role,) if role else tuple(Role)
        context = {"groups": rights(roles), "roles": roles, "role": role, "all_roles": tuple(Role)}
        return render(request, "console/rights.html", context)
