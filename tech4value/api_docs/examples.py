"""Example calls: values that a company would send, in the reader's language, as curl and as Python."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Schema = Mapping[str, Any]
_KEY: Final = "01963a5e-7c1d-7b52-9f0a-3d1f6c2b8e4{}"
# By the field's name: what a schema cannot know.
_TEXTS: Final[dict[str, Promise | str]] = {
    "name": _("Nouvel ERP"),
    "title": _("Le fournisseur livre en retard"),
    "code": "ERP-2027",
    "email": "chloe.martin@exemple.fr",
    "goal": _("Clôturer les comptes en cinq jours au lieu de douze."),
    "comment": _("La recette avance ; la reprise des données tarde."),
    "description": _("Un seul fournisseur sait intégrer le module de paie."),
    "mitigation": _("Contractualiser un second intégrateur."),
    "success_criterion": _("Trois services travaillent une semaine sans retour au tableur."),
    "label": _("Pont de l’Ascension"),
    "profile": _("Analyste"),
    "reference": "R-004",
    "notes": _("Voir le compte rendu du 12 mars."),
    "currency": "EUR",
    "country": "FR",
    "subdivision": "",
    "key": "priorite",
    "wbs": "1.2",
    "language": "fr",
    "author": "Chloé Martin",
    "changed_by": "Chloé Martin",
}
_NUMBERS: Final[dict[str, Any]] = {
    "probability": 3,
    "impact": 4,
    "score": 12,
    "capacity": "0.800",
    "daily_rate": "620.0000",
    "units": "1.00",
    "planned": "12500.00",
    "committed": "8000.00",
    "actual": "7450.50",
    "forecast": "12900.00",
    "percent_complete": "0.2500",
    "duration_minutes": 2100,
    "work_minutes": 2100,
    "lag": 0,
    "version": 3,
    "count": 2,
    "index": 0,
    "size": 48213,
}
_DATES: Final = {"starts_on": "2027-01-04", "ends_on": "2027-06-30", "due_on": "2027-03-31", "month": "2027-03-01"}


def resolved(schema: Schema, document: Schema) -> Schema:
    """The schema that a reference, or a wrapper of one, names."""
    for _step in range(10):
        if "$ref" in schema:
            schema = document["components"]["schemas"][str(schema["$ref"]).rsplit("/", 1)[-1]]
        elif parts := [part for key in ("allOf", "oneOf", "anyOf") for part in schema.get(key, [])]:
            schema = {
                **{name: value for name, value in schema.items() if name not in {"allOf", "oneOf", "anyOf"}},
                **parts[0],
            }
        else:
            break
    return schema


def example(schema: Schema, document: Schema, name: str = "", *, sent: bool = False, depth: int = 0) -> Any:
    """A value of `schema` that a company would give; `sent` leaves out what only answers have."""
    schema = resolved(schema, document)
    if "example" in schema:
        return schema["example"]
    if values := [value for value in schema.get("enum", []) if value not in (None, "")]:
        return values[0]
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "string")
    if kind == "array":
        return [] if depth > 3 else [example(schema.get("items", {}), document, name, sent=sent, depth=depth + 1)]
    if kind == "object" or "properties" in schema:
        if depth > 3:
            return {}
        required = set(schema.get("required", []))
        return {
            field: example(one, document, field, sent=sent, depth=depth + 1)
            for field, one in schema.get("properties", {}).items()
            if not (
                sent and (one.get("readOnly") or (depth == 0 and len(required) > 1 and not _worth(field, required)))
            )
        }
    return _scalar(schema, str(kind or "string"), name)


def _worth(field: str, required: set[str]) -> bool:
    """Whether an example of a call shows the field: those that are demanded, and some that say something."""
    return field in required or field in {"goal", "comment", "mitigation", "owner", "manager", "success_criterion"}


def _scalar(schema: Schema, kind: str, name: str) -> Any:
    form = schema.get("format", "")
    if form == "uuid":
        return _KEY.format(len(name) % 10)
    if form == "date":
        return _DATES.get(name, "2027-03-15")
    if form == "date-time":
        return "2027-03-15T09:30:00Z"
    if name in _NUMBERS:
        value = _NUMBERS[name]
        return value if kind in {"integer", "number"} or isinstance(value, str) else str(value)
    if kind == "boolean":
        return name in {"is_active", "ok"}
    if kind in {"integer", "number"}:
        return schema.get("minimum", 1) if schema.get("minimum", 1) > 0 else 1
    if form == "decimal":
        return "1.00"
    if form in {"uri", "url"}:
        return "https://exemple.fr/"
    if form in {"email", "binary"}:
        return str(_TEXTS["email"]) if form == "email" else "…"
    return str(_TEXTS.get(name, name.replace("_", " ")))


def written(value: Any) -> str:
    """JSON as people read it."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def curl(verb: str, url: str, body: Any, headers: Mapping[str, str]) -> str:
    """The call as a command."""
    lines = [
        f'curl "{url}"' if verb == "GET" else f'curl -X {verb} "{url}"',
        '  -H "Authorization: Bearer $TECH4VALUE_TOKEN"',
    ]
    lines += [f"  -H '{name}: {value}'" for name, value in headers.items()]
    if body is not None:
        lines += ['  -H "Content-Type: application/json"', "  --data @- <<'JSON'"]
        return " \\\n".join(lines) + f"\n{written(body)}\nJSON"
    return " \\\n".join(lines)


def python(verb: str, url: str, body: Any, headers: Mapping[str, str]) -> str:
    """The call in Python, with httpx."""
    given = ['"Authorization": f"Bearer {os.environ[\'TECH4VALUE_TOKEN\']}"']
    given += [f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in headers.items()]
    lines = [
        "import os",
        "",
        "import httpx",
        "",
        f"answer = httpx.{verb.lower()}(" if verb != "DELETE" else "answer = httpx.delete(",
    ]
    lines += [f'    "{url}",', f"    headers={{{', '.join(given)}}},"]
    if body is not None:
        text = repr(body) if len(repr(body)) < 80 else _literal(body)
        lines.append(f"    json={text},")
    return "\n".join(
        [*lines, ")", "answer.raise_for_status()", "" if verb == "DELETE" else "print(answer.json())"]
    ).rstrip()


def _literal(value: Any) -> str:
    """A body as a Python literal, one field a line."""
    text = json.dumps(value, indent=4, ensure_ascii=False)
    for one, other in ((": true", ": True"), (": false", ": False"), (": null", ": None")):
        text = text.replace(one, other)
    return text.replace("\n", "\n    ")
