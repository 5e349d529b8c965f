"""The part of a table's import that a job does: reading a large file, and the run, in earnest or as a trial."""

import io
from collections.abc import Callable

import xlsxwriter
from django.db import transaction
from django.utils.translation import gettext as _

from integrations.imports.models import Import, ImportState
from integrations.imports.refusals import ImportNoLongerValidError
from integrations.imports.table_reading import Description, describe
from integrations.imports.table_run import Refused, TableReport, process
from integrations.imports.table_settings import TableSettings
from integrations.imports.table_trial import RowsRefusedError
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.figures.spreadsheet import csv_bytes, inert
from tech4value.files.actions import read_file, store_file

Progress = Callable[[int, int, str], None]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _NotKeptError(Exception):
    """Rolls back what a trial, or a run that met an error, has written."""


def read_kept_table(*, member: Membership, row: Import, content: bytes, progress: Progress) -> None:
    """The next step of a large table: its description, or its preview once its columns are chosen.

    Raises ImportRefused.
    """
    if row.settings.get("chosen"):
        preview_table(member=member, row=row, content=content, progress=progress)
        return
    settings = TableSettings.from_json(row.settings) if "reading" in row.settings else None
    keep_description(row, describe(content, settings.reading if settings else None, row.settings.get("target", "")))
    row.save(update_fields=["settings", "state", "preview"])


def keep_description(row: Import, found: Description) -> None:
    """Put what is known of a file on its import; not saved. Choices that still fit its headings stay."""
    settings, former = found.settings.to_json(), row.settings
    said = [one["text"] for one in found.facts["headings"]]
    same = former.get("chosen") and said == [one["text"] for one in former["facts"]["headings"]]
    if same and found.settings.target == former["target"]:
        settings = {name: former[name] for name in settings} | {"reading": settings["reading"]}
    row.settings = settings | {"facts": found.facts, "chosen": False}
    row.state, row.preview = ImportState.PREPARING, {}


def preview_table(*, member: Membership, row: Import, content: bytes, progress: Progress) -> None:
    """Compare the whole table with what the organisation holds. Raises ImportRefused."""
    settings = TableSettings.from_json(row.settings)
    report = process(content, settings, row.settings["facts"], member, progress=progress)
    row.preview, row.state = report.to_json(), ImportState.PREVIEWED
    row.save(update_fields=["preview", "state"])


def run_table(actor: Actor, member: Membership, row: Import, progress: Progress) -> None:
    """Write the table as `row.settings` say: all or nothing or without its faulty rows, for good or as a trial.

    Raises ImportNoLongerValidError when there are errors and they may not be skipped; ImportRefused.
    """
    content, settings = read_file(row.file), TableSettings.from_json(row.settings)
    skip_faulty, dry = bool(row.settings.get("skip_faulty")), bool(row.settings.get("dry"))
    report = _processed(content, settings, actor, member, row, progress, keep=not dry)
    found = report.to_json()
    if not dry and report.refused and not skip_faulty:
        raise ImportNoLongerValidError(found)
    row.preview = found
    row.result = {
        "dry": dry,
        "created": report.outcomes["create"] + sum(len(names) for names in report.made.values()),
        "updated": report.outcomes["update"],
        "same": report.outcomes["same"],
        "report": found,
        "refused_files": _refused_files(actor, member, row, report, settings) if report.refused else {},
        "sources": [] if dry else report.before,
    }


def _processed(
    content: bytes,
    settings: TableSettings,
    actor: Actor,
    member: Membership,
    row: Import,
    progress: Progress,
    *,
    keep: bool,
) -> TableReport:
    skip_faulty = bool(row.settings.get("skip_faulty"))
    reports: list[TableReport] = []
    refusing: dict[int, str] = {}
    while not reports:
        try:
            with transaction.atomic():
                report = process(
                    content,
                    settings,
                    row.settings["facts"],
                    member,
                    actor=actor,
                    file_name=row.file.name,
                    batch_id=row.batch_id,
                    skip_faulty=skip_faulty,
                    refusing=refusing,
                    progress=progress,
                )
                reports.append(report)
                if not keep or (report.refused and not skip_faulty):
                    raise _NotKeptError
        except RowsRefusedError as error:  # each time with more rows refused: it ends
            refusing |= error.reasons
        except _NotKeptError:
            pass
    return reports[0]


def _refused_files(
    actor: Actor, member: Membership, row: Import, report: TableReport, settings: TableSettings
) -> dict[str, str]:
    """The refused rows as the file has them, each with its reasons, to be mended and brought again."""
    facts = row.settings["facts"]
    width = max(one["index"] for one in facts["headings"]) + 1
    headings = [""] * width
    for one in facts["headings"]:
        headings[one["index"]] = one["text"]
    lines = [[*headings, _("Ligne d’origine"), _("Motif du refus")]]
    lines += [_line(one, width) for one in report.refused]
    stem = row.file.name.rpartition(".")[0] or row.file.name
    files = {}
    for suffix, kind, content in (
        ("csv", "text/csv", csv_bytes(lines)),
        ("xlsx", XLSX, _workbook(lines)),
    ):
        stored = store_file(
            actor=actor,
            name=_("%(file)s – lignes refusées.%(suffix)s") % {"file": stem, "suffix": suffix},
            content=content,
            content_type=kind,
            permission=Permission.IMPORT_RUN,
            owner=member,
            private=True,
        )
        files[suffix] = str(stored.pk)
    return files


def _line(refused: Refused, width: int) -> list[str]:
    cells = [*refused.cells[:width], *[""] * (width - len(refused.cells))]
    return [*cells, str(refused.number), refused.reasons]


def _workbook(lines: list[list[str]]) -> bytes:
    """Every cell as text: nothing in it can run."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"constant_memory": True, "in_memory": True})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    for number, line in enumerate(lines):
        for index, text in enumerate(line):
            sheet.write_string(number, index, inert(text), bold if number == 0 else None)
    book.close()
    return stream.getvalue()
