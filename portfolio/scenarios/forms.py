"""The forms of scenarios: their name, each kind of operation, why one is refused."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portfolio.finance.fields import AmountField, MonthField
from portfolio.finance.models import Category, Nature
from portfolio.people.fields import DateField, PercentField, RateField, RowChoice, live
from portfolio.people.forms import VersionedForm
from portfolio.people.models import Person, Pole, Profile
from portfolio.planning.models import Task
from portfolio.projects.models import Milestone, Phase, Project
from portfolio.scenarios.domain import operations as domain
from portfolio.scenarios.domain.checks import FARTHEST_DAYS
from portfolio.scenarios.domain.operations import Operation
from portfolio.treasury.models import Contract
from tech4value.tenancy.models import uuid7


def open_projects() -> Any:
    """Those that may still change."""
    return Project.objects.exclude(phase=Phase.CLOSED).filter(read_only=False)


def open_tasks() -> Any:
    """The tasks of open projects that are not done, with no task under them."""
    rows = Task.objects.filter(project__in=open_projects().values("pk"), percent_complete__lt=1)
    return rows.exclude(kind="summary").select_related("project").order_by("project__sort_name", "position")


def open_milestones() -> Any:
    """The milestones of open projects that are not met."""
    rows = Milestone.objects.filter(project__in=open_projects().values("pk"), actual_on=None)
    return rows.select_related("project").order_by("project__sort_name", "due_on")


class OfProjectChoice(RowChoice):
    """A row of a project: projects have some of the same name."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.project.code} · {obj}"


