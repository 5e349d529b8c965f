"""Pages of the API: by cursor, stable while rows arrive or change, at any depth and in any order offered.

A cursor is the place of a row (its value in the order, and its key) and the direction: the next page is what comes
after that place, whatever was inserted before it since.
"""

import base64
import binascii
import json
import re
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from rest_framework import exceptions, pagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from tech4value.web.api_custom_filters import ORDER_PATTERN, ORDER_PREFIX, custom_order, target_of

ORDERING: Final = "ordering"
_CUSTOM: Final = "custom_order"
_ORDERED: Final = (
    models.CharField,
    models.DateField,
    models.DecimalField,
    models.IntegerField,
)


def orderings_of(view: Any) -> list[str]:
    """The fields that a list may be ordered by: shown, never null, of one value; and the expressions that the view's
    `ordered_by` names."""
    serializer: Any = getattr(view, "serializer_class", None)
    model: Any = getattr(getattr(serializer, "Meta", None), "model", None)
    if model is None:
        return []
    found = []
    for name in serializer.Meta.fields:
        if name in getattr(view, "ordered_by", {}):
            found.append(name)
            continue
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        if isinstance(field, _ORDERED) and not field.null and name not in getattr(view, "unfiltered", ()):
            found.append(name)
    return found


class CursorPagination(pagination.CursorPagination):
    """Ordered by key, which is by creation, or by `?ordering=`; `?page_size=` up to 500."""

    ordering = "id"
    page_size_query_param = "page_size"
    max_page_size = 500

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        size = self.get_page_size(request)
        self.field_name, self.descending = self._asked_order(request, view)
        if self.field_name.startswith(ORDER_PREFIX):
            queryset = queryset.annotate(**{_CUSTOM: custom_order(view, self.field_name)})
        self.named = getattr(view, "ordered_by", {}).get(self.field_name)
        if self.named is not None:
            queryset = queryset.annotate(**{_CUSTOM: self.named})
        place = self._place(request, queryset)
        self.base_url: str = request.build_absolute_uri()
        self.cursor_given = place is not None
        self.backwards = place is not None and place[0]
        descending = self.descending != self.backwards
        rows = queryset.order_by(*self._order(descending))
        if place is not None:
            rows = rows.filter(self._after(place[1], place[2], descending))
        found = list(rows[: size + 1])
        more = len(found) > size
        self.page = found[:size]
        if self.backwards:
            self.page.reverse()
        self.has_next = self.backwards or more
        self.has_previous = more if self.backwards else self.cursor_given
        return self.page

    def get_page_size(self, request: Request) -> int:
        """How many rows were asked for. Raises ValidationError with the bounds."""
        asked = request.query_params.get(self.page_size_query_param)
        if asked is None:
            return int(self.page_size or 50)
        if not re.fullmatch(r"[0-9]{1,9}", asked) or not 1 <= int(asked) <= self.max_page_size:
            sentence = _("« page_size » est un nombre entier, de 1 à %(most)s.") % {"most": self.max_page_size}
            raise exceptions.ValidationError({self.page_size_query_param: [sentence]})
        return int(asked)

    def get_next_link(self) -> str | None:
        return self._link(self.page[-1], backwards=False) if self.has_next and self.page else None

    def get_previous_link(self) -> str | None:
        return self._link(self.page[0], backwards=True) if self.has_previous and self.page else None

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        for one in parameters:
            if one["name"] == self.page_size_query_param:
                # In words: a bound that the schema did not have before would be a breach of contract.
                words = _("Combien de lignes par page, de 1 à %(most)s ; 50 si rien n’est dit.")
                one["description"] = words % {"most": self.max_page_size}
        names = orderings_of(view)
        if names:
            values = dict.fromkeys(sign + name for name in ["id", *names] for sign in ("", "-"))
            schema: dict[str, Any] = {"type": "string", "enum": list(values)}
            if target_of(view):
                schema = {"anyOf": [schema, {"type": "string", "pattern": ORDER_PATTERN}]}
            parameters.append(
                {
                    "name": ORDERING,
                    "required": False,
                    "in": "query",
                    "description": _("L’ordre des lignes ; un tiret devant pour l’inverser."),
                    "schema": schema,
                }
            )
        return parameters

    def _asked_order(self, request: Request, view: Any) -> tuple[str, bool]:
        asked = request.query_params.get(ORDERING, "id")
        name = asked.removeprefix("-")
        allowed = ["id", *orderings_of(view)]
        if name.startswith(ORDER_PREFIX) and target_of(view):
            return name, asked.startswith("-")
        if name not in allowed:
            raise exceptions.ValidationError(
                {
                    ORDERING: [
                        _("« %(name)s » n’est pas un ordre possible. Choisissez parmi : %(names)s.")
                        % {"name": name[:80], "names": ", ".join(allowed)}
                    ]
                }
            )
        return name, asked.startswith("-")

    @property
    def column(self) -> str:
        """What the rows are ordered by: a field of theirs, or the annotation of a custom or named one."""
        return _CUSTOM if self.field_name.startswith(ORDER_PREFIX) or self.named is not None else self.field_name

    def _order(self, descending: bool) -> list[Any]:
        if self.column == _CUSTOM:
            # Rows without a value come last, whichever the order; going back, they come first.
            place = {"nulls_first": True} if self.backwards else {"nulls_last": True}
            held = F(_CUSTOM)
            return [held.desc(**place) if descending else held.asc(**place), "-id" if descending else "id"]
        names = ["id"] if self.column == "id" else [self.column, "id"]
        return [f"-{name}" if descending else name for name in names]

    def _after(self, value: Any, key: UUID, descending: bool) -> Q:
        side = "lt" if descending else "gt"
        beyond = Q(**{f"id__{side}": key})
        if self.column == "id":
            return beyond
        without = Q(**{f"{self.column}__isnull": True})
        if value is None:
            return (without & beyond) | (~without if self.backwards else Q(pk__in=[]))
        further = Q(**{f"{self.column}__{side}": value}) | (Q(**{self.column: value}) & beyond)
        return further if self.backwards or self.column != _CUSTOM else further | without

    def _place(self, request: Request, rows: Any) -> tuple[bool, Any, UUID] | None:
        given = request.query_params.get(self.cursor_query_param)
        if not given:
            return None
        try:
            backwards, order, value, key = json.loads(base64.urlsafe_b64decode(given.encode()))
            if order != self._word() or not isinstance(backwards, bool):
                raise ValueError(order)
            str(value).encode()  # half a character, which JSON can write, is none
            field: Any = rows.query.annotations[_CUSTOM].output_field if self.column == _CUSTOM else None
            field = field or rows.model._meta.get_field(self.field_name)
            return backwards, None if value is None else field.to_python(value), UUID(key)
        except (binascii.Error, ValueError, TypeError, AttributeError, ValidationError, RecursionError) as error:
            raise exceptions.ValidationError(
                {"cursor": [_("Ce curseur n’en est pas un, ou d’une autre liste : reprenez du début.")]}
            ) from error

    def _word(self) -> str:
        return f"{'-' if self.descending else ''}{self.field_name}"

    def _link(self, row: Any, *, backwards: bool) -> str:
        value = getattr(row, self.column)
        if value is not None and not isinstance(value, str | int | bool):
            value = value.isoformat() if hasattr(value, "isoformat") else str(value)
        text = json.dumps([backwards, self._word(), value, str(row.pk)], separators=(",", ":"))
        cursor = base64.urlsafe_b64encode(text.encode()).decode()
        return str(replace_query_param(str(self.base_url), self.cursor_query_param, cursor))
