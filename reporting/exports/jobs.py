"""The job that makes the file of a list."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tech4value.files.actions import store_file
from tech4value.jobs.registry import JobError, RunningJob, job
from tech4value.tables.exporting import JOB, MOST_ROWS, export_rows, state_of
from tech4value.tables.writing import csv_file, xlsx_file
from tech4value.tenancy.clock import today

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@job(JOB)
def export_table(running: RunningJob) -> None:
    """Write what the person sees of the list now: rows that they may no longer see are not in the file."""
    if running.member is None:
        raise JobError(_("Ce compte n’est plus membre : l’export n’a plus de lecteur."))
    try:
        state = state_of(running.member, running.params)
    except LookupError as error:
        raise JobError(_("Cette liste n’existe plus : rouvrez-la depuis le menu.")) from error
    table = state.table
    if not running.member.can(table.permission):
        raise JobError(_("Votre rôle ne permet plus de lire cette liste."))
    total, cells = export_rows(state)
    running.progress(0, total)
    columns = list(state.columns)
    counted = _counted(cells, running)
    file_format = running.params["format"]
    content = (
        xlsx_file(str(table.label), columns, counted)
        if file_format == "xlsx"
        else csv_file(columns, counted, get_language() or "fr")
    )
    name = f"{table.label} {today().isoformat()}.{file_format}"
    running.file = store_file(
        actor=running.actor,
        name=name,
        content=content,
        content_type=TYPES[file_format],
        permission=table.permission,
        owner=running.member,
        private=True,
    )
    if total >= MOST_ROWS:
        running.message = _("Les %(n)s premières lignes : filtrez la liste pour les autres.") % {"n": MOST_ROWS}


def _counted(rows: Iterable[list[Any]], running: RunningJob) -> Iterator[list[Any]]:
    for number, row in enumerate(rows, 1):
        running.progress(number)
        yield row
