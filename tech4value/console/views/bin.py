"""The bin: what was deleted in the last 30 days, for those who may bring it back."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portfolio.people.models import Person
from portfolio.projects.models import Project
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.search.fields import RowField
from tech4value.web.bin import KEPT_DAYS, BinFilters, contents, kinds, named
from tech4value.web.tags.filters import number
from tech4value.web.toasts import toast
from tech4value.web.views import MemberView, redirect

PAGE_SIZE = 50
MOST_SHOWN = 1000
PERIODS = [("", gettext_lazy("30 jours")), ("7", gettext_lazy("7 jours")), ("1", gettext_lazy("Aujourd’hui et hier"))]


class BinFilter(forms.Form):
    """The chips over the bin."""

    kind = forms.ChoiceField(label=gettext_lazy("Nature"), required=False)
    project = RowField(None, label=gettext_lazy("Projet"), required=False, empty_label=gettext_lazy("Tous"))
    who = forms.ModelChoiceField(  # type: ignore[var-annotated]  # its rows are set for each form
        label=gettext_lazy("Supprimé par"), queryset=None, required=False, empty_label=gettext_lazy("Tous")
    )
    days = forms.ChoiceField(label=gettext_lazy("Depuis"), choices=PERIODS, required=False)

    def __init__(self, data: Any, member: Membership) -> None:
        super().__init__(data)
        fields: Any = self.fields
        fields["kind"].choices = [("", _("Toutes")), *((kind.key, kind.label) for kind in kinds())]
        fields["project"].queryset = Project.objects.visible_to(member)
        fields["who"].queryset = _whom(member).select_related("user").order_by("user__name")

    @property
    def asked(self) -> BinFilters:
        """What the chips ask; a value that is no choice asks nothing."""
        self.is_valid()
        found = self.cleaned_data
        return BinFilters(
            kind=found.get("kind") or "",
            project=getattr(found.get("project"), "pk", None),
            actor=getattr(found.get("who"), "user_id", None),
            days=int(found.get("days") or KEPT_DAYS),
        )


def _whom(member: Membership) -> QuerySet[Any]:
    """The members whom `member` may know of: all of them, or those who are a person of the portfolio."""
    rows: QuerySet[Any] = Membership.objects.all()
    if member.can(Permission.MEMBER_VIEW):
        return rows
    return rows.filter(pk__in=Person.objects.exclude(membership=None).values("membership"))


class BinView(MemberView):
    """What the person could bring back, newest first."""

    permission = Permission.PROJECT_VIEW

    def get(self, request: MemberRequest) -> HttpResponse:
        form = BinFilter(request.GET, request.member)
        asked = form.asked
        page = Paginator(contents(request.member, asked, MOST_SHOWN), PAGE_SIZE).get_page(request.GET.get("page"))
        context = {"filter": form, "page": page, "days": KEPT_DAYS, "filtered": asked != BinFilters()}
        return render(request, "console/bin.html", context)


class BinRestoreView(MemberView):
    """Bring back the rows that were chosen (`row`); each that cannot come back says why."""

    permission = Permission.PROJECT_VIEW
    http_method_names = ["post"]

    def post(self, request: MemberRequest) -> HttpResponse:
        back: list[str] = []
        chosen = request.POST.getlist("only") or request.POST.getlist("row")
        for found in named(request.member, chosen):
            try:
                with transaction.atomic():
                    found.kind.restore(actor=request.member.actor, row=found.row)
            except ValidationError as error:
                reason = _("« %(name)s » reste dans la corbeille. %(reason)s") % {
                    "name": found.row,
                    "reason": " ".join(error.messages),
                }
                toast(request, reason, level="error")
            else:
                back.append(str(found.row))
        if len(back) == 1:
            toast(request, _("« %(name)s » est de retour.") % {"name": back[0]})
        elif back:
            words = ngettext("%(n)s élément est de retour.", "%(n)s éléments sont de retour.", len(back))
            toast(request, words % {"n": number(len(back))})
        elif not chosen:
            toast(request, _("Choisissez d’abord ce qu’il faut rétablir."), level="error")
        return redirect(request, f"{reverse('console:bin')}?{request.GET.urlencode()}".rstrip("?"))
