"""The forms of templates: header, lines, risks, roles, budget, import; and of a project that is made from one."""

import copy
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from portfolio.finance.models import Category, Nature
from portfolio.governance.domain.template import (
    LineKind,
    Template,
    TemplateBudget,
    TemplateLine,
    TemplateLink,
    TemplateRisk,
    TemplateRole,
)
from portfolio.governance.preview import DAY, predecessors_text
from portfolio.people.fields import DateField, RowChoice, live
from portfolio.people.forms import VersionedForm
from portfolio.people.models import Person, Pole, WorkCalendar
from portfolio.planning.domain.network import LagUnit
from portfolio.planning.domain.predecessors import PredecessorError, read_predecessors
from portfolio.planning.predecessor_words import french, predecessor_sentence
from portfolio.projects.models import Method, Programme
from tech4value.search.fields import MentionText

LEVELS = [(number, str(number)) for number in range(1, 6)]
EM_SPACE = "\u2003"
LARGEST_FILE = 2 * 1024 * 1024


class TemplateForm(VersionedForm):
    """What is said of a template."""

    name = forms.CharField(label=gettext_lazy("Nom"), max_length=120)
    method = forms.ChoiceField(label=gettext_lazy("Méthode"), choices=Method.choices)
    description = forms.CharField(
        label=gettext_lazy("Description"), required=False, max_length=5000, widget=MentionText(attrs={"rows": 3})
    )
    when_to_use = forms.CharField(
        label=gettext_lazy("Quand l’utiliser"),
        required=False,
        max_length=5000,
        widget=MentionText(attrs={"rows": 3}),
        help_text=gettext_lazy("Ce qui aide un chef de projet à choisir ce modèle plutôt qu’un autre."),
    )


class FromProjectForm(TemplateForm):
    """A project saved as a template: its method is the project's."""

    method = None  # type: ignore[assignment]  # Django's way to leave an inherited field out


