"""The filters of the page of results."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tech4value.search.words import QUERY_LENGTH


class SearchFilter(forms.Form):
    """What is looked for, and among which kinds: those that the member may find."""

    q = forms.CharField(label=_("Rechercher"), required=False, max_length=QUERY_LENGTH)
    kind = forms.ChoiceField(label=_("Nature"), required=False)

    def __init__(self, data: Any, kinds: list[tuple[str, str]]) -> None:
        super().__init__(data)
        field: Any = self.fields["kind"]
        field.choices = [("", _("Toutes")), *kinds]

    @property
    def chosen_kind(self) -> str:
        """The kind asked for; empty for all, also when it is none of the choices."""
        self.is_valid()
        return str(self.cleaned_data.get("kind", ""))
