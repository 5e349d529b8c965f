"""Scenarios created, named, copied, deleted; their operations added, moved, taken out."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.people.forms import initial_of
from portfolio.people.pages import RestoreView, RowActionView, RowFormView, Text, layout
from portfolio.scenarios.actions import (
    add_operation,
    change_scenario,
    create_scenario,
    delete_scenario,
    duplicate_scenario,
    move_operation,
    remove_operation,
    restore_operation,
    restore_scenario,
)
from portfolio.scenarios.forms import FORMS, OperationForm, ScenarioForm
from portfolio.scenarios.models import Scenario, ScenarioOperation
from portfolio.scenarios.views import demand_edit, fetched
from portfolio.scenarios.words import KIND_LABELS
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.web.views import MemberView


class ScenarioCreateView(RowFormView):
    """A new scenario."""

    permission = Permission.SCENARIO_EDIT
    heading = gettext_lazy("Créer un scénario")
    button = gettext_lazy("Créer")

    def make_form(self, data: Any = None, files: Any = None) -> ScenarioForm:
        return ScenarioForm(data)

    def back_url(self) -> str:
        return reverse("scenarios:list")

    def about(self) -> Text:
        return _("Une branche du plan en cours : rien n’y touche tant qu’il n’est pas appliqué.")

    def save(self, form: ScenarioForm) -> str:
        member = self.request.member
        row = create_scenario(actor=member.actor, owner=member, **form.values)
        return reverse("scenarios:detail", args=[row.pk])


class ScenarioEditView(RowFormView):
    """Its name and description."""

    permission = Permission.SCENARIO_EDIT
    heading = gettext_lazy("Renommer le scénario")
    button = gettext_lazy("Enregistrer")

    def prepare(self) -> None:
        self.row = fetched(self.request, self.kwargs["pk"])
        demand_edit(self.request.member, self.row)

    def make_form(self, data: Any = None, files: Any = None) -> ScenarioForm:
        return ScenarioForm(data, initial=initial_of(self.row, ScenarioForm))

    def back_url(self) -> str:
        return reverse("scenarios:detail", args=[self.row.pk])

    def delete_url(self) -> str:
        return reverse("scenarios:delete", args=[self.row.pk])

    def save(self, form: ScenarioForm) -> str:
        actor = self.request.member.actor
        change_scenario(actor=actor, scenario=self.row, values=form.values, version=form.read_version)
        return self.back_url()


class ScenarioActionView(RowActionView):
    """A verb on a scenario that the member may change."""

    permission = Permission.SCENARIO_EDIT

    def fetch(self) -> Scenario:
        row = fetched(self.request, self.kwargs["pk"])
        demand_edit(self.request.member, row)
        return row

    def next_url(self, row: Any) -> str:
        return reverse("scenarios:detail", args=[row.pk])


class ScenarioDeleteView(ScenarioActionView):
    """To the bin."""

    def act(self, row: Any) -> None:
        delete_scenario(actor=self.request.member.actor, scenario=row)

    def next_url(self, row: Any) -> str:
        return reverse("scenarios:list")

    def said(self, row: Any) -> str:
        return _("« %(name)s » est supprimé.") % {"name": row.name}

    def undo_url(self, row: Any) -> str:
        return reverse("scenarios:restore", args=[row.pk])


class ScenarioRestoreView(RestoreView):
    """Back from the bin."""

    permission = Permission.SCENARIO_EDIT

    def fetch(self) -> Scenario:
        rows = Scenario.everything.visible_to(self.request.member, Permission.SCENARIO_EDIT)
        row: Scenario = get_object_or_404(rows.exclude(deleted_at=None), pk=self.kwargs["pk"])
        demand_edit(self.request.member, row)
        return row

    def act(self, row: Any) -> None:
        restore_scenario(actor=self.request.member.actor, scenario=row)


class ScenarioDuplicateView(RowActionView):
    """A draft of one's own with the same operations."""

    permission = Permission.SCENARIO_EDIT

    def fetch(self) -> Scenario:
        return fetched(self.request, self.kwargs["pk"])

    def act(self, row: Any) -> None:
        member = self.request.member
        self.copy = duplicate_scenario(actor=member.actor, owner=member, scenario=row, name=_free_name(row.name))

    def next_url(self, row: Any) -> str:
        return reverse("scenarios:list")

    def said(self, row: Any) -> str:
        return _("« %(name)s » est prêt : le voici dans la liste, en brouillon.") % {"name": self.copy.name}


