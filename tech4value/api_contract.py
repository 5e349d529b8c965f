"""The API's contract: docs/api/openapi.json is the document of the last release, and nothing in it may be broken.

    python -m tech4value.api_contract check      fails, in words, on what would break a program written against it
    python -m tech4value.api_contract release    takes today's document as the last release

Additions pass: paths, verbs, optional parameters and fields, values of an enumeration in answers. Breaking are: what
is gone, what a call must newly give, what it may no longer give, and what an answer no longer promises.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

RELEASED: Final = Path(__file__).resolve().parent.parent / "docs" / "api" / "openapi.json"
VERBS: Final = ("get", "post", "put", "patch", "delete")
# Bounds that narrow what may be sent when they grow, and when they shrink.
_LOWER: Final = ("minimum", "minLength", "minItems")
_UPPER: Final = ("maximum", "maxLength", "maxItems")
Schema = Mapping[str, Any]


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """What a program written against `old` would stumble on with `new`; both are OpenAPI 3 documents."""
    return list(dict.fromkeys(_paths(old, new)))


def _paths(old: Schema, new: Schema) -> Iterator[str]:
    for path, verbs in old.get("paths", {}).items():
        found = new.get("paths", {}).get(path)
        if found is None:
            yield f"{path}: the path is gone."
            continue
        for verb in VERBS:
            if verb not in verbs:
                continue
            where = f"{verb.upper()} {path}"
            if verb not in found:
                yield f"{where}: the verb is gone."
                continue
            yield from _Operation(where, old, new).differences(verbs[verb], found[verb])


class _Operation:
    """The comparison of one verb of one path."""

    def __init__(self, where: str, old: Schema, new: Schema) -> None:
        self.where, self.old, self.new = where, old, new
        self.seen: set[tuple[str, str, bool]] = set()

    def differences(self, old: Schema, new: Schema) -> Iterator[str]:
        yield from self._parameters(old, new)
        sent_before, sent_now = _content(old.get("requestBody")), _content(new.get("requestBody"))
        for media, schema in sent_before.items():
            if media not in sent_now:
                yield f"{self.where}: a body of {media} is no longer read."
            else:
                yield from self._schema("", schema, sent_now[media], sent=True)
        if new.get("requestBody", {}).get("required") and not old.get("requestBody"):
            yield f"{self.where}: a body is now required."
        for code, answer in old.get("responses", {}).items():
            if not code.startswith("2"):
                continue
            if code not in new.get("responses", {}):
                yield f"{self.where}: it no longer answers {code}."
                continue
            given_now = _content(new["responses"][code])
            for media, schema in _content(answer).items():
                if media not in given_now:
                    yield f"{self.where}: {code} is no longer answered as {media}."
                else:
                    yield from self._schema("", schema, given_now[media], sent=False)

    def _parameters(self, old: Schema, new: Schema) -> Iterator[str]:
        before = {(one["in"], one["name"]): one for one in old.get("parameters", [])}
        now = {(one["in"], one["name"]): one for one in new.get("parameters", [])}
        for key, one in before.items():
            name = f"{key[0]} parameter {key[1]}"
            if key not in now:
                yield f"{self.where}: the {name} is gone."
                continue
            if now[key].get("required") and not one.get("required"):
                yield f"{self.where}: the {name} is now required."
            for text in self._schema("", one.get("schema", {}), now[key].get("schema", {}), sent=True):
                yield text.replace(f"{self.where}: ", f"{self.where}: {name}: ", 1)
        for key, one in now.items():
            if key not in before and one.get("required"):
                yield f"{self.where}: it now requires the {key[0]} parameter {key[1]}."

    def _schema(self, place: str, old: Schema, new: Schema, *, sent: bool) -> Iterator[str]:
        names = (str(old.get("$ref", "")), str(new.get("$ref", "")), sent)
        if any(names[:2]):
            if names in self.seen:
                return
            self.seen.add(names)
        old, new = _resolved(old, self.old), _resolved(new, self.new)
        side, field = ("the body" if sent else "the answer"), place or "it"
        types_before, types_now = _types(old), _types(new)
        lost = (types_before - types_now) if sent else (types_now - types_before)
        if types_before and types_now and lost:
            words = ", ".join(sorted(lost))
            yield f"{self.where}: in {side}, {field} {'may no longer be' if sent else 'may now be'} {words}."
        gone = [value for value in old.get("enum", []) if value is not None and value not in new.get("enum", [value])]
        if gone or (sent and "enum" in new and "enum" not in old):
            listed = ", ".join(map(str, gone)) or "others than " + ", ".join(map(str, new["enum"]))
            yield f"{self.where}: in {side}, {field} no longer knows the values {listed}."
        if sent:
            yield from self._bounds(field, old, new)
        yield from self._properties(place, old, new, sent=sent)
        if "items" in old and "items" in new:
            yield from self._schema(f"{place}[]", old["items"], new["items"], sent=sent)

    def _bounds(self, field: str, old: Schema, new: Schema) -> Iterator[str]:
        for name in _LOWER:
            if (
                name in new
                and new[name] > old.get(name, float("-inf"))
                and not (new[name] == 0 and name != "minimum")
            ):
                yield f"{self.where}: in the body, {field} has a higher {name}, {new[name]}."
        for name in _UPPER:
            if name in new and new[name] < old.get(name, float("inf")):
                yield f"{self.where}: in the body, {field} has a lower {name}, {new[name]}."
        if "pattern" in new and new["pattern"] != old.get("pattern"):
            yield f"{self.where}: in the body, {field} must now match {new['pattern']}."

    def _properties(self, place: str, old: Schema, new: Schema, *, sent: bool) -> Iterator[str]:
        before, now = old.get("properties", {}), new.get("properties", {})
        required_before, required_now = set(old.get("required", [])), set(new.get("required", []))
        for name, schema in before.items():
            if sent and schema.get("readOnly"):
                continue
            inner = f"{place}.{name}".lstrip(".")
            if name not in now:
                yield f"{self.where}: in {'the body' if sent else 'the answer'}, the field {inner} is gone."
                continue
            yield from self._schema(inner, schema, now[name], sent=sent)
            if not sent and name in required_before - required_now:
                yield f"{self.where}: the answer no longer always has {inner}."
        if sent and (before or now):
            for name in sorted(required_now - required_before):
                yield f"{self.where}: the body must now have {f'{place}.{name}'.lstrip('.')}."


def _content(holder: Any) -> dict[str, Schema]:
    content = (holder or {}).get("content", {})
    return {media: one.get("schema", {}) for media, one in content.items()}


def _resolved(schema: Schema, document: Schema) -> Schema:
    """The schema that a reference names; one that only wraps another (`allOf` of one) is that other."""
    for _step in range(20):
        if "$ref" in schema:
            found: Any = document
            for part in str(schema["$ref"]).removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        elif len(schema.get("allOf", [])) == 1:
            nullable = {"nullable": True} if schema.get("nullable") else {}
            schema = {**_resolved(schema["allOf"][0], document), **nullable}
        elif parts := [part for key in ("oneOf", "anyOf") for part in schema.get(key, [])]:
            whole = [_resolved(part, document) for part in parts]
            values = [value for part in whole for value in part.get("enum", [])]
            kinds = sorted({kind for part in whole for kind in _types(part)})
            return {**whole[0], **({"enum": values} if values else {}), "type": kinds}
        else:
            break
    return schema


def _types(schema: Schema) -> set[str]:
    """The JSON types that a value may have."""
    given = schema.get("type", [])
    found = {given} if isinstance(given, str) else set(given)
    if schema.get("nullable") or None in schema.get("enum", []):
        found.add("null")
    if "number" in found:
        found.add("integer")
    return found


def current_document() -> dict[str, Any]:
    """Today's document, in English, of no tenant in particular; needs Django, no database."""
    import django
    from django.utils import translation

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tech4value.settings")
    django.setup()
    from tech4value.api_urls import TenantSchemaGenerator

    with translation.override("en"):
        document: Any = TenantSchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]  # upstream
        return dict(json.loads(json.dumps(document, default=str, sort_keys=True)))


def main(arguments: list[str]) -> int:
    """`check` or `release`; 0 when nothing breaks."""
    if arguments == ["release"]:
        RELEASED.parent.mkdir(parents=True, exist_ok=True)
        RELEASED.write_text(json.dumps(current_document(), indent=1, sort_keys=True, ensure_ascii=False) + "\n")
        sys.stdout.write(f"{RELEASED.name} is the last release.\n")
        return 0
    if arguments != ["check"]:
        sys.stderr.write("usage: python -m tech4value.api_contract check|release\n")
        return 2
    found = breaking_changes(json.loads(RELEASED.read_text()), current_document())
    for text in found:
        sys.stdout.write(f"{text}\n")
    if found:
        sys.stdout.write(
            "Programs written against the last release would break: keep what is listed beside the new.\n"
        )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
