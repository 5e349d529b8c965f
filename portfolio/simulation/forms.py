"""The forms of the room: one line of estimates, a class, how a project is simulated, the effect of a risk."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portfolio.people.fields import PercentField, RowChoice, live
from portfolio.projects.models import Project
from portfolio.simulation.inputs import estimable_rows
from portfolio.simulation.models import LONGEST_DAYS, CorrelationBy, EstimateClass, Law
from tech4value.figures.formats import number
from tech4value.search.several import RowsField


def _days(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_value=LONGEST_DAYS,
        decimal_places=2,
        required=False,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 6}),
        error_messages={"invalid": _("Écrivez un nombre de jours, par exemple 2,5.")},
    )


class EstimateForm(forms.Form):
    """One task of the table; its prefix is the task's key. `held`, in days, shows in grey where nothing is said."""

    model_fields: ClassVar = {name: f"{name}_minutes" for name in ("optimistic", "likely", "pessimistic")}

    estimate_class = forms.ChoiceField(label=_("Classe"), required=False)
    optimistic = _days(_("Optimiste"))
    likely = _days(_("Probable"))
    pessimistic = _days(_("Pessimiste"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, classes: Mapping[str, EstimateClass], held: Sequence[float] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.classes = classes
        fields: Any = self.fields
        named = [(key, one.name) for key, one in classes.items()]
        fields["estimate_class"].choices = [("", _("Celle du projet")), *named]
        for field in fields.values():
            field.widget.attrs |= {"aria-label": field.label, "class": "input"}
        for name, days in zip(("optimistic", "likely", "pessimistic"), held, strict=False):
            fields[name].widget.attrs["placeholder"] = number(days, get_language() or "fr", decimals=1)

    def clean_estimate_class(self) -> EstimateClass | None:
        """The row: the table reads the classes once for all its lines."""
        return self.classes.get(self.cleaned_data["estimate_class"])


class ClassForm(forms.Form):
    """A class of tasks."""

    name = forms.CharField(label=_("Nom"), max_length=80, help_text=_("Par exemple : développement, recette."))
    optimistic = PercentField(label=_("Optimiste"), min_value=1, max_value=2000)
    likely = PercentField(label=_("Probable"), min_value=1, max_value=2000)
    pessimistic = PercentField(
        label=_("Pessimiste"), min_value=1, max_value=2000, help_text=_("En pourcentage de la durée prévue.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class SettingsForm(forms.Form):
    """How a project is simulated."""

    default_class = RowChoice(
        live(EstimateClass),
        label=_("Classe des tâches sans estimation"),
        required=False,
        empty_label=_("Aucune : leur durée est certaine"),
    )
    law = forms.ChoiceField(
        label=_("Loi"),
        choices=Law.choices,
        help_text=_("PERT-bêta donne plus de poids à la durée probable ; triangulaire est plus prudente."),
    )
    correlation_by = forms.ChoiceField(
        label=_("Corrélation"),
        choices=CorrelationBy.choices,
        help_text=_("Ce qui retarde une tâche d’un groupe retarde souvent les autres."),
    )
    correlation = forms.DecimalField(
        label=_("Force de la corrélation"),
        min_value=0,
        max_value=0.95,
        decimal_places=2,
        localize=True,
        help_text=_("0 : aucune ; 0,3 : usuelle ; 0,9 : presque totale."),
    )
    runs = forms.IntegerField(label=_("Nombre de tirages"), min_value=100, max_value=50_000)
    seed = forms.IntegerField(
        label=_("Graine"),
        min_value=0,
        max_value=2_000_000_000,
        help_text=_("La même graine tire les mêmes plans : deux simulations se comparent."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class RiskEffectForm(forms.Form):
    """What a risk does to the plan."""

    probability = PercentField(label=_("Probabilité, en %"), min_value=0, max_value=100, required=False)
    days = _days(_("Effet en jours"))
    tasks: Any = RowsField(
        None,
        label=_("Tâches touchées"),
        required=False,
        empty_label=_("Choisir une tâche"),
        help_text=_("Sans aucune, le risque retarde tout le projet : sa fin et ses jalons à venir."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["tasks"].queryset = rows = estimable_rows(project).order_by("position")
        held = self.initial.get("tasks", [])
        offered = {str(key) for key in rows.filter(pk__in=held).values_list("pk", flat=True)} if held else set()
        # What is in the bin or was cut up is not shown, and is kept: a task that comes back is touched again.
        self.absent = [key for key in held if key not in offered]
        self.initial["tasks"] = [key for key in held if key in offered]
        fields["tasks"].widget.project = project.pk
        fields["days"].help_text = _("Videz la probabilité et l’effet pour que ce risque ne compte plus.")

    def clean_tasks(self) -> list[UUID]:
        """The keys of what is touched. None is the whole project: it is not what is left of tasks that have gone."""
        chosen = [task.pk for task in self.cleaned_data["tasks"]]
        if not chosen and self.absent and not self.initial["tasks"] and not self._counts_no_more():
            raise ValidationError(
                _(
                    "Les tâches que ce risque touchait ne sont plus dans le plan, ou en contiennent d’autres : "
                    "choisissez-en. S’il retarde tout le projet, videz d’abord sa probabilité et son effet, "
                    "enregistrez, puis redonnez-les."
                )
            )
        return [*chosen, *map(UUID, self.absent)] if chosen else []

    def _counts_no_more(self) -> bool:
        return all(self.cleaned_data.get(name, 0) is None for name in ("probability", "days"))
