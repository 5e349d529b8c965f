"""The custom fields of tasks as columns of the editor and of the printed plan, named `custom_<key>`."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _

from portfolio.planning.models import Task
from portfolio.projects.models import Project
from tech4value.fields.domain import NUMERIC, SHORT, Kind, Stored
from tech4value.fields.models import FieldDefinition
from tech4value.fields.targets import people
from tech4value.fields.values import fields_of, read_value
from tech4value.figures.formats import currency_decimals, money
from tech4value.tenancy.context import current_tenant

PREFIX: Final = "custom_"
TARGET: Final = "task"


def columns_of(fields: Sequence[FieldDefinition]) -> dict[str, str]:
    """The heads of the columns, by column."""
    return {field.form_name: field.name for field in fields}


def page_fields(fields: Sequence[FieldDefinition], language: str) -> list[dict[str, Any]]:
    """What the editor must know to show the values and to offer words for them. `pattern` is how a number is written
    with its unit or its currency."""
    return [
        {
            "column": field.form_name,
            "key": field.key,
            "kind": field.kind,
            "decimals": _decimals(field),
            "pattern": _pattern(field, language) if field.kind in NUMERIC else "",
            "options": [[option.key, option.name(language)] for option in field.choices],
        }
        for field in fields
    ]


def read_custom(field: FieldDefinition, text: str) -> Stored | None:
    """The value of a cell as it is stored, None for an empty one. Raises ValidationError with a sentence."""
    if field.kind == Kind.LONG_TEXT and len(text) > SHORT:
        raise ValidationError(_("Ce texte est long : écrivez-le dans la fiche de la tâche (Ctrl+Entrée)."))
    value = read_value(field, text)
    if value is None and field.is_required:
        raise ValidationError(_("%(field)s : ce champ est obligatoire.") % {"field": field.name})
    return value


def with_named(text: str, project: Project) -> str:
    """`text`, a JSON object that the editor reads, with the names of the people whom the custom fields of the plan
    hold, by key. One statement, two more where there is a field of that kind."""
    rows = FieldDefinition.objects.filter(target=TARGET, kind=Kind.PERSON, is_archived=False)
    keys = list(rows.order_by("position", "id").values_list("key", flat=True))
    if not keys:
        return text
    return f'{text[:-1]},"named":{json.dumps(_named(project, keys), ensure_ascii=False)}}}'


def _named(project: Project, keys: Sequence[str]) -> Mapping[str, str]:
    held = Task.objects.filter(project=project).order_by()
    rows = held.values_list(*(KeyTextTransform(key, "custom_fields") for key in keys)).distinct()
    wanted = {value for row in rows for value in row if value}
    return people().names(wanted) if wanted else {}


def task_fields() -> list[FieldDefinition]:
    """The custom fields of tasks that are in use, in order. One statement."""
    return fields_of(TARGET)


def _decimals(field: FieldDefinition) -> int:
    return currency_decimals(current_tenant().currency) if field.kind == Kind.MONEY else field.decimals


def _pattern(field: FieldDefinition, language: str) -> str:
    if field.kind == Kind.MONEY:
        return money(1, current_tenant().currency, language, decimals=0).replace("1", "%(number)s")
    return f"%(number)s\u00a0{field.unit}" if field.unit else "%(number)s"
