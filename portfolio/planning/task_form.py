"""The panel of a task: its dates, people and predecessors."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from portfolio.people.domain.calendar import CalendarError
from portfolio.people.fields import DateField, RowChoice, live
from portfolio.people.models import Person, WorkCalendar
from portfolio.planning.domain.predecessors import PredecessorError, read_predecessors
from portfolio.planning.gantt_cells import FINISH_CONSTRAINTS
from portfolio.planning.link_actions import Link
from portfolio.planning.models import Assignment, ConstraintKind, Dependency, EffortType, Task, TaskKind, TaskMode
from portfolio.planning.outside_lines import links_of, unnamed
from portfolio.planning.predecessor_words import french, predecessor_sentence
from portfolio.planning.queries import predecessor_texts
from portfolio.planning.scheduling import Plan
from portfolio.projects.models import Milestone
from tech4value.accounts.models import Membership
from tech4value.fields.forms import CustomFieldsForm
from tech4value.search.fields import FEW, KeyField, MentionText

SPARE_PEOPLE = 2
EM_SPACE = "\u2003"
PERCENT = Decimal(100)
# What a summary takes from the tasks under it, or has no use for.
OF_SUMMARY = (
    "kind", "starts_on", "ends_on", "days", "percent", "mode", "constraint_kind", "constraint_on", "effort_type",
    "calendar",
)  # fmt: skip


class TaskForm(CustomFieldsForm):
    """A task. What comes back unchanged is not said: dates follow from those that were typed."""

    target = "task"

    name = forms.CharField(label=gettext_lazy("Tâche"), max_length=255)
    kind = forms.ChoiceField(
        label=pgettext_lazy("tâche", "Nature"),
        choices=[(TaskKind.TASK, TaskKind.TASK.label), (TaskKind.MILESTONE, TaskKind.MILESTONE.label)],
    )
    parent = forms.ChoiceField(
        label=gettext_lazy("Dans"), required=False, widget=forms.Select(attrs={"data-combobox": True})
    )
    starts_on = DateField(label=gettext_lazy("Début"), required=False)
    ends_on = DateField(label=gettext_lazy("Fin"), required=False)
    days = forms.DecimalField(
        label=gettext_lazy("Durée"), min_value=0, max_value=5000, decimal_places=2, required=False, localize=True
    )
    percent = forms.IntegerField(label=gettext_lazy("Avancement"), min_value=0, max_value=100)
    predecessors = forms.CharField(
        label=gettext_lazy("Prédécesseurs"),
        required=False,
        max_length=500,
        help_text=gettext_lazy(
            "Numéros de ligne, type et décalage : 3FD+2j; 5DD; 7. D’un autre projet, son code d’abord : PAIE:12FD."
        ),
    )
    mode = forms.ChoiceField(label=gettext_lazy("Planification"), choices=TaskMode.choices)
    constraint_kind = forms.ChoiceField(label=gettext_lazy("Contrainte"), choices=ConstraintKind.choices)
    constraint_on = DateField(label=gettext_lazy("Date de la contrainte"), required=False)
    deadline_on = DateField(
        label=pgettext_lazy("tâche", "Échéance"),
        required=False,
        help_text=gettext_lazy("Signale un dépassement, sans déplacer la tâche."),
    )
    effort_type = forms.ChoiceField(
        label=gettext_lazy("Type d’effort"),
        choices=EffortType.choices,
        required=False,
        help_text=gettext_lazy(
            "Durée fixe : les dates suivent la durée. Sinon elles suivent la charge et les horaires des personnes."
        ),
    )
    calendar = RowChoice(
        live(WorkCalendar),
        label=gettext_lazy("Calendrier"),
        required=False,
        empty_label=gettext_lazy("Celui du plan"),
        help_text=gettext_lazy("Pour un travail de nuit ou de week-end, par exemple."),
    )
    milestone = RowChoice(live(Milestone), label=gettext_lazy("Jalon du projet"), required=False)
    notes = forms.CharField(
        label=gettext_lazy("Notes"), required=False, widget=MentionText(attrs={"rows": 3}), max_length=5000
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    # The numbers of lines that the person saw: predecessors typed on others would tie the wrong tasks.
    order = forms.CharField(widget=forms.HiddenInput, required=False)
    predecessors_shown = forms.CharField(widget=forms.HiddenInput, required=False)
    # The people that the person saw: those whom others have put on the task since stay on it.
    people_shown = forms.CharField(widget=forms.HiddenInput, required=False)

    # Which field of the model each shows, when it has another name: who changed it is said by the journal.
    model_fields: ClassVar[Mapping[str, str]] = {
        "starts_on": "starts_at",
        "ends_on": "ends_at",
        "days": "duration_minutes",
        "percent": "percent_complete",
        "constraint_on": "constraint_at",
        "deadline_on": "deadline_at",
    }

    def __init__(
        self, plan: Plan, day: int, task: Task | None, data: Any = None, *, member: Membership, **initial: Any
    ) -> None:
        self.plan, self.day, self.task, self.member = plan, day, task, member
        self.typed: list[Link] = []
        written = predecessor_texts(plan, day, french=french(), member=member).get(task.pk, "") if task else ""
        shown = {"order": order_of(plan), "predecessors": written, "predecessors_shown": written, **initial}
        if task is not None:
            shown |= self._of(task)
        else:
            shown |= {"days": 1, "percent": 0, "mode": TaskMode.AUTO, "constraint_kind": ConstraintKind.ASAP}
            shown |= {"effort_type": EffortType.DURATION} | initial
        super().__init__(data, initial=shown, custom=task.custom_fields if task else None)
        milestone: Any = self.fields["milestone"]
        milestone.queryset = Milestone.objects.filter(project=plan.project)
        milestone.widget.project = plan.project.pk
        self.is_summary = task is not None and task.pk in plan.parents
        self._add_parents()
        self._add_people()
        for name in OF_SUMMARY:
            self.fields[name].disabled = self.is_summary

    def _of(self, task: Task) -> dict[str, Any]:
        return {
            "name": task.name,
            "kind": task.kind,
            "parent": str(task.parent_id or ""),
            "starts_on": task.starts_at.date(),
            "ends_on": task.ends_at.date(),
            "days": (Decimal(task.duration_minutes) / self.day).quantize(Decimal("0.01"), ROUND_HALF_UP).normalize(),
            "percent": round(task.percent_complete * 100),
            "mode": task.mode,
            "constraint_kind": task.constraint_kind,
            "constraint_on": task.constraint_at.date() if task.constraint_at else None,
            "deadline_on": task.deadline_at.date() if task.deadline_at else None,
            "effort_type": task.effort_type,
            "calendar": task.calendar_id,
            "milestone": task.milestone_id,
            "notes": task.notes,
            "version": task.version,
        }

    def _add_parents(self) -> None:
        """Every task that may hold this one, indented as in the table."""
        depths: dict[Any, int] = {}
        under: set[Any] = {self.task.pk} if self.task else set()
        choices = [("", _("Premier niveau"))]
        for number, one in enumerate(self.plan.tasks, start=1):
            depths[one.pk] = depths.get(one.parent_id, -1) + 1 if one.parent_id else 0
            if one.pk in under or one.parent_id in under:
                under.add(one.pk)
            elif one.kind != TaskKind.MILESTONE:
                choices.append((str(one.pk), f"{EM_SPACE * depths[one.pk]}{number}. {one.name}"))
        parent: Any = self.fields["parent"]
        if len(choices) <= FEW:
            parent.choices = choices
            return
        tasks = Task.objects.filter(project=self.plan.project).exclude(kind=TaskKind.MILESTONE)
        self.fields["parent"] = KeyField(
            tasks.exclude(pk__in=under), label=parent.label, required=False, empty_label=_("Premier niveau")
        )
        self.fields["parent"].widget.project = self.plan.project.pk

    def _add_people(self) -> None:
        """One line for each person already on the task, and some more."""
        rows = list(Assignment.objects.filter(task=self.task).order_by("id")) if self.task else []
        self.on_task = {str(row.person_id): round(row.units * 100) for row in rows}
        self.initial["people_shown"] = " ".join(f"{key}:{units}" for key, units in self.on_task.items())
        memo: dict[str, Any] = {}
        self.people_rows = len(rows) + SPARE_PEOPLE
        for index in range(self.people_rows):
            row = rows[index] if index < len(rows) else None
            person = KeyField(
                Person.objects.all(),
                label=_("Personne %(number)s") % {"number": index + 1},
                required=False,
                initial=str(row.person_id) if row else "",
                empty_label=pgettext("aucune", "Personne"),
            )
            person.widget.memo = memo
            self.fields[f"person_{index}"] = person
            self.fields[f"units_{index}"] = forms.IntegerField(
                label=_("Affectation %(number)s") % {"number": index + 1},
                min_value=1,
                max_value=1000,
                required=False,
                initial=round(row.units * 100) if row else 100,
            )

    def people(self) -> Iterator[tuple[BoundField, BoundField]]:
        """The pairs of fields: who, and how much."""
        return ((self[f"person_{index}"], self[f"units_{index}"]) for index in range(self.people_rows))

    # --- what was typed

    def clean_predecessors(self) -> str:
        text: str = self.cleaned_data["predecessors"].strip()
        if text == self.data.get("predecessors_shown", "").strip():
            return text
        if self.data.get("order") and self.data["order"] != order_of(self.plan):
            raise ValidationError(
                _("Le plan a été réordonné entre-temps : vérifiez les numéros de ligne, puis enregistrez de nouveau.")
            )
        try:
            self.typed = links_of(self._read(text), self.plan.tasks, self.plan.project, self.member)
        except PredecessorError as error:
            raise ValidationError(predecessor_sentence(error, len(self.plan.tasks))) from error
        return text

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        chosen: list[str] = []
        for index in range(self.people_rows):
            person = data.get(f"person_{index}")
            if person and person in chosen:
                self.add_error(f"person_{index}", _("Cette personne est déjà dans la liste."))
            if person:
                chosen.append(person)
        if chosen and data.get("kind") == TaskKind.MILESTONE:
            self.add_error("kind", _("Un jalon n’a pas de travail : retirez les personnes, ou choisissez une tâche."))
        return data

    def links(self) -> list[Link] | None:
        """The predecessors as typed; None when they were left as they were."""
        text = self.cleaned_data["predecessors"]
        if text == self.data.get("predecessors_shown", "").strip():
            return None
        return [*self.typed, *self._unseen()]

    def _unseen(self) -> list[Link]:
        """The predecessors that the person was not shown, and did not type: they stay as they are. Those of projects
        that they may not see, those that sleep in a bin, those that others have added meanwhile."""
        if self.task is None:
            return []
        hidden = {link.predecessor.pk for link in unnamed(self.task, self.plan.outside, self.member)}
        try:
            read = self._read(self.data.get("predecessors_shown", "").strip())
            shown = links_of(read, self.plan.tasks, self.plan.project, self.member)
        except (PredecessorError, ValidationError):
            shown = []
        known = {link.predecessor.pk for link in (*shown, *self.typed)} - hidden
        rows = Dependency.objects.filter(successor=self.task).exclude(predecessor__in=known)
        return [
            Link(row.predecessor, row.kind, row.lag, row.lag_unit)
            for row in rows.select_related("predecessor__project").order_by("id")
        ]

    def _read(self, text: str) -> Any:
        keys = [one.pk for one in self.plan.tasks]
        own = keys.index(self.task.pk) + 1 if self.task else None
        return read_predecessors(text, day=self.day, own_line=own, lines=len(keys))

    def assigned(self) -> dict[Person, Decimal] | None:
        """Who is on the task, with units; None when the person has left that as they saw it.

        What they changed is done to those who are on the task now.
        """
        typed = {
            str(person): int(self.cleaned_data.get(f"units_{index}") or 100)
            for index in range(self.people_rows)
            if (person := self.cleaned_data.get(f"person_{index}"))
        }
        shown = self._shown_people()
        if typed == shown:
            return None
        wanted = dict(self.on_task)
        for key in {*typed, *shown}:
            if typed.get(key) == shown.get(key):
                continue
            if key in typed:
                wanted[key] = typed[key]
            else:
                wanted.pop(key, None)
        found: Mapping[Any, Person] = Person.objects.in_bulk(list(wanted))
        return {person: Decimal(wanted[str(key)]) / PERCENT for key, person in found.items()}

    def _shown_people(self) -> dict[str, int]:
        """What `people_shown` says; the people of today for a form that does not say."""
        if "people_shown" not in self.data:
            return self.on_task
        pairs = (pair.partition(":") for pair in str(self.data["people_shown"]).split())
        return {key: int(units) for key, _colon, units in pairs if units.isdigit()}

    def values(self) -> dict[str, Any]:
        """The fields of the action: those that were changed, in its units."""
        data, changed = self.cleaned_data, set(self.changed_data)
        values: dict[str, Any] = {"name": data["name"]}
        if self.custom_values:
            values["custom_fields"] = self.custom_values
        if self.task is None or "notes" in changed:
            values["notes"] = data["notes"]
        if "milestone" in changed:
            values["milestone"] = data["milestone"]
        if "deadline_on" in changed:
            values["deadline_at"] = self._evening(data["deadline_on"])
        if self.is_summary:
            return values
        for name in ("kind", "mode", "effort_type"):
            if name in changed and data[name]:
                values[name] = data[name]
        if "calendar" in changed:
            values["calendar"] = data["calendar"]
        if "starts_on" in changed and data["starts_on"]:
            values["starts_at"] = self._morning(data["starts_on"])
        if "ends_on" in changed and data["ends_on"]:
            values["ends_at"] = self._evening(data["ends_on"])
        days_said = "days" in changed or (self.task is None and "ends_at" not in values)
        if days_said and data["days"] is not None:
            values["duration_minutes"] = int((data["days"] * self.day).to_integral_value(ROUND_HALF_UP))
        if "percent" in changed and data["percent"] is not None:
            values["percent_complete"] = Decimal(data["percent"]) / PERCENT
        kind = data["constraint_kind"] or ConstraintKind.ASAP
        if changed & {"constraint_kind", "constraint_on"}:
            ends = kind in FINISH_CONSTRAINTS
            day = data["constraint_on"]
            values |= {
                "constraint_kind": kind,
                "constraint_at": (self._evening(day) if ends else self._morning(day)) if day else None,
            }
        return values

    def _morning(self, day: date) -> datetime:
        """When work begins on `day`, or after it."""
        start = datetime.combine(day, time())
        try:
            return self.plan.calendar.next_working_instant(start)
        except CalendarError:
            return start

    def _evening(self, day: date | None) -> datetime | None:
        """When work ends on `day`, or before it."""
        if day is None:
            return None
        try:
            end = datetime.combine(day, time()) + timedelta(days=1)
            return self.plan.calendar.previous_working_instant(end)
        except (CalendarError, OverflowError):
            return datetime.combine(day, time(23, 59))


def order_of(plan: Plan) -> str:
    """A digest of the order of lines: the same order, the same text."""
    keys = "".join(str(task.pk) for task in plan.tasks)
    return hashlib.sha256(keys.encode()).hexdigest()[:16]
