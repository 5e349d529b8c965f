"""The steps of a table's import: bring it, say how it is read, say what its columns are."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from integrations.imports.actions import LARGE_ROWS, keep, quiet, start_reading
from integrations.imports.domain.problem import ImportRefused
from integrations.imports.domain.table_targets import MONTHLY
from integrations.imports.domain.tables import ReadingChoices, is_large
from integrations.imports.domain.values import fold
from integrations.imports.messages import sentence
from integrations.imports.models import Import, ImportKind, ImportMapping, ImportState
from integrations.imports.table_job import keep_description, preview_table
from integrations.imports.table_reading import ADDED, FixedValueError, RecordReader, describe
from integrations.imports.table_settings import TableSettings
from tech4value.accounts.models import Membership
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, delete, update
from tech4value.files.actions import read_file

OPEN = frozenset({ImportState.PREPARING, ImportState.PREVIEWED, ImportState.FAILED, ImportState.UNDONE})


def bring_table(
    *, actor: Actor, member: Membership, name: str, content: bytes, row: Import | None = None, project: str = ""
) -> Import:
    """Keep a table and guess how it is read, at once or, when it is large, by a job. `row`: the import whose file it
    mends: what was chosen stays when the headings are the same, and the preview follows at once.

    Raises ValidationError on `file` when it is no table that can be read: nothing is kept.
    """
    row = row or Import()
    former = dict(row.settings)
    try:
        large = is_large(content)
        if not large:
            keep_description(row, describe(content, target=former.get("target", "") if former.get("chosen") else ""))
    except ImportRefused as error:
        raise ValidationError({"file": sentence(error.problem)}) from error
    if not large and not row.settings["facts"]["headings"]:
        raise ValidationError({"file": _("Le fichier ne contient aucune ligne de données sous ses titres.")})
    if project:
        row.settings["project"] = project
    as_before = bool(former.get("chosen")) and not large and row.settings["columns"] == former["columns"]
    if large:
        row.settings = {}
    row = keep(actor, member, ImportKind.TABLE, name, content, "application/octet-stream", {}, row, large=large)
    if not large:
        row.state = ImportState.PREPARING
        row.save(update_fields=["state"])
        if as_before:
            choose_columns(actor=actor, member=member, row=row, settings=TableSettings.from_json(row.settings))
    return row


def read_again(*, member: Membership, row: Import, reading: ReadingChoices, target: str) -> Import:
    """Read the file in another way, or as another target; columns are guessed anew when its headings change.

    Raises ValidationError for what cannot be read so.
    """
    _refuse_started(row)
    content = read_file(row.file)
    if is_large(content):
        row.settings = TableSettings(reading=reading, target=target).to_json()
        row.save(update_fields=["settings"])
        start_reading(member=member, row=row)
        return row
    project = row.settings.get("project", "")
    try:
        keep_description(row, describe(content, reading, target))
    except ImportRefused as error:
        raise ValidationError(sentence(error.problem)) from error
    if not row.settings["facts"]["headings"]:
        raise ValidationError(_("Aucune ligne de données ne suit cette ligne de titres : choisissez-en une autre."))
    row.settings["project"] = project
    row.save(update_fields=["settings", "state", "preview"])
    return row


def choose_columns(
    *, actor: Actor, member: Membership, row: Import, settings: TableSettings, remember_as: str = ""
) -> Import:
    """Say what the columns are and how values are written; the preview follows, by a job when the table is large.

    `remember_as`: the name under which the choice serves the next files with the same headings. Raises
    ValidationError by field of TableSettings.
    """
    _refuse_started(row)
    facts = row.settings["facts"]
    _check(settings, facts)
    content = read_file(row.file)
    try:
        RecordReader(content, settings, facts).fixed()
    except FixedValueError as error:
        raise ValidationError({f"fixed_{error.key}": sentence(error.problem)}) from error
    except ImportRefused as error:
        raise ValidationError(sentence(error.problem)) from error
    row.settings = settings.to_json() | {"facts": facts, "chosen": True}
    row.result = {}
    row.save(update_fields=["settings", "result"])
    if remember_as.strip():
        remember_mapping(actor=actor, member=member, row=row, name=remember_as.strip())
    if facts["rows"] > LARGE_ROWS or is_large(content):
        start_reading(member=member, row=row)
        return row
    try:
        preview_table(member=member, row=row, content=content, progress=quiet)
    except ImportRefused as error:
        raise ValidationError(sentence(error.problem)) from error
    return row


def choose_mode(*, row: Import, skip_faulty: bool, dry: bool) -> None:
    """Say whether faulty rows are left aside, and whether the run is a trial; saved by the run's start."""
    row.settings = {**row.settings, "skip_faulty": skip_faulty, "dry": dry}
    row.save(update_fields=["settings"])


def _refuse_started(row: Import) -> None:
    if row.state not in OPEN:
        raise ValidationError(_("Cet import a été lancé : commencez-en un nouveau."))


def _check(settings: TableSettings, facts: Mapping[str, Any]) -> None:
    """Columns that serve twice, a key that the file does not have, nothing to import."""
    fields = [choice.field for choice in settings.columns.values()]
    twice = {field for field in fields if fields.count(field) > 1 and not field.endswith(MONTHLY)}
    texts = {one["index"]: one["text"] for one in facts["headings"]}
    for field in sorted(twice):
        names = [texts[index] for index, choice in settings.columns.items() if choice.field == field]
        raise ValidationError(
            _("Deux colonnes vont au même champ : %(names)s. Gardez-en une seule.") % {"names": ", ".join(names)}
        )
    if not fields:
        raise ValidationError(_("Associez au moins une colonne à un champ."))
    known = {field.partition("@")[0] for field in fields} | {key for key, text in settings.fixed.items() if text}
    known |= {"month"} if any(field.endswith(MONTHLY) for field in fields) else set()
    spec = settings.spec
    specs = {column.key: column for column in spec.sheet.columns}
    missing = [specs[key].words.in_language(get_language() or "fr") for key in settings.key if key not in known]
    if missing:
        raise ValidationError(
            {
                "key": _("Ces lignes se retrouvent par « %(names)s » : associez-y une colonne, ou donnez une valeur.")
                % {"names": ", ".join(missing)}
            }
        )
    if spec.of_project and "project" not in known and not settings.project:
        raise ValidationError({"project": _("Choisissez le projet, ou associez la colonne qui le nomme.")})


# --- remembered mappings


def remember_mapping(*, actor: Actor, member: Membership, row: Import, name: str) -> ImportMapping:
    """Keep what was chosen for a table, under a name, for every member's next file with the same headings."""
    settings = TableSettings.from_json(row.settings)
    kept = {key: value for key, value in settings.to_json().items() if key not in {"reading", "project"}}
    values = {
        "headings": [said for one in row.settings["facts"]["headings"] if (said := fold(one["text"])) not in ADDED],
        "settings": kept,
    }
    name = name[:120]
    found = ImportMapping.objects.select_for_update().filter(target=settings.target, name=name).first()
    if found is None:
        return create(actor, ImportMapping(target=settings.target, name=name, created_by=member, **values))
    update(actor, found, values)
    return found


def forget_mapping(*, actor: Actor, mapping: ImportMapping) -> None:
    """Remember a mapping no more."""
    delete(actor, mapping)