def _free_name(name: str) -> str:
    """« Nom (copie 2) », the first that nobody has."""
    taken = set(Scenario.objects.values_list("name", flat=True))
    for number in range(1, len(taken) + 2):
        tail = _("copie") if number == 1 else _("copie %(n)s") % {"n": number}
        wanted = f"{name[: 117 - len(tail)]} ({tail})"
        if wanted not in taken:
            return wanted
    return name


class KindsView(MemberView):
    """What may be added, before its form."""

    permission = Permission.SCENARIO_EDIT

    def get(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        scenario = fetched(request, pk)
        demand_edit(request.member, scenario)
        context = {
            "scenario": scenario,
            "layout": layout(request),
            "kinds": [(kind, str(label)) for kind, label in KIND_LABELS.items()],
        }
        return render(request, "portfolio/scenarios/kinds.html", context)


class OperationCreateView(RowFormView):
    """An operation after the others; it is tried on the live plan before it is kept."""

    permission = Permission.SCENARIO_EDIT
    template_name = "portfolio/scenarios/operation_form.html"
    button = gettext_lazy("Ajouter")

    @cached_property
    def kind(self) -> str:
        kind: str = self.kwargs["kind"]
        if kind not in FORMS:
            raise Http404
        return kind

    @property
    def heading(self) -> Any:  # type: ignore[override]  # of the kind that the address names
        return KIND_LABELS[self.kind]

    def prepare(self) -> None:
        self.scenario = fetched(self.request, self.kwargs["pk"])
        demand_edit(self.request.member, self.scenario)

    def make_form(self, data: Any = None, files: Any = None) -> OperationForm:
        made = FORMS[self.kind]
        given = {name: self.request.GET[name] for name in made.base_fields if name in self.request.GET}
        return made(data, initial=given)

    def back_url(self) -> str:
        return reverse("scenarios:detail", args=[self.scenario.pk])

    def parents(self) -> list[tuple[Text, str]]:
        return [(_("Scénarios"), reverse("scenarios:list")), (self.scenario.name, self.back_url())]

    def about(self) -> Text:
        return self.scenario.name

    def extra_context(self) -> dict[str, Any]:
        return {**super().extra_context(), "kind": self.kind}

    def save(self, form: OperationForm) -> str:
        member = self.request.member
        add_operation(actor=member.actor, member=member, scenario=self.scenario, operation=form.operation)
        return self.back_url()


class OperationActionView(RowActionView):
    """A verb on an operation."""

    permission = Permission.SCENARIO_EDIT

    def fetch(self) -> ScenarioOperation:
        scenarios = Scenario.objects.visible_to(self.request.member)
        rows = ScenarioOperation.objects.filter(scenario__in=scenarios.values("pk")).select_related("scenario")
        row: ScenarioOperation = get_object_or_404(rows, pk=self.kwargs["pk"])
        demand_edit(self.request.member, row.scenario)
        return row

    def next_url(self, row: Any) -> str:
        return reverse("scenarios:detail", args=[row.scenario_id])


class OperationRemoveView(OperationActionView):
    """Out of the list."""

    def act(self, row: Any) -> None:
        remove_operation(actor=self.request.member.actor, operation=row)

    def said(self, row: Any) -> str:
        return _("Opération retirée.")

    def undo_url(self, row: Any) -> str:
        return reverse("scenarios:operation_restore", args=[row.pk])


class OperationMoveView(OperationActionView):
    """Up or down in the list."""

    by = 1

    def act(self, row: Any) -> None:
        move_operation(actor=self.request.member.actor, operation=row, by=self.by)

    def said(self, row: Any) -> str:
        return _("L’ordre des opérations a changé.")


class OperationRestoreView(RestoreView):
    """Undo of a removal."""

    permission = Permission.SCENARIO_EDIT

    def fetch(self) -> ScenarioOperation:
        scenarios = Scenario.objects.visible_to(self.request.member)
        rows = ScenarioOperation.everything.exclude(deleted_at=None).filter(scenario__in=scenarios.values("pk"))
        row: ScenarioOperation = get_object_or_404(rows.select_related("scenario"), pk=self.kwargs["pk"])
        demand_edit(self.request.member, row.scenario)
        return row

    def act(self, row: Any) -> None:
        restore_operation(actor=self.request.member.actor, operation=row)
