"""Every write on definitions of custom fields; and the values that follow a change of kind."""

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, update, update_many
from tech4value.fields import domain
from tech4value.fields.domain import FieldValueError, Kind, Stored
from tech4value.fields.lookups import value_of
from tech4value.fields.models import FieldDefinition
from tech4value.fields.targets import people, target, targets
from tech4value.tenancy.folding import fold

MOST_FIELDS: Final = 60
MOST_OPTIONS: Final = 200
Options = Sequence[Mapping[str, str]]


@transaction.atomic
def create_field(
    *, actor: Actor, target_key: str, label: str, kind: str, key: str = "", options: Options = (), **fields: Any
) -> FieldDefinition:
    """A new field, the last of its target. Its key comes from its label when none is given.

    `options`: {"label", "label_en"} each, with "key" if one is wanted. Raises ValidationError by field.
    """
    if target_key not in {one.key for one in targets()}:
        raise ValidationError({"target": _("Choisissez les fiches qui portent ce champ.")})
    siblings = list(FieldDefinition.objects.select_for_update().filter(target=target_key))
    if len(siblings) >= MOST_FIELDS:
        raise ValidationError(
            _("Ces fiches ont déjà %(n)s champs, le plus qu’elles peuvent porter : réutilisez-en un.")
            % {"n": MOST_FIELDS}
        )
    keys = {one.key for one in siblings}
    if key and key in keys:
        raise ValidationError({"key": _("La clé « %(key)s » est déjà celle d’un champ.") % {"key": key}})
    row = FieldDefinition(
        target=target_key,
        key=key or _free_key(label, keys),
        label=label.strip(),
        kind=kind,
        options=_with_keys(options, ()),
        position=max((one.position for one in siblings), default=0) + 1,
        **fields,
    )
    return create(actor, _checked(row, siblings))


@transaction.atomic
def change_field(
    *, actor: Actor, field: FieldDefinition, values: Mapping[str, Any], version: int | None = None
) -> bool:
    """Change a field; its target and key never change. Returns whether anything differed.

    A change of kind converts the values that rows hold; it is refused, with their number, when some would be lost.
    An option that rows hold is not removed: the sentence says how many.
    """
    values = {name: value for name, value in values.items() if name not in {"target", "key", "target_key"}}
    candidate = copy.copy(field)
    for name, value in values.items():
        setattr(candidate, name, value)
    if "options" in values:
        candidate.options = values["options"] = _with_keys(values["options"], field.choices)
    siblings = list(FieldDefinition.objects.filter(target=field.target).exclude(pk=field.pk))
    _checked(candidate, siblings)
    converted = _converted(field, candidate)
    if converted is None:
        _refuse_lost_options(field, candidate)
    batched = actor.within(actor.batch_id or uuid4())
    values = {name: getattr(candidate, name) for name in values}
    differs = update(batched, field, values, version=version)
    if converted:
        update_many(batched, [(row, {"custom_fields": custom}) for row, custom in converted])
    return differs


def archive_field(*, actor: Actor, field: FieldDefinition) -> None:
    """Take a field out of forms, lists and files; rows keep its values, which come back with it."""
    update(actor, field, {"is_archived": True}, verb="fielddefinition.archived")


def unarchive_field(*, actor: Actor, field: FieldDefinition) -> None:
    """Bring an archived field back, with its values."""
    candidate = copy.copy(field)
    candidate.is_archived = False
    _checked(candidate, list(FieldDefinition.objects.filter(target=field.target).exclude(pk=field.pk)))
    update(actor, field, {"is_archived": False}, verb="fielddefinition.restored")


@transaction.atomic
def move_field(*, actor: Actor, field: FieldDefinition, by: int) -> None:
    """Move a field up (-1) or down (+1) among those in use of its target; at the end it stays."""
    in_use = FieldDefinition.objects.select_for_update().filter(target=field.target, is_archived=False)
    rows = list(in_use.order_by("position", "id"))
    here = next((index for index, one in enumerate(rows) if one.pk == field.pk), None)
    if here is None or not 0 <= here + by < len(rows):
        return
    rows.insert(here + by, rows.pop(here))
    update_many(
        actor, [(row, {"position": place}) for place, row in enumerate(rows, 1)], verb="fielddefinition.moved"
    )


def usage(field: FieldDefinition) -> int:
    """How many rows, those in the bin too, hold a value of `field`."""
    return target(field.target).rows().filter(custom_fields__has_key=field.key).count()


def option_usage(field: FieldDefinition) -> dict[str, int]:
    """How many rows hold each option of `field`; one statement."""
    counts: dict[str, int] = {}
    for value in _values_of(field):
        for key in value if isinstance(value, list) else [value]:
            counts[str(key)] = counts.get(str(key), 0) + 1
    return counts


def _values_of(field: FieldDefinition) -> list[Stored]:
    rows = target(field.target).rows().filter(custom_fields__has_key=field.key).order_by()
    return list(rows.values_list(value_of(field), flat=True))


