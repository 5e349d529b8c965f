"""How fast a table is imported, beside the plain reading of the same file in the same run, and what memory it takes.

    python -m bench.imports [rows] [csv|xlsx]

Makes a tenant of its own, imports budget lines (10 000 unless told), takes everything back, and prints rows a second,
the ratio to plain reading (csv.reader or openpyxl, values only) and the peak of memory over what was there before.
Aim: 10 000 rows in less than 2 minutes, and a peak that does not follow the number of rows.
"""

import csv
import io
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import django

MEGABYTE = 1024  # kilobytes, as getrusage counts on Linux


def megabytes() -> float:
    """The most memory that the process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE


def seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def lines(rows: int) -> list[list[str]]:
    """Budget lines of projects that are there: 10 years, 7 categories and 2 natures each."""
    categories = ("Personnel", "Prestations", "Licences", "Infrastructure", "Matériel", "Formation", "Autre")
    found = []
    for number in range(rows):
        project, rest = divmod(number, 1680)
        month, rest = divmod(rest, 14)
        day = date(2020 + month // 12, month % 12 + 1, 1)
        nature = "Capex" if rest % 2 else "Opex"
        amounts = [f"{number % 9000 + 0.25:.2f}".replace(".", ","), f"{number % 7000},10"]
        found.append([f"P{project:03}", categories[rest // 2], nature, f"{day:%m/%Y}", *amounts])
    return found


def as_csv(rows: list[list[str]]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, delimiter=";").writerows([HEADINGS, *rows])
    return stream.getvalue().encode()


def as_xlsx(rows: list[list[str]]) -> bytes:
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"constant_memory": True})
    sheet = book.add_worksheet("Budget")
    for number, row in enumerate([HEADINGS, *rows]):
        sheet.write_row(number, 0, row)
    book.close()
    return stream.getvalue()


HEADINGS = ["Projet", "Catégorie", "Nature", "Mois", "Prévu", "Réel"]


def plain_csv(content: bytes) -> int:
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="")
    return sum(1 for _row in csv.reader(text, delimiter=";"))


def plain_xlsx(content: bytes) -> int:
    from openpyxl import load_workbook

    sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
    return sum(1 for _row in sheet.iter_rows(values_only=True))


class _TakenBackError(Exception):
    """Nothing of the benchmark is kept."""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tech4value.settings")
    django.setup()
    from django.db import transaction
    from django.utils import translation

    from integrations.imports.table_reading import describe
    from integrations.imports.table_run import process
    from portfolio.people.actions import create_pole
    from portfolio.projects.actions import create_projects
    from tech4value.accounts.models import Membership
    from tech4value.audit.actor import SYSTEM
    from tech4value.tenancy.context import tenant_context
    from tech4value.tenancy.models import Tenant, uuid7

    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    form = sys.argv[2] if len(sys.argv) > 2 else "csv"
    content = as_csv(lines(count)) if form == "csv" else as_xlsx(lines(count))
    plain = seconds(lambda: (plain_csv if form == "csv" else plain_xlsx)(content))
    tenant = Tenant.objects.order_by("pk").first()
    assert tenant is not None, "the database holds no company: load the demo first"
    try:
        with translation.override("fr"), tenant_context(tenant), transaction.atomic():
            member = Membership.objects.select_related("user").filter(role="pmo").first()
            assert member is not None
            pole = create_pole(actor=SYSTEM, code="BENCH", name="Bench")
            days = {"starts_on": date(2020, 1, 1), "ends_on": date(2029, 12, 31)}
            codes = sorted({row[0] for row in lines(count)})
            values = [{"code": code, "name": code, "pole": pole, "method": "agile", **days} for code in codes]
            create_projects(actor=SYSTEM, values=values)
            before = megabytes()
            found = describe(content)
            previewed = seconds(lambda: process(content, found.settings, found.facts, member))
            after_preview = megabytes()
            reports = []
            batch = uuid7()
            written = seconds(
                lambda: reports.append(
                    process(content, found.settings, found.facts, member, actor=SYSTEM, file_name="b", batch_id=batch)
                )
            )
            assert reports[0].outcomes["create"] == count, reports[0].to_json()["counts"]
            peak = megabytes()
            raise _TakenBackError
    except _TakenBackError:
        pass
    print(f"rows                {count} ({form}, {len(content) / 1e6:.1f} MB)")
    print(f"plain reading       {plain:.2f} s   {count / plain:,.0f} rows/s")
    print(f"preview             {previewed:.1f} s   {count / previewed:,.0f} rows/s   ratio {previewed / plain:.0f}")
    print(f"import              {written:.1f} s   {count / written:,.0f} rows/s   ratio {written / plain:.0f}")
    grown = f"+{after_preview - before:.0f} preview, +{peak - before:.0f} import"
    print(f"memory              {before:.0f} MB before, {grown}")


if __name__ == "__main__":
    main()
