"""« Trois propositions »: what could be done of an overload, side by side with the live plan; opened or applied."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portfolio.capacity.domain.load import Grain
from portfolio.capacity.heatmap import period_name
from portfolio.scenarios.comparison import Shown, compare
from portfolio.scenarios.domain.operations import Operation
from portfolio.scenarios.domain.proposals import Nature
from portfolio.scenarios.proposals import Answer, Overload, Subject, overload_of
from portfolio.scenarios.proposals_actions import StaleProposalError, apply_proposal, open_as_scenario, read
from portfolio.scenarios.proposals_columns import columns_of
from portfolio.scenarios.proposals_effect import cash_now, people_now, weeks_of_group
from portfolio.scenarios.proposals_job import look, search_of, start_search
from portfolio.scenarios.proposals_words import TITLES, cash_lines, percent, scenario_name
from portfolio.scenarios.words import day, language
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.web.toasts import toast
from tech4value.web.views import MemberView, asked_uuid, redirect

TEMPLATE: Final = "portfolio/scenarios/proposals.html"


class ProposalsView(MemberView):
    """The page; its route takes `subject` from its definition, and `key`."""

    permission = Permission.SCENARIO_VIEW
    http_method_names = ["get"]

    def get(self, request: MemberRequest, subject: str, key: UUID) -> HttpResponse:
        if not request.member.can(Permission.CAPACITY_VIEW):
            raise PermissionDenied
        overload = overload_of(Subject(subject), key, request.GET.get("period", "")[:10])
        return page(request, overload)


class ProposalView(MemberView):
    """What the forms of a proposal share: the overload and the operations that they send back. Subclasses give
    `done(overload, operations)`, where to go."""

    permission = Permission.SCENARIO_EDIT
    http_method_names = ["post"]

    def post(self, request: MemberRequest) -> HttpResponse:
        overload = asked(request.POST)
        try:
            with transaction.atomic():
                url = self.done(overload, read(request.POST.get("operations", "")))
        except StaleProposalError as error:
            return page(request, overload, error=" ".join(error.messages), status=409)
        except ValidationError as error:
            return page(request, overload, error=" ".join(error.messages), status=422)
        return redirect(request, url)

    def done(self, overload: Overload, operations: Sequence[Operation]) -> str:
        raise NotImplementedError

    def name_of(self, overload: Overload) -> str:
        nature = self.request.POST.get("nature", "")
        return scenario_name(overload.name, Nature(nature) if nature in set(Nature) else None)


class SearchView(MemberView):
    """Looks for the proposals of large plans, in a job."""

    permission = Permission.SCENARIO_VIEW
    http_method_names = ["get", "post"]

    def get(self, request: MemberRequest) -> HttpResponse:
        """The progress alone; at its end the page is loaded again."""
        overload = asked(request.GET)
        search = search_of(request.member, overload)
        if search is None or search.is_over:
            return redirect(request, page_url(overload))
        return render(request, "jobs/progress.html", {"job": search, "address": request.get_full_path()})

    def post(self, request: MemberRequest) -> HttpResponse:
        if not request.member.can(Permission.JOB_VIEW):
            raise PermissionDenied
        overload = asked(request.POST)
        start_search(request.member, overload)
        return redirect(request, page_url(overload))


def asked(sent: QueryDict) -> Overload:
    """The overload that a form or an address names. 404 for none."""
    key, subject = asked_uuid(sent.get("key", "")), sent.get("subject", "")
    if key is None or subject not in set(Subject):
        raise Http404
    return overload_of(Subject(subject), key, sent.get("period", "")[:10])


class OpenView(ProposalView):
    """« Ouvrir comme scénario »."""

    def done(self, overload: Overload, operations: Sequence[Operation]) -> str:
        member = self.request.member
        scenario = open_as_scenario(
            actor=member.actor, member=member, name=self.name_of(overload), operations=operations
        )
        toast(self.request, _("Le scénario est créé : modifiez-le, comparez-le, soumettez-le."))
        return reverse("scenarios:detail", args=[scenario.pk])


class ApplyView(ProposalView):
    """« Appliquer »: one click, one batch, one click to take it back."""

    def done(self, overload: Overload, operations: Sequence[Operation]) -> str:
        member = self.request.member
        scenario, _batch = apply_proposal(
            actor=member.actor,
            member=member,
            name=self.name_of(overload),
            operations=operations,
            stamp=self.request.POST.get("stamp", ""),
        )
        text = _("Appliqué au plan : « %(name)s ».") % {"name": scenario.name}
        toast(self.request, text, undo_url=reverse("scenarios:undo", args=[scenario.pk]))
        return page_url(overload)


def page_url(overload: Overload) -> str:
    """Where the proposals for an overload are."""
    url = reverse(f"scenarios:proposals_{overload.subject}", args=[overload.row.pk])
    return f"{url}?{urlencode({'period': overload.period})}" if overload.period else url


def progress_url(overload: Overload) -> str:
    """Where the progress of the search is."""
    query = {"subject": overload.subject.value, "key": overload.row.pk, "period": overload.period}
    return f"{reverse('scenarios:proposal_search')}?{urlencode(query)}"


def page(request: MemberRequest, overload: Overload, *, error: str = "", status: int = 200) -> HttpResponse:
    """The proposals as they are now; of large plans, those of the last search."""
    looked = look(request.member, overload)
    found = looked.answer
    common: dict[str, Any] = {
        "overload": overload,
        "large": looked.large,
        "search": looked.search,
        "progress_url": progress_url(overload),
        "may_search": request.member.can(Permission.JOB_VIEW),
        "error": error,
        "back_url": _back(overload),
    }
    if found is None:
        return render(request, TEMPLATE, common, status=status)
    plans = [Shown(_("Plan en cours"), found.base, found.cash)]
    plans += [
        Shown(str(TITLES[way.proposal.nature]), way.outcome, way.cash)
        for way in found.ways
        if way.outcome is not None
    ]
    context = {
        **common,
        "found": True,
        "columns": columns_of(request.member, found),
        "is_over": found.is_over,
        "weeks": weeks_of_group(found, found.base),
        "when": when(found),
        "peak": percent(found.board.ratio(found.board.base)),
        "threshold": percent(found.board.target.threshold),
        "people": people_now(found),
        "cash_now": cash_lines(cash_now(found.cash)) if found.cash is not None else [],
        "comparison": compare(plans) if len(plans) > 1 else None,
        "sees_cash": request.member.can(Permission.CASH_VIEW),
        "may_open": request.member.can(Permission.SCENARIO_EDIT),
    }
    return render(request, TEMPLATE, context, status=status)


def when(found: Answer) -> str:
    """The weeks that are too much, in words."""
    weeks = found.board.target.weeks
    if not weeks:
        return ""
    if len(weeks) == 1:
        return period_name(weeks[0], Grain.WEEK, language())
    return ngettext(
        "%(n)s semaine, du %(first)s au %(last)s", "%(n)s semaines, du %(first)s au %(last)s", len(weeks)
    ) % {"n": len(weeks), "first": day(weeks[0]), "last": day(weeks[-1] + timedelta(days=6))}


def _back(overload: Overload) -> str:
    if overload.subject is Subject.PERSON:
        return reverse("people:person", args=[overload.row.pk])
    if overload.subject is Subject.POLE:
        return reverse("capacity:pole", args=[overload.row.pk])
    return f"{reverse('capacity:heatmap')}?by=skill"
