"""A scenario submitted, approved, refused, applied and undone."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.people.models import Person
from portfolio.people.pages import RowActionView, RowFormView, Text
from portfolio.projects.models import Phase
from portfolio.scenarios.actions import approve, refuse, submit, withdraw
from portfolio.scenarios.applying import may_apply
from portfolio.scenarios.forms import ReasonForm
from portfolio.scenarios.merging import (
    KEEP,
    TAKE,
    MergeNeededError,
    Moved,
    Step,
    apply_scenario,
    steps_of,
    undo_scenario,
)
from portfolio.scenarios.models import Scenario, ScenarioStatus
from portfolio.scenarios.views import demand_edit, fetched, rows_of
from portfolio.scenarios.words import amount, language
from portfolio.treasury.models import ContractInstalment
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.audit.writing import StaleVersionError
from tech4value.figures import formats
from tech4value.web.toasts import refusal, toast
from tech4value.web.views import NUMBER, MemberView, redirect


def read_version(request: MemberRequest) -> int | None:
    """The version that the person had before them, when the page said it."""
    text = request.POST.get("version", "")
    return int(text) if NUMBER.fullmatch(text) else None


class DecisionView(RowActionView):
    """A verb on a scenario as it was read: what has changed since is not decided on."""

    permission = Permission.SCENARIO_APPROVE

    def fetch(self) -> Scenario:
        return fetched(self.request, self.kwargs["pk"])

    def next_url(self, row: Any) -> str:
        return reverse("scenarios:detail", args=[row.pk])

    def post(self, request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        version = read_version(request)
        row = self.fetch()
        if version is not None and version != row.version:
            text = _("Ce scénario a changé pendant que vous le lisiez : relisez-le avant de décider.")
            toast(request, text, level="error")
            if request.htmx:
                return redirect(request, self.next_url(row))
            context = {"url": self.next_url(row), "scenario": row}
            return render(request, "portfolio/scenarios/stale.html", context, status=409)
        return super().post(request, *args, **kwargs)


class SubmitView(DecisionView):
    """Ask for an approval."""

    permission = Permission.SCENARIO_EDIT

    def fetch(self) -> Scenario:
        row = super().fetch()
        demand_edit(self.request.member, row)
        return row

    def act(self, row: Any) -> None:
        submit(actor=self.request.member.actor, scenario=row, version=read_version(self.request))

    def said(self, row: Any) -> str:
        return _("« %(name)s » attend une approbation.") % {"name": row.name}

    def undo_url(self, row: Any) -> str:
        return reverse("scenarios:withdraw", args=[row.pk])


class WithdrawView(SubmitView):
    """Back to a draft."""

    def act(self, row: Any) -> None:
        withdraw(actor=self.request.member.actor, scenario=row, version=read_version(self.request))

    def said(self, row: Any) -> str:
        return _("« %(name)s » est de nouveau un brouillon.") % {"name": row.name}

    def undo_url(self, row: Any) -> str:
        return ""


class ApproveView(DecisionView):
    """Let it be applied."""

    def act(self, row: Any) -> None:
        approve(actor=self.request.member.actor, scenario=row, version=read_version(self.request))

    def said(self, row: Any) -> str:
        return _("« %(name)s » est approuvé : il peut être appliqué.") % {"name": row.name}


class RefuseView(RowFormView):
    """Send it back with a reason."""

    permission = Permission.SCENARIO_APPROVE
    heading = gettext_lazy("Refuser le scénario")
    button = gettext_lazy("Refuser")

    def prepare(self) -> None:
        self.scenario = fetched(self.request, self.kwargs["pk"])

    def make_form(self, data: Any = None, files: Any = None) -> ReasonForm:
        return ReasonForm(data)

    def back_url(self) -> str:
        return reverse("scenarios:detail", args=[self.scenario.pk])

    def about(self) -> Text:
        return self.scenario.name

    def save(self, form: ReasonForm) -> str:
        refuse(actor=self.request.member.actor, scenario=self.scenario, reason=form.cleaned_data["reason"])
        return self.back_url()


@dataclass(frozen=True, slots=True)
class Cell:
    """A conflict in words: what moved, its three values, who and when."""

    label: str
    before: str
    now: str
    wanted: str
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A line of the page that applies."""

    step: Step
    text: str
    cells: tuple[Cell, ...]
    chosen: str


