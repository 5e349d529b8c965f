"""A list as rows of typed cells: what its export writes. The file itself is made by a job of reporting."""

from collections.abc import Iterator
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from tech4value.accounts.models import Membership
from tech4value.jobs.actions import start_job
from tech4value.jobs.models import Job
from tech4value.tables.state import TableState
from tech4value.tables.table import Table, table_named

JOB: Final = "tables.export"
FORMATS: Final = ("xlsx", "csv")
MOST_ROWS: Final = 100_000
CHUNK: Final = 500


def start_export(table: Table, query: str, file_format: str) -> Job:
    """The job that makes the file of what the address shows: its columns, filters and order."""
    return start_job(
        kind=JOB,
        label=_("Export : %(list)s") % {"list": table.label},
        member=table.member,
        params={"table": table.key, "scope": table.scope, "query": query, "format": file_format},
    )


def state_of(member: Membership, params: dict[str, Any]) -> TableState:
    """The list that a job's `params` name, as `member` sees it now. Raises LookupError when it is no longer."""
    table = table_named(params["table"])(member, params["scope"])
    return TableState(table, QueryDict(params["query"]))


def export_rows(state: TableState) -> tuple[int, Iterator[list[Any]]]:
    """How many rows there are, and their cells: text, Decimal or int, date, datetime, None; chunk by chunk."""
    keys = list(state.ordered().values_list("pk", flat=True)[:MOST_ROWS])
    return len(keys), _cells(state, keys)


def _cells(state: TableState, keys: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(keys), CHUNK):
        for row in state.table.read(keys[start : start + CHUNK]):
            yield [column.exported(row) for column in state.columns]
