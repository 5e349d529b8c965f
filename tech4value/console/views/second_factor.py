"""A member who has lost their second factor."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tech4value.accounts.http import MemberRequest
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.accounts.resetting import refusal_to_reset, reset_second_factor
from tech4value.web.toasts import toast
from tech4value.web.views import MemberView, redirect


class SecondFactorResetView(MemberView):
    """Take off the second factor of a member who has lost it; says who can when the administrator cannot."""

    permission = Permission.MEMBER_EDIT

    def get(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        return self.page(request, self.target(pk))

    def post(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        target = self.target(pk)
        try:
            with transaction.atomic():
                reset_second_factor(actor=request.member.actor, membership=target)
        except ValidationError:
            return self.page(request, target, status=422)
        text = _("%(name)s n’a plus de second facteur, en est prévenu par e-mail et doit se reconnecter.")
        toast(request, text % {"name": target.person_name})
        return redirect(request, reverse("console:members"))

    @staticmethod
    def target(pk: UUID) -> Membership:
        found: Membership = get_object_or_404(Membership.objects.select_related("user"), pk=pk)
        return found

    @staticmethod
    def page(request: MemberRequest, target: Membership, status: int = 200) -> HttpResponse:
        refusal = refusal_to_reset(actor=request.member.actor, membership=target)
        context = {"target": target, "refusal": refusal}
        return render(request, "console/member_second_factor.html", context, status=status)
