"""People mentioned in a text: `@[Name](person:<uuid>)`, read by everything that shows or follows texts."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

MENTION: Final = re.compile(
    r"@\[(?P<name>[^\]\[\n]{1,200})\]"
    r"\(person:(?P<key>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\)"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A person in a text: the name as it was when it was written, and the key."""

    name: str
    person: UUID


def mentions_in(text: str) -> Iterator[Mention]:
    """The mentions of `text`, in order."""
    for found in MENTION.finditer(text):
        yield Mention(found["name"], UUID(found["key"]))


def written(name: str, person: UUID) -> str:
    """A mention as it stands in a text; brackets in a name would end it early."""
    return f"@[{name.replace('[', '(').replace(']', ')')}](person:{person})"


def plain(text: str) -> str:
    """`text` with the names only: for documents, exports and what is cut short."""
    return MENTION.sub(lambda found: f"@{found['name']}", text)


def as_html(text: str, address: Callable[[UUID], str] | None) -> SafeString:
    """`text` escaped, each mention marked; a link to the person's page when `address` gives one."""
    parts: list[str] = []
    done = 0
    for found in MENTION.finditer(text):
        parts.append(escape(text[done : found.start()]))
        done = found.end()
        if address is None:
            parts.append(format_html('<span class="mention">@{}</span>', found["name"]))
        else:
            url = address(UUID(found["key"]))
            parts.append(format_html('<a class="mention" href="{}">@{}</a>', url, found["name"]))
    parts.append(escape(text[done:]))
    return SafeString("".join(parts))