class ApplyView(MemberView):
    """What an approved scenario is to do to the live plan, operation by operation; conflicts are chosen between."""

    permission = Permission.SCENARIO_EDIT

    def _fetch(self, pk: UUID) -> Scenario:
        scenario = fetched(self.request, pk)
        rows = rows_of(scenario)
        if not may_apply(self.request.member, [one.operation for one in rows if one.operation is not None]):
            raise PermissionDenied(self.request.member.refusal(Permission.SCENARIO_APPROVE))
        return scenario

    def get(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        scenario = self._fetch(pk)
        return self._page(scenario, steps_of(request.member, scenario), {})

    def post(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        scenario = self._fetch(pk)
        rows = list(scenario.operations.values_list("pk", flat=True))
        choices = {key: request.POST.get(f"choice-{key}", "") for key in rows}
        seen = {key: request.POST.get(f"seen-{key}", "") for key in rows}
        try:
            applied = apply_scenario(
                actor=request.member.actor,
                member=request.member,
                scenario=scenario,
                choices=choices,
                seen=seen,
                version=read_version(request),
            )
        except MergeNeededError as error:
            return self._page(scenario, error.steps, choices, status=409)
        except StaleVersionError as error:
            return self._page(
                fetched(request, pk), steps_of(request.member, scenario), choices, error.messages, status=409
            )
        except ValidationError as error:
            return self._page(scenario, steps_of(request.member, scenario), choices, error.messages, status=422)
        said = " ".join([_("« %(name)s » est appliqué au plan.") % {"name": scenario.name}, *applied.notes])
        toast(request, said, undo_url=reverse("scenarios:undo", args=[scenario.pk]))
        return redirect(request, reverse("scenarios:detail", args=[scenario.pk]))

    def _page(
        self,
        scenario: Scenario,
        steps: Any,
        choices: dict[UUID, str],
        errors: list[str] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        texts = {one.row.pk: one.text for one in rows_of(scenario)}
        names = _names_of(steps)
        context = {
            "scenario": scenario,
            "ready": scenario.status == ScenarioStatus.APPROVED,
            "steps": [
                ShownStep(
                    step,
                    texts.get(step.row.pk, ""),
                    tuple(_cell(one, names) for one in step.moved),
                    choices.get(step.row.pk) or _first_choice(step),
                )
                for step in steps
            ],
            "conflicts": sum(step.conflicts for step in steps),
            "errors": errors or [],
            "asked_again": status == 409,
            "take": TAKE,
            "keep": KEEP,
        }
        return render(self.request, "portfolio/scenarios/apply.html", context, status=status)


def _first_choice(step: Step) -> str:
    """Nothing where both have moved: a person says."""
    if step.refusal:
        return KEEP
    return "" if step.conflicts else TAKE


def _names_of(steps: Any) -> dict[str, str]:
    """Whose values these are: persons of tasks, instalments of contracts. Two statements."""
    keys = {one.difference.subject for step in steps for one in step.moved if one.difference.subject}
    known: set[UUID] = set()
    for key in keys:
        try:
            known.add(UUID(key))
        except ValueError:
            continue
    if not known:
        return {}
    found = {str(key): name for key, name in Person.everything.filter(pk__in=known).values_list("pk", "name")}
    rows = ContractInstalment.everything.filter(pk__in=known).values_list("pk", "name")
    return found | {str(key): name for key, name in rows}


FIELDS = {
    "starts_on": gettext_lazy("Début"),
    "ends_on": gettext_lazy("Fin"),
    "starts_at": gettext_lazy("Début"),
    "ends_at": gettext_lazy("Fin"),
    "due_on": gettext_lazy("Date prévue"),
    "actual_on": gettext_lazy("Date réelle"),
    "phase": gettext_lazy("Phase"),
    "forecast": gettext_lazy("Prévision"),
    "work_minutes": gettext_lazy("Charge"),
    "people": gettext_lazy("Charge"),
    "percent_complete": gettext_lazy("Avancement"),
    "daily_rate": gettext_lazy("Taux journalier"),
    "instalments": gettext_lazy("Date"),
    "code_taken": gettext_lazy("Code déjà pris"),
    "profile": gettext_lazy("Profil"),
}


def _cell(one: Moved, names: dict[str, str]) -> Cell:
    field, subject = one.difference.field, one.difference.subject
    label = str(FIELDS.get(field, field))
    if subject:
        label = _("%(label)s de %(name)s") % {"label": label, "name": names.get(subject, subject)}
    before, now, wanted = (_said(field, value) for value in (one.difference.before, one.difference.now, one.wanted))
    return Cell(label, before, now, wanted, one.by, one.at)


def _said(field: str, value: Any) -> str:
    """A value of a snapshot, as people read it."""
    if value is None or value == "":
        return "–"
    if field in {"starts_at", "ends_at"}:
        return formats.date_time(datetime.fromisoformat(value), language())
    if field in {"starts_on", "ends_on", "due_on", "actual_on", "instalments"}:
        return formats.date_short(date.fromisoformat(value), language())
    if field in {"forecast", "daily_rate"}:
        return amount(Decimal(value))
    if field in {"work_minutes", "people"}:
        return formats.duration(int(value), language())
    if field == "percent_complete":
        return formats.percent(Decimal(value), language())
    if field == "phase":
        return str(Phase(value).label) if value in Phase.values else str(value)
    if field == "code_taken":
        return _("oui") if value else _("non")
    return str(value)


class UndoView(MemberView):
    """Put the live plan back: posted by the toast, or by the page of the scenario."""

    permission = Permission.SCENARIO_EDIT
    http_method_names = ["post"]

    def post(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        scenario = fetched(request, pk)
        rows = rows_of(scenario)
        if not may_apply(request.member, [one.operation for one in rows if one.operation is not None]):
            raise PermissionDenied(request.member.refusal(Permission.SCENARIO_APPROVE))
        url = reverse("scenarios:detail", args=[pk])
        try:
            undo_scenario(actor=request.member.actor, scenario=scenario)
        except ValidationError as error:
            if "page" in request.POST:
                toast(request, " ".join(error.messages), level="error")
                return redirect(request, url)
            answer: JsonResponse = refusal(error)
            return answer
        toast(request, _("Le plan est revenu à ce qu’il était avant « %(name)s ».") % {"name": scenario.name})
        return redirect(request, url) if "page" in request.POST else HttpResponse(status=204)
