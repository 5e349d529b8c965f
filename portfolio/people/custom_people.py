"""The people of custom fields of kind « person » (see tech4value.fields.targets)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from portfolio.people.fields import RowChoice, live
from portfolio.people.models import Person
from tech4value.search.fields import MentionText
from tech4value.tenancy.folding import fold


class TenantPeople:
    """The live persons of the tenant."""

    def names(self, keys: Iterable[str]) -> Mapping[str, str]:
        return {str(key): name for key, name in Person.objects.filter(pk__in=set(keys)).values_list("pk", "name")}

    def find(self, text: str) -> str | None:
        wanted = fold(text)
        if "@" in text:
            found = list(Person.objects.filter(email__iexact=text).values_list("pk", flat=True)[:2])
        else:
            found = list(Person.objects.filter(sort_name=wanted).values_list("pk", flat=True)[:2])
        return str(found[0]) if len(found) == 1 else None

    def form_field(self, **kwargs: Any) -> forms.Field:
        return RowChoice(live(Person), **kwargs).__deepcopy__({})

    def text_widget(self, rows: int) -> forms.Widget:
        return MentionText(attrs={"rows": rows})
