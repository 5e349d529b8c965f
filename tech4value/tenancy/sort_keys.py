"""Columns that sort and search names without accents or case (see `folding`), kept by the database itself."""

from django.db import models


class Fold(models.Func):
    """`fold` of an expression, in the database."""

    function = "t4v_fold"
    arity = 1
    output_field = models.TextField()


def folded(source: str) -> models.GeneratedField:
    """A column that the database keeps equal to the folded `source`: sorts and searches names, never written."""
    return models.GeneratedField(expression=Fold(models.F(source)), output_field=models.TextField(), db_persist=True)
