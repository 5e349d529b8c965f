"""The forms of the room: one rule, and the filters of the list."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.drift.domain import DriftKind
from portfolio.drift.models import KINDS, LONGEST, DriftRule
from portfolio.drift.rules import AUDIENCES
from portfolio.projects.models import Project
from tech4value.search.fields import RowField

HINTS = {
    DriftKind.MILESTONE_LATE: gettext_lazy("Jours calendaires entre la promesse et la date prévue."),
    DriftKind.LOW_FLOAT: gettext_lazy(
        "Jours ouvrés de marge totale. 0 : une marge négative. Le chemin critique, à marge nulle, n’en est pas une."
    ),
    DriftKind.NO_PROGRESS: gettext_lazy(
        "Jours calendaires depuis que l’avancement d’une tâche commencée a changé, ou depuis son début."
    ),
}


class RuleForm(forms.Form):
    """One rule."""

    is_active = forms.BooleanField(label=gettext_lazy("Règle active"), required=False)
    threshold_days = forms.IntegerField(label=gettext_lazy("Seuil en jours"), min_value=0, max_value=LONGEST)
    tell_manager = forms.BooleanField(label=gettext_lazy("Prévenir le chef de projet"), required=False)
    tell_sponsor = forms.BooleanField(label=gettext_lazy("Prévenir le sponsor"), required=False)
    tell_owner = forms.BooleanField(
        label=gettext_lazy("Prévenir le responsable du jalon ou les personnes affectées"), required=False
    )
    tell_pmo = forms.BooleanField(label=gettext_lazy("Prévenir le PMO"), required=False)
    tell_executives = forms.BooleanField(label=gettext_lazy("Prévenir les dirigeants"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, kind: DriftKind, rule: DriftRule, data: Any = None) -> None:
        names = ("is_active", "threshold_days", *AUDIENCES)
        initial: dict[str, Any] = {name: getattr(rule, name) for name in names}
        if not rule._state.adding:
            initial["version"] = rule.version
        super().__init__(data, initial=initial)
        self.fields["threshold_days"].help_text = str(HINTS[kind])


class AlertFilter(forms.Form):
    """Which alerts: of a project, of a rule, open or ended."""

    project: Any = RowField(None, label=gettext_lazy("Projet"), required=False, empty_label=gettext_lazy("Tous"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Règle"), choices=[("", gettext_lazy("Toutes")), *KINDS], required=False
    )
    state = forms.ChoiceField(label=gettext_lazy("État"), required=False)

    def __init__(self, data: Any, projects: Any) -> None:
        super().__init__(data)
        fields: Any = self.fields
        fields["project"].queryset = Project.objects.filter(pk__in=projects.values("pk"))
        fields["state"].choices = [("", _("Ouvertes")), ("closed", _("Terminées")), ("all", _("Toutes"))]

    def selected(self, rows: Any) -> Any:
        """The alerts that pass; what cannot be read filters nothing."""
        self.is_valid()
        given = self.cleaned_data
        if given.get("project") is not None:
            rows = rows.filter(project=given["project"])
        if given.get("kind"):
            rows = rows.filter(kind=given["kind"])
        if not given.get("state"):
            return rows.filter(closed_on=None)
        return rows.exclude(closed_on=None) if given["state"] == "closed" else rows
