"""Columns that sort and search names without accents or case (see `folding`), kept by the database itself."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import F, Q, QuerySet

from tech4value.tenancy.folding import fold


class Fold(models.Func):
    """`fold` of an expression, in the database."""

    function = "t4v_fold"
    arity = 1
    output_field = models.TextField()


def folded(source: str) -> models.GeneratedField:
    """A column that the database keeps equal to the folded `source`: sorts and searches names, never written."""
    return models.GeneratedField(expression=Fold(models.F(source)), output_field=models.TextField(), db_persist=True)


def containing(rows: QuerySet[Any], expressions: Sequence[Any], text: str) -> QuerySet[Any]:
    """The rows where each word of `text` is in one of the folded `expressions` (names of folded columns, or Fold)."""
    taken = len(rows.query.annotations)
    aliases = {
        f"_text_{taken + index}": F(one) if isinstance(one, str) else one for index, one in enumerate(expressions)
    }
    rows = rows.alias(**aliases)
    for word in fold(text.replace("\0", "")).split()[:12]:
        anywhere = Q()
        for alias in aliases:
            anywhere |= Q(**{f"{alias}__contains": word})
        rows = rows.filter(anywhere)
    return rows