def _checked(row: FieldDefinition, siblings: Sequence[FieldDefinition]) -> FieldDefinition:
    row.clean_fields()
    if not row.label.strip():
        raise ValidationError({"label": _("Donnez un libellé au champ.")})
    twins = {fold(one.label) for one in siblings if not one.is_archived}
    if not row.is_archived and fold(row.label) in twins:
        raise ValidationError(
            {"label": _("« %(label)s » est déjà le nom d’un champ : choisissez-en un autre.") % {"label": row.label}}
        )
    if row.kind not in domain.WITH_OPTIONS:
        row.options = []
    elif not row.options:
        raise ValidationError({"options": _("Écrivez au moins un choix.")})
    if row.kind not in domain.NUMERIC:
        row.unit = ""
    if row.kind != Kind.NUMBER:
        row.decimals = 0
    if row.kind == Kind.MONEY:
        row.unit = ""  # amounts are in the organisation's currency
    return row


def _with_keys(options: Options, known: Sequence[domain.Option]) -> list[dict[str, str]]:
    """The options to store: each keeps its key, a new one gets one from its label."""
    found: list[dict[str, str]] = []
    taken = {option.key for option in known}
    labels: set[str] = set()
    for option in options:
        label, label_en = (" ".join(str(option.get(name) or "").split()) for name in ("label", "label_en"))
        if not label:
            continue
        if len(label) > 80 or len(label_en) > 80:
            message = _("Un choix a 80 caractères au plus : « %(label)s… ».")
            raise ValidationError({"options": message % {"label": label[:30]}})
        if fold(label) in labels:
            raise ValidationError({"options": _("Le choix « %(label)s » figure deux fois.") % {"label": label}})
        labels.add(fold(label))
        key = str(option.get("key") or "")
        if not re.fullmatch(r"[a-z0-9_]{1,40}", key):
            same = next((one.key for one in known if fold(one.label) == fold(label)), "")
            key = same or _free_key(label, taken | {one["key"] for one in found})
        if any(one["key"] == key for one in found):
            raise ValidationError({"options": _("Le choix « %(label)s » figure deux fois.") % {"label": label}})
        found.append({"key": key, "label": label, "label_en": label_en})
    if len(found) > MOST_OPTIONS:
        raise ValidationError({"options": _("Un champ a %(n)s choix au plus.") % {"n": MOST_OPTIONS}})
    return found


def _free_key(label: str, taken: set[str]) -> str:
    stem = re.sub(r"[^a-z0-9]+", "_", fold(label)).strip("_")[:34] or "champ"
    stem = stem if stem[0].isalpha() else f"c_{stem}"
    number = 1
    key = stem
    while key in taken:
        number += 1
        key = f"{stem}_{number}"
    return key


def _converted(field: FieldDefinition, candidate: FieldDefinition) -> list[tuple[Any, dict[str, Any]]] | None:
    """The rows with their values of the new kind; None when the values stay as they are. Raises over lost values."""
    old, new = field.spec, candidate.spec
    if old.kind == new.kind and old.decimals <= new.decimals:
        return None
    rows = list(target(field.target).rows().filter(custom_fields__has_key=field.key).select_for_update(of=("self",)))
    names: Mapping[str, str] = {}
    if old.kind is Kind.PERSON:
        names = people().names({str(row.custom_fields[field.key]) for row in rows})
    converted, lost = [], 0
    for row in rows:
        value = row.custom_fields[field.key]
        text = names.get(str(value), "") if old.kind is Kind.PERSON else domain.plain(old, value)
        try:
            stored = None if new.kind is Kind.PERSON or not text else domain.parse(new, text)
        except FieldValueError:
            stored = None
        if stored is None:
            lost += 1
        converted.append((row, {**row.custom_fields, field.key: stored}))
    if lost:
        words = ngettext(
            "%(n)s fiche porte une valeur qui ne se lirait plus : corrigez-la, ou créez un autre champ.",
            "%(n)s fiches portent une valeur qui ne se lirait plus : corrigez-les, ou créez un autre champ.",
            lost,
        )
        name = "kind" if old.kind != new.kind else "decimals"
        raise ValidationError({name: words % {"n": lost}})
    return converted


def _refuse_lost_options(field: FieldDefinition, candidate: FieldDefinition) -> None:
    gone = {option.key: option.label for option in field.choices}
    for option in candidate.choices:
        gone.pop(option.key, None)
    if not gone:
        return
    held = option_usage(field)
    errors = []
    for key, label in gone.items():
        if held.get(key):
            words = ngettext(
                "« %(label)s » est le choix de %(n)s fiche : changez-la d’abord, puis retirez ce choix.",
                "« %(label)s » est le choix de %(n)s fiches : changez-les d’abord, puis retirez ce choix.",
                held[key],
            )
            errors.append(words % {"label": label, "n": held[key]})
    if errors:
        raise ValidationError({"options": errors})