class ImportForm(forms.Form):
    """A template's file."""

    file = forms.FileField(
        label=gettext_lazy("Fichier JSON"),
        help_text=gettext_lazy("Un modèle exporté par Tech4Value, 2 Mo au plus."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise ValidationError(_("Ce fichier dépasse 2 Mo : un modèle en pèse rarement plus de 100 Ko."))
        return file


class LineForm(VersionedForm):
    """A line of the outline. Predecessors are typed with the numbers of the table."""

    name = forms.CharField(label=gettext_lazy("Nom"), max_length=255)
    kind = forms.ChoiceField(
        label=pgettext_lazy("ligne de modèle", "Nature"),
        choices=[
            (str(LineKind.PHASE), gettext_lazy("Phase")),
            (str(LineKind.TASK), gettext_lazy("Tâche")),
            (str(LineKind.MILESTONE), gettext_lazy("Jalon")),
        ],
    )
    parent = forms.ChoiceField(label=gettext_lazy("Dans"), required=False)
    days = forms.DecimalField(
        label=gettext_lazy("Durée"), min_value=0, max_value=2600, decimal_places=2, required=False, localize=True
    )
    work_days = forms.DecimalField(
        label=gettext_lazy("Charge"), min_value=0, max_value=100000, decimal_places=2, required=False, localize=True
    )
    predecessors = forms.CharField(
        label=gettext_lazy("Prédécesseurs"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Numéros de ligne, type et décalage : 3FD+2j; 5DD; 7."),
    )
    offset_days = forms.DecimalField(
        label=gettext_lazy("Pas avant"),
        max_value=2600,
        decimal_places=2,
        required=False,
        localize=True,
        help_text=gettext_lazy("Jours ouvrés depuis le début du projet ; vide, la tâche suit ses prédécesseurs."),
    )
    role = forms.ChoiceField(label=gettext_lazy("Rôle qui réalise"), required=False)
    criterion = forms.CharField(
        label=gettext_lazy("Critère de réussite"),
        required=False,
        max_length=5000,
        widget=MentionText(attrs={"rows": 3}),
        help_text=gettext_lazy("À quoi on verra que le jalon est atteint."),
    )
    notes = forms.CharField(
        label=gettext_lazy("Notes"), required=False, max_length=5000, widget=MentionText(attrs={"rows": 3})
    )
    # The numbers of lines that the person saw: predecessors typed on others would tie the wrong lines.
    order = forms.CharField(widget=forms.HiddenInput, required=False)
    predecessors_shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, template: Template, line: TemplateLine | None, data: Any = None, **initial: Any) -> None:
        self.template, self.line = template, line
        written = predecessors_text(template, line, french=french()) if line else ""
        shown = {"order": order_of(template), "predecessors": written, "predecessors_shown": written, **initial}
        if line is None:
            shown = {"kind": "task", "days": 1, **shown}
        else:
            shown |= {name: getattr(line, name) for name in ("name", "kind", "role", "criterion", "notes")}
            shown |= {name: _shown(getattr(line, name)) for name in ("days", "work_days", "offset_days")}
        super().__init__(data, initial=shown)
        roles = [(role.key, role.name) for role in template.roles]
        self.fields["role"].choices = [("", "—"), *roles]  # type: ignore[attr-defined]  # a ChoiceField
        if line is None:
            self.fields["parent"].choices = [("", _("Premier niveau")), *_parents(template)]  # type: ignore[attr-defined]
        else:
            del self.fields["parent"]

    def clean_offset_days(self) -> Decimal | None:
        offset: Decimal | None = self.cleaned_data["offset_days"]
        if offset is not None and offset < 0:
            raise ValidationError(_("Une tâche ne commence pas avant le projet : donnez zéro ou plus."))
        return offset

    def clean_predecessors(self) -> str:
        text: str = self.cleaned_data["predecessors"].strip()
        if text == self.data.get("predecessors_shown", "").strip():
            return text
        if self.data.get("order") and self.data["order"] != order_of(self.template):
            raise ValidationError(
                _("Le modèle a été réordonné entre-temps : vérifiez les numéros de ligne, puis enregistrez.")
            )
        try:
            self._read(text)
        except PredecessorError as error:
            raise ValidationError(predecessor_sentence(error, len(self.template.lines), of_template=True)) from error
        return text

    def _read(self, text: str) -> tuple[TemplateLink, ...]:
        lines = self.template.lines
        own = self.template.numbers[self.line.key] if self.line else None
        scale = {"percent": 100.0, "elapsed": 1440.0}
        return tuple(
            TemplateLink(
                lines[one.line - 1].key, one.type, round(one.lag / scale.get(one.unit, DAY), 4), LagUnit(one.unit)
            )
            for one in read_predecessors(text, day=DAY, own_line=own, lines=len(lines), outside=False)
        )

    def line_of(self, key: str) -> TemplateLine:
        """The line as typed; its level is that of the line that it replaces."""
        data = self.cleaned_data
        kind = LineKind(data["kind"])
        text = data["predecessors"]
        kept = self.line is not None and text == self.data.get("predecessors_shown", "").strip()
        milestone = kind is LineKind.MILESTONE
        line = TemplateLine(
            key=key,
            name=data["name"].strip(),
            kind=kind,
            days=0.0 if milestone else float(data["days"] or 0),
            work_days=0.0 if milestone else float(data["work_days"] or 0),
            offset_days=None if data["offset_days"] is None else float(data["offset_days"]),
            role=data["role"],
            criterion=data["criterion"].strip(),
            notes=data["notes"].strip(),
            links=self.line.links if kept and self.line else self._read(text),
        )
        return replace(line, level=self.line.level) if self.line else line


class RiskForm(VersionedForm):
    """A risk of the template."""

    title = forms.CharField(label=gettext_lazy("Risque"), max_length=160)
    cause = forms.CharField(
        label=gettext_lazy("Cause"), required=False, max_length=5000, widget=MentionText(attrs={"rows": 2})
    )
    probability = forms.TypedChoiceField(label=gettext_lazy("Probabilité"), choices=LEVELS, coerce=int, initial=3)
    impact = forms.TypedChoiceField(label=gettext_lazy("Impact"), choices=LEVELS, coerce=int, initial=3)
    response = forms.CharField(
        label=gettext_lazy("Réponse"), required=False, max_length=5000, widget=MentionText(attrs={"rows": 3})
    )
    role = forms.ChoiceField(label=gettext_lazy("Rôle qui le suit"), required=False)

    def __init__(self, template: Template, row: TemplateRisk | None, data: Any = None, **initial: Any) -> None:
        super().__init__(data, initial={**initial, **_values(row, self.base_fields)})
        self.fields["role"].choices = [("", "—"), *((role.key, role.name) for role in template.roles)]  # type: ignore[attr-defined]

    def row_of(self, key: str, _before: TemplateRisk | None) -> TemplateRisk:
        return TemplateRisk(key, **self.values)


class RoleForm(VersionedForm):
    """A role of the template; its letters are in the matrix."""

    name = forms.CharField(label=gettext_lazy("Rôle"), max_length=120)
    mission = forms.CharField(
        label=gettext_lazy("Mission"), required=False, max_length=5000, widget=MentionText(attrs={"rows": 4})
    )

    def __init__(self, _template: Template, row: TemplateRole | None, data: Any = None, **initial: Any) -> None:
        super().__init__(data, initial={**initial, **_values(row, self.base_fields)})

    def row_of(self, key: str, before: TemplateRole | None) -> TemplateRole:
        return TemplateRole(key, **self.values, raci=before.raci if before else {})


class BudgetForm(VersionedForm):
    """A line of the budget's skeleton."""

    category = forms.ChoiceField(label=gettext_lazy("Catégorie"), choices=Category.choices)
    nature = forms.ChoiceField(label=pgettext_lazy("budget", "Nature"), choices=Nature.choices)
    month = forms.IntegerField(
        label=gettext_lazy("Mois"),
        min_value=1,
        max_value=120,
        initial=1,
        help_text=gettext_lazy("1 est le premier mois du projet."),
    )
    planned = forms.DecimalField(
        label=gettext_lazy("Montant prévu"), min_value=0, max_digits=14, decimal_places=2, initial=0, localize=True
    )

    def __init__(self, _template: Template, row: TemplateBudget | None, data: Any = None, **initial: Any) -> None:
        shown = _values(row, self.base_fields)
        if row is not None:
            shown["planned"] = Decimal(row.planned)
        super().__init__(data, initial={**initial, **shown})

    def row_of(self, key: str, _before: TemplateBudget | None) -> TemplateBudget:
        return TemplateBudget(key, **{**self.values, "planned": str(self.cleaned_data["planned"])})


class ProjectFromTemplateForm(forms.Form):
    """A project to be made from a template: what a template cannot say. A field for each role, all optional."""

    name = forms.CharField(label=gettext_lazy("Nom"), max_length=160)
    code = forms.CharField(label=gettext_lazy("Code"), max_length=20)
    pole = RowChoice(live(Pole), label=gettext_lazy("Pôle"))
    starts_on = DateField(label=gettext_lazy("Début"))
    manager = RowChoice(live(Person), label=gettext_lazy("Chef de projet"), required=False)
    sponsor = RowChoice(live(Person), label=gettext_lazy("Sponsor"), required=False)
    programme = RowChoice(live(Programme), label=gettext_lazy("Programme"), required=False)
    calendar = RowChoice(
        live(WorkCalendar),
        label=gettext_lazy("Calendrier"),
        required=False,
        empty_label=gettext_lazy("Celui de l’organisation"),
    )
    goal = forms.CharField(
        label=gettext_lazy("Objectif"), required=False, max_length=5000, widget=MentionText(attrs={"rows": 3})
    )

    def __init__(self, template: Template, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.template = template
        self.stand_for = {role.key: name for role in template.roles if (name := _field_of(role.name))}
        for role in template.roles:
            if role.key in self.stand_for:
                continue
            field = RowChoice(live(Person), label=role.name, required=False, empty_label=_("À pourvoir"))
            self.fields[f"role-{role.key}"] = copy.deepcopy(field)  # a form's own copy reads its rows

    @property
    def roles(self) -> list[forms.BoundField]:
        return [self[f"role-{role.key}"] for role in self.template.roles if role.key not in self.stand_for]

    @property
    def values(self) -> dict[str, Any]:
        """What the action takes."""
        fields = {name: value for name, value in self.cleaned_data.items() if not name.startswith("role-")}
        staff = {
            role.key: self.cleaned_data.get(self.stand_for.get(role.key, f"role-{role.key}"))
            for role in self.template.roles
        }
        return {**fields, "staff": {key: person for key, person in staff.items() if person is not None}}


def _field_of(role: str) -> str:
    """The field of a project that a template's role names again: asked once, it serves for both."""
    return {
        "chef de projet": "manager",
        "cheffe de projet": "manager",
        "project manager": "manager",
        "sponsor": "sponsor",
    }.get(role.strip().casefold(), "")


class TeamRoleForm(VersionedForm):
    """A role of a project and who holds it."""

    name = forms.CharField(label=gettext_lazy("Rôle"), max_length=120)
    person = RowChoice(
        live(Person), label=gettext_lazy("Personne"), required=False, empty_label=gettext_lazy("À pourvoir")
    )
    mission = forms.CharField(
        label=gettext_lazy("Mission"), required=False, max_length=5000, widget=MentionText(attrs={"rows": 4})
    )


def order_of(template: Template) -> str:
    """A digest of the order of lines: the same order, the same text."""
    return hashlib.sha256("/".join(line.key for line in template.lines).encode()).hexdigest()[:16]


def _parents(template: Template) -> list[tuple[str, str]]:
    return [
        (line.key, f"{EM_SPACE * (line.level - 1)}{number}. {line.name}")
        for number, line in enumerate(template.lines, start=1)
        if line.kind is not LineKind.MILESTONE
    ]


def _shown(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(f"{value:.2f}").normalize()


def _values(row: Any, names: Mapping[str, Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names if hasattr(row, name)} if row is not None else {}
