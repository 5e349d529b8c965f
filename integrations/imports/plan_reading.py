"""Read a plan's file for its preview: at once, or by a job when it is large or another program's."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from integrations.imports.certificates import certificate_of_import, to_json
from integrations.imports.conversion import FORMATS, convert, foreign_format
from integrations.imports.models import Import
from integrations.imports.plan_changes import examine_plan
from integrations.imports.previews import plan_preview, problems_json
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.files.actions import store_file

Progress = Callable[[int, int, str], None]


def read_plan(content: bytes, member: Membership, row: Import, new_project: Mapping[str, str]) -> dict[str, Any]:
    """The preview of a plan; what had been chosen for its resources stays chosen."""
    changes = examine_plan(content, row.project)
    may_add = member.can(Permission.PEOPLE_EDIT)
    preview = plan_preview(changes, may_add_people=may_add, former=row.preview.get("people", {}))
    preview["certificate"] = to_json(certificate_of_import(content, changes))
    return preview | {"new_project": dict(new_project), "reschedule": bool(row.preview.get("reschedule"))}


def read_kept_plan(content: bytes, member: Membership, row: Import, progress: Progress) -> dict[str, Any]:
    """The preview of a plan that is kept. One that is not MSPDI is converted to it first, and the result kept beside.

    Raises ImportRefused.
    """
    wanted = row.preview.get("new_project", {})
    key = foreign_format(row.file.name, content)
    if key is None:
        return read_plan(content, member, row, wanted)
    progress(0, 0, _("Conversion depuis %(format)s") % {"format": FORMATS[key]})
    converted = convert(content, key)
    row.converted = store_file(
        actor=member.actor,
        name=f"{row.file.name}.xml",
        content=converted.content,
        content_type="text/xml",
        permission=Permission.IMPORT_RUN,
        owner=member,
        private=True,
    )
    preview = read_plan(converted.content, member, row, wanted)
    problems = [*problems_json(converted.problems), *preview["problems"]]
    return preview | {"problems": problems, "format": FORMATS[key]}
