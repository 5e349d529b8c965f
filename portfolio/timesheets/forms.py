"""Forms of weeks: a row to add, a reason, a month to close, how time is kept."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.people.fields import RowChoice
from portfolio.people.forms import VersionedForm
from portfolio.people.models import Person
from portfolio.planning.models import Assignment, Task, TaskKind
from portfolio.projects.models import Phase, Project, ProjectMember
from portfolio.timesheets.actions import Subject
from portfolio.timesheets.models import Activity, Feed, ProjectTimeSettings, TimeUnit


def open_projects(person: Person) -> QuerySet[Any]:
    """The projects on which the person may enter time as a whole."""
    mine = (
        Q(manager=person)
        | Q(sponsor=person)
        | Q(pk__in=ProjectMember.objects.filter(person=person).values("project"))
        | Q(pk__in=Assignment.objects.filter(person=person, task__deleted_at=None).values("project"))
        | Q(pk__in=ProjectTimeSettings.objects.filter(open_to_all=True).values("project"))
    )
    rows: QuerySet[Any] = Project.objects.filter(mine, read_only=False).exclude(phase=Phase.CLOSED)
    return rows


def open_tasks(person: Person) -> QuerySet[Any]:
    """The tasks on which the person may enter time, done ones too."""
    assigned = Q(pk__in=Assignment.objects.filter(person=person).values("task"))
    opened = Q(project__in=ProjectTimeSettings.objects.filter(open_to_all=True).values("project"))
    rows: QuerySet[Any] = Task.objects.filter(assigned | opened, kind=TaskKind.TASK, project__deleted_at=None)
    return rows.filter(project__read_only=False).select_related("project")


class LineForm(forms.Form):
    """One of a task, a project or an activity."""

    def __init__(self, person: Person, data: Any = None) -> None:
        super().__init__(data)
        self.fields["task"] = RowChoice(
            lambda: open_tasks(person), label=gettext_lazy("Tâche"), required=False
        ).__deepcopy__({})
        self.fields["project"] = RowChoice(
            lambda: open_projects(person), label=gettext_lazy("Projet, sans tâche précise"), required=False
        ).__deepcopy__({})
        self.fields["activity"] = forms.ChoiceField(
            label=gettext_lazy("Activité hors projet"), required=False, choices=[("", "—"), *Activity.choices]
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and sum(bool(cleaned.get(name)) for name in ("task", "project", "activity")) != 1:
            raise ValidationError(_("Choisissez une tâche, ou un projet, ou une activité : une seule des trois."))
        return cleaned

    @property
    def subject(self) -> Subject:
        """What was chosen."""
        task, project = self.cleaned_data["task"], self.cleaned_data["project"]
        if task is not None:
            return Subject(task.project, task)
        return Subject(project) if project is not None else Subject(activity=self.cleaned_data["activity"])


class ReturnForm(forms.Form):
    """Why weeks are sent back."""

    reason = forms.CharField(
        label=gettext_lazy("Motif"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=True,
        help_text=gettext_lazy("La personne le lira en tête de sa semaine."),
    )


class MonthInput(forms.DateField):
    """A month, `2026-03`, as its first day."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "month"}, format="%Y-%m"))
        kwargs.setdefault("input_formats", ["%Y-%m", "%Y-%m-%d"])
        super().__init__(**kwargs)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        return day.replace(day=1) if day is not None else None


class LockForm(forms.Form):
    """The month to close."""

    month = MonthInput(label=gettext_lazy("Mois à clôturer"))


class TimeSettingsForm(VersionedForm):
    """How the organisation keeps time."""

    unit = forms.ChoiceField(
        label=gettext_lazy("Unité de saisie"),
        choices=TimeUnit.choices,
        help_text=gettext_lazy("Un nombre sans unité est lu dans celle-ci ; h et j s’écrivent toujours."),
    )
    feed = forms.ChoiceField(label=gettext_lazy("Temps comptés dans les plans et les coûts"), choices=Feed.choices)
    reminds = forms.BooleanField(
        label=gettext_lazy("Rappeler chaque lundi les semaines non soumises"), required=False
    )
    staff_costs_from = MonthInput(
        label=gettext_lazy("Coûts de personnel calculés d’après les temps, à partir de"),
        required=False,
        help_text=gettext_lazy(
            "À partir de ce mois, le réel de la catégorie Personnel est le temps compté × le taux journalier. Avant, "
            "ou sans mois, il est saisi dans les budgets."
        ),
    )
