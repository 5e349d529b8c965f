"""The form of a custom field."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.people.forms import VersionedForm
from tech4value.fields.actions import MOST_OPTIONS
from tech4value.fields.models import FieldDefinition, FieldKind

SPARE_OPTIONS: Final = 3
OPTION_NAME: Final = re.compile(r"option_(\d{1,3})_label")


class FieldForm(VersionedForm):
    """A custom field. Options are rows of their own: an empty one is left out."""

    label = forms.CharField(label=gettext_lazy("Libellé"), max_length=80)
    label_en = forms.CharField(
        label=gettext_lazy("Libellé en anglais"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Vide : le même dans les deux langues."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Nature"), choices=FieldKind.choices)
    unit = forms.CharField(
        label=gettext_lazy("Unité"), max_length=12, required=False, help_text=gettext_lazy("D’un nombre : j, kg, %…")
    )
    decimals = forms.IntegerField(label=gettext_lazy("Décimales"), min_value=0, max_value=6, required=False)
    help_text = forms.CharField(
        label=gettext_lazy("Aide"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Une phrase sous le champ, pour qui le remplit."),
    )
    is_required = forms.BooleanField(
        label=gettext_lazy("Obligatoire"),
        required=False,
        help_text=gettext_lazy("Demandé au prochain enregistrement de chaque fiche."),
    )
    in_packs = forms.BooleanField(
        label=gettext_lazy("Dans les dossiers de Copil"),
        required=False,
        help_text=gettext_lazy("Imprimé sur la page du projet."),
    )

    def __init__(self, data: Any = None, *, field: FieldDefinition | None = None, target: str) -> None:
        initial: dict[str, Any] = {"kind": FieldKind.TEXT, "decimals": 0}
        held = field.options if field else []
        if field is not None:
            names = [*self.base_fields]
            initial = {name: getattr(field, name) for name in names}
        super().__init__(data, initial=initial)
        if target != "project":
            del self.fields["in_packs"]
        sent = [int(found[1]) for name in data or () if (found := OPTION_NAME.fullmatch(name))]
        self.rows = min(max([len(held) + SPARE_OPTIONS, *(number + 1 for number in sent)]), MOST_OPTIONS)
        for index in range(self.rows):
            option: Mapping[str, str] = held[index] if index < len(held) else {}
            words = {"number": index + 1}
            self.fields[f"option_{index}_key"] = forms.CharField(
                required=False, max_length=40, widget=forms.HiddenInput, initial=option.get("key", "")
            )
            self.fields[f"option_{index}_label"] = forms.CharField(
                label=_("Choix %(number)s") % words, required=False, max_length=80, initial=option.get("label", "")
            )
            self.fields[f"option_{index}_label_en"] = forms.CharField(
                label=_("Choix %(number)s en anglais") % words,
                required=False,
                max_length=80,
                initial=option.get("label_en", ""),
            )

    def options(self) -> Iterator[tuple[BoundField, BoundField, BoundField]]:
        """The rows of options: key, label, English label."""
        names = ([f"option_{index}_{part}" for part in ("key", "label", "label_en")] for index in range(self.rows))
        return ((self[key], self[label], self[label_en]) for key, label, label_en in names)

    @property
    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        plain = {name: data[name] for name in self.base_fields if name in data and name != "version"}
        options = [
            {part: data.get(f"option_{index}_{part}", "") for part in ("key", "label", "label_en")}
            for index in range(self.rows)
        ]
        return {**plain, "decimals": data.get("decimals") or 0, "options": options}
