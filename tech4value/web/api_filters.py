"""Filters that every list has, from its model: choices, links, yes or no, ranges of days, what changed since.

A room's own filters come first; a parameter that no filter knows is refused (400), so that a misspelt one is not
taken for "all rows".
"""

from typing import Any, Final

import django_filters
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import exceptions
from rest_framework.request import Request

from tech4value.web.api_custom_filters import by_custom_fields, is_parameter, target_of

OF_THE_API: Final = frozenset({"cursor", "page_size", "ordering", "format", "lang"})


def _filters_of(name: str, field: Any) -> dict[str, django_filters.Filter]:
    """The filters of one field of a model."""
    if isinstance(field, models.ForeignKey):
        return {name: django_filters.UUIDFilter(field_name=field.attname)}
    if isinstance(field, models.BooleanField):
        return {name: django_filters.BooleanFilter()}
    if field.choices:
        return {name: django_filters.MultipleChoiceFilter(choices=field.flatchoices)}
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        return {
            f"{name}_from": django_filters.DateFilter(field_name=name, lookup_expr="gte"),
            f"{name}_to": django_filters.DateFilter(field_name=name, lookup_expr="lte"),
        }
    if name in {"created_at", "updated_at"}:
        since = name.removesuffix("_at") + "_since"
        help_text = gettext_lazy("Depuis cet instant, compris : 2026-03-01T00:00:00Z.")
        return {since: django_filters.IsoDateTimeFilter(field_name=name, lookup_expr="gte", help_text=help_text)}
    return {}


class MemberFilterBackend(DjangoFilterBackend):
    """The room's filters and those of the model's fields that its serializer shows (but `view.unfiltered`)."""

    def get_filterset_class(self, view: Any, queryset: QuerySet[Any] | None = None) -> Any:
        serializer: Any = getattr(view, "serializer_class", None)
        model: Any = getattr(getattr(serializer, "Meta", None), "model", None)
        declared: Any = getattr(view, "filterset_class", None)
        if model is None:
            return declared
        base = declared or django_filters.FilterSet
        own = {} if declared is None else declared.base_filters
        made: dict[str, Any] = {}
        for name in serializer.Meta.fields:
            if name in getattr(view, "unfiltered", ()):
                continue
            try:
                field = model._meta.get_field(name)
            except FieldDoesNotExist:
                continue
            if not isinstance(field, models.Field):
                continue
            made.update({key: one for key, one in _filters_of(name, field).items() if key not in own})
        meta = type("Meta", (), {"model": model, "fields": ()})
        return type(f"{model.__name__}Filters", (base,), {**made, "Meta": meta, "__doc__": base.__doc__})

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        if getattr(view, "action", None) != "list":
            return queryset  # one row is found by its key alone
        known: Any = self.get_filterset_class(view, queryset)
        names = {*OF_THE_API, *(known.base_filters if known else ())}
        target = target_of(view)
        unknown = sorted(name for name in set(request.query_params) - names if not (target and is_parameter(name)))
        if unknown:
            sentence = _("Ce filtre n’existe pas ici. Choisissez parmi : %(names)s.") % {
                "names": ", ".join(sorted(names - {"format", "lang"}) + (["custom_fields[…]"] if target else []))
            }
            raise exceptions.ValidationError({name: [sentence] for name in unknown})
        rows = super().filter_queryset(request, queryset, view)
        return by_custom_fields(rows, target, request.query_params) if target else rows