class ScenarioForm(VersionedForm):
    """What a scenario is called."""

    name = forms.CharField(label=_("Nom"), max_length=120)
    description = forms.CharField(
        label=_("Description"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )


class ReasonForm(forms.Form):
    """Why a scenario is refused."""

    reason = forms.CharField(label=_("Motif"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


def _key(row: Any) -> str:
    return "" if row is None else str(row.pk)


class OperationForm(forms.Form):
    """One operation; `operation` is what it says, not validated yet."""

    @property
    def operation(self) -> Operation:
        raise NotImplementedError


def _shift_days() -> forms.IntegerField:
    most = FARTHEST_DAYS
    return forms.IntegerField(
        label=_("Jours ouvrés"),
        min_value=-most,
        max_value=most,
        help_text=_("Plus tard ; un nombre négatif avance."),
    )


class ShiftProjectForm(OperationForm):
    project = RowChoice(open_projects, label=_("Projet"))
    days = _shift_days()

    @property
    def operation(self) -> Operation:
        given = self.cleaned_data
        return domain.ShiftProject(_key(given["project"]), given["days"])


class ShiftTaskForm(OperationForm):
    task = OfProjectChoice(open_tasks, label=_("Tâche"))
    days = _shift_days()

    @property
    def operation(self) -> Operation:
        given = self.cleaned_data
        return domain.ShiftTask(_key(given["task"]), given["days"])


class CalendarShiftForm(OperationForm):
    """A shift of dates, in weeks and days."""

    weeks = forms.IntegerField(
        label=_("Semaines"),
        required=False,
        min_value=-520,
        max_value=520,
        help_text=_("Plus tard ; un nombre négatif avance."),
    )
    days = forms.IntegerField(label=_("Jours"), required=False, min_value=-3650, max_value=3650)

    @property
    def shift(self) -> int:
        """In days."""
        return int(self.cleaned_data.get("weeks") or 0) * 7 + int(self.cleaned_data.get("days") or 0)


class MoveMilestoneForm(CalendarShiftForm):
    milestone = OfProjectChoice(open_milestones, label=_("Jalon"))
    field_order = ("milestone", "weeks", "days")

    @property
    def operation(self) -> Operation:
        return domain.MoveMilestone(_key(self.cleaned_data["milestone"]), self.shift)


class MoveContractForm(CalendarShiftForm):
    contract = RowChoice(live(Contract), label=_("Contrat"))
    field_order = ("contract", "weeks", "days")

    @property
    def operation(self) -> Operation:
        return domain.MoveContract(_key(self.cleaned_data["contract"]), self.shift)


class StopProjectForm(OperationForm):
    project = RowChoice(open_projects, label=_("Projet"))
    on = DateField(label=_("Dernier jour"))

    @property
    def operation(self) -> Operation:
        given = self.cleaned_data
        return domain.StopProject(_key(given["project"]), given["on"])


class AddProjectForm(OperationForm):
    """A project with what it costs by category, and up to three profiles that it needs."""

    code = forms.CharField(label=_("Code"), max_length=20)
    name = forms.CharField(label=_("Nom"), max_length=160)
    pole = RowChoice(live(Pole), label=_("Pôle"))
    starts_on = DateField(label=_("Début"))
    ends_on = DateField(label=_("Fin"))
    nature = forms.ChoiceField(label=_("Nature"), choices=Nature.choices, initial=Nature.OPEX.value)
    staff = AmountField(label=Category.STAFF.label, required=False)
    services = AmountField(label=Category.SERVICES.label, required=False)
    licences = AmountField(label=Category.LICENCES.label, required=False)
    hardware = AmountField(label=Category.HARDWARE.label, required=False)
    other = AmountField(label=Category.OTHER.label, required=False)
    profile_1 = RowChoice(live(Profile), label=_("Profil"), required=False)
    fte_1 = forms.DecimalField(label=_("ETP"), required=False, localize=True, min_value=0, max_value=500)
    profile_2 = RowChoice(live(Profile), label=_("Profil"), required=False)
    fte_2 = forms.DecimalField(label=_("ETP"), required=False, localize=True, min_value=0, max_value=500)
    profile_3 = RowChoice(live(Profile), label=_("Profil"), required=False)
    fte_3 = forms.DecimalField(label=_("ETP"), required=False, localize=True, min_value=0, max_value=500)

    @property
    def operation(self) -> Operation:
        given = self.cleaned_data
        amounts = [(name, given.get(name)) for name in ("staff", "services", "licences", "hardware", "other")]
        pairs = [(given.get(f"profile_{rank}"), given.get(f"fte_{rank}")) for rank in (1, 2, 3)]
        return domain.AddProject(
            key=str(uuid7()),
            code=given["code"].strip(),
            name=given["name"].strip(),
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
            pole=_key(given["pole"]),
            budget=tuple(domain.BudgetShare(name, given["nature"], one) for name, one in amounts if one),
            demand=tuple(domain.ProfileDemand(_key(row), fte) for row, fte in pairs if row is not None and fte),
        )


class ResizeProjectForm(OperationForm):
    project = RowChoice(open_projects, label=_("Projet"))
    factor = PercentField(
        label=_("De ce qui reste (%)"),
        min_value=0,
        max_value=1000,
        help_text=_("80 : un cinquième de travail et de coût en moins ; 120 : un cinquième en plus."),
    )

    @property
    def operation(self) -> Operation:
        given = self.cleaned_data
        return domain.ResizeProject(_key(given["project"]), given["factor"])


class OfSomebodyForm(OperationForm):
    """A person, or a profile."""

    person = RowChoice(live(Person), label=_("Personne"), required=False)
    profile = RowChoice(live(Profile), label=_("Profil"), required=False, help_text=_("À la place d’une personne."))


class ChangeRateForm(OfSomebodyForm):
    daily_rate = RateField(label=_("Taux journalier"))
    from_on = DateField(label=_("À partir du"))

    @property
    def operation(self) -> Operation:
        given = self.cleaned_data
        return domain.ChangeRate(given["daily_rate"], given["from_on"], _key(given["person"]), _key(given["profile"]))


class HireForm(OperationForm):
    name = forms.CharField(label=_("Nom ou intitulé"), max_length=120)
    profile = RowChoice(live(Profile), label=_("Profil"))
    pole = RowChoice(live(Pole), label=_("Pôle"), required=False)
    starts_on = DateField(label=_("Arrivée"))
    ends_on = DateField(label=pgettext_lazy("personne", "Départ"), required=False)
    share = PercentField(label=_("Part d’un temps plein (%)"), min_value=1, max_value=100, initial=Decimal(1))

    @property
    def operation(self) -> Operation:
        given = self.cleaned_data
        return domain.Hire(
            _key(given["profile"]),
            given["name"].strip(),
            given["starts_on"],
            given["ends_on"],
            given["share"],
            _key(given["pole"]),
        )


class ReassignForm(OperationForm):
    task = OfProjectChoice(open_tasks, label=_("Tâche"))
    from_person = RowChoice(live(Person), label=_("De"))
    to_person = RowChoice(live(Person), label=_("À"))
    share = PercentField(label=_("Part de ce qui reste (%)"), min_value=1, max_value=100, initial=Decimal(1))

    @property
    def operation(self) -> Operation:
        given = self.cleaned_data
        return domain.Reassign(
            _key(given["task"]), _key(given["from_person"]), _key(given["to_person"]), given["share"]
        )


class SplitTaskForm(OperationForm):
    task = OfProjectChoice(open_tasks, label=_("Tâche"))
    at = DateField(label=_("Interrompue le"), help_text=_("Le travail s’arrête la veille au soir."))
    resumes_on = DateField(label=_("Reprise le"))

    @property
    def operation(self) -> Operation:
        given = self.cleaned_data
        return domain.SplitTask(_key(given["task"]), given["at"], given["resumes_on"])


class ReduceTaskForm(OperationForm):
    task = OfProjectChoice(open_tasks, label=_("Tâche"))
    factor = PercentField(label=_("De ce qui reste (%)"), min_value=0, max_value=99)

    @property
    def operation(self) -> Operation:
        given = self.cleaned_data
        return domain.ReduceTask(_key(given["task"]), given["factor"])


class AllocateForm(OfSomebodyForm):
    project = RowChoice(open_projects, label=_("Projet"))
    starts_on = DateField(label=_("Du"))
    ends_on = DateField(label=_("Au"))
    share = PercentField(label=_("Part d’un temps plein (%)"), min_value=1, max_value=2000)
    field_order = ("project", "person", "profile", "starts_on", "ends_on", "share")

    @property
    def operation(self) -> Operation:
        given = self.cleaned_data
        return domain.Allocate(
            _key(given["project"]),
            given["starts_on"],
            given["ends_on"],
            given["share"],
            _key(given["person"]),
            _key(given["profile"]),
        )


class ChangeBudgetForm(OperationForm):
    project = RowChoice(open_projects, label=_("Projet"))
    category = forms.ChoiceField(label=_("Catégorie"), choices=Category.choices)
    nature = forms.ChoiceField(label=_("Nature"), choices=Nature.choices)
    month = MonthField(label=_("Mois"))
    forecast = AmountField(label=_("Prévision"))

    @property
    def operation(self) -> Operation:
        given = self.cleaned_data
        return domain.ChangeBudget(
            _key(given["project"]), given["category"], given["nature"], given["month"], given["forecast"]
        )


FORMS: Final[Mapping[str, type[OperationForm]]] = {
    domain.ShiftProject.kind: ShiftProjectForm,
    domain.ShiftTask.kind: ShiftTaskForm,
    domain.MoveMilestone.kind: MoveMilestoneForm,
    domain.StopProject.kind: StopProjectForm,
    domain.AddProject.kind: AddProjectForm,
    domain.ResizeProject.kind: ResizeProjectForm,
    domain.ChangeRate.kind: ChangeRateForm,
    domain.Hire.kind: HireForm,
    domain.MoveContract.kind: MoveContractForm,
    domain.Reassign.kind: ReassignForm,
    domain.SplitTask.kind: SplitTaskForm,
    domain.ReduceTask.kind: ReduceTaskForm,
    domain.Allocate.kind: AllocateForm,
    domain.ChangeBudget.kind: ChangeBudgetForm,
}
