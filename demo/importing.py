"""Part of the story arrives as people bring it: in files, through the imports."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from demo.money import Money
from demo.organisation import Company
from demo.story import Anchor, ProjectStory
from integrations.imports.actions import begin, bring_plan, bring_workbook, run_import
from integrations.imports.domain.template import CellValue, write_workbook
from integrations.imports.models import Import
from integrations.imports.table_actions import bring_table, choose_columns
from integrations.imports.table_settings import TableSettings
from portfolio.finance.domain.budget import MEASURES
from tech4value.figures.spreadsheet import csv_bytes

Row = dict[str, CellValue]


def import_budget(company: Company, story: ProjectStory, anchor: Anchor, budget: Money) -> Import:
    """This month and the next ones, as the project manager sends them: a workbook."""
    rows = [_row(story, anchor, place, _amounts(budget, place)) for place in budget.places if place[2] >= 0]
    content = write_workbook({"budget": rows}, "fr")
    member = company.member(story.manager)
    row = bring_workbook(actor=member.actor, member=member, name=f"{_stem(story)}-budget.xlsx", content=content)
    return _run(company, story.manager, row)


def import_plan(company: Company, story: ProjectStory, content: bytes) -> Import:
    """The plan that the project manager kept in Microsoft Project."""
    member = company.member(story.manager)
    row = bring_plan(
        actor=member.actor,
        member=member,
        name=f"{_stem(story)}-planning.xml",
        content=content,
        project=company.projects[story.code],
    )
    return _run(company, story.manager, row)


def import_table(company: Company, who: str, name: str, lines: Sequence[Sequence[str]], remember_as: str) -> Import:
    """A table of somebody's own, titles first: its columns are taken as they are guessed, and remembered."""
    member = company.member(who)
    row = bring_table(actor=member.actor, member=member, name=name, content=csv_bytes(lines))
    settings = TableSettings.from_json(row.settings)
    row = choose_columns(actor=member.actor, member=member, row=row, settings=settings, remember_as=remember_as)
    return _run(company, who, row)


def _run(company: Company, who: str, row: Import) -> Import:
    member = company.member(who)
    row = begin(actor=member.actor, row=row)
    run_import(actor=member.actor, member=member, row=row)
    return row


def _amounts(budget: Money, place: tuple[str, str, int]) -> Mapping[str, CellValue]:
    return {name: getattr(budget, name)[place] for name in MEASURES if place in getattr(budget, name)}


def _row(story: ProjectStory, anchor: Anchor, place: tuple[str, str, int], amounts: Mapping[str, CellValue]) -> Row:
    category, nature, number = place
    return {
        "project": story.code,
        "category": category,
        "nature": nature,
        "month": anchor.month(number),
        **amounts,
    }


def _stem(story: ProjectStory) -> str:
    """The project's name as people write it in the name of a file."""
    plain = unicodedata.normalize("NFKD", story.name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
