"""Every route of the product, walked from the URL configuration: what the generated suites are made from."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver

OURS = ("tech4value.", "portfolio.", "integrations.", "reporting.")
FOREIGN = {"uuid": "01900000-0000-7000-8000-000000000000", "int": "1", "slug": "x", "str": "x"}
PARAMETER = re.compile(r"<(?:(?P<kind>[a-z]+):)?(?P<name>\w+)>")
DRF_PARAMETER = re.compile(r"\(\?P<(?P<name>\w+)>[^)]*\)")


@dataclass(frozen=True)
class Route:
    """`template` is the path with its parameters, `view` what answers."""

    template: str
    name: str
    view: Any

    @property
    def owner(self) -> Any:
        """The class that carries `permission`, or the function itself."""
        return getattr(self.view, "view_class", None) or getattr(self.view, "cls", None) or self.view

    @property
    def is_ours(self) -> bool:
        return self.owner.__module__.startswith(OURS)

    @property
    def has_id(self) -> bool:
        return "{" in self.template

    @property
    def methods(self) -> list[str]:
        """The HTTP verbs that the view answers."""
        actions = getattr(self.view, "actions", None)  # a viewset's route
        if actions:
            return sorted(set(actions) & set(self.owner.http_method_names) - {"head", "options"})
        return [verb for verb in ("get", "post", "put", "patch", "delete") if hasattr(self.owner, verb)]

    def path(self, value: Any = None) -> str:
        """The path with every parameter replaced: by `value`, else by an id that exists nowhere."""
        return re.sub(r"\{\w+\}", str(value or UUID(FOREIGN["uuid"])), self.template)


def routes() -> list[Route]:
    """All of them, in order."""
    return list(_walk(get_resolver(), "/", ""))


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        text = str(entry.pattern)
        text = DRF_PARAMETER.sub(lambda match: "{" + match["name"] + "}", text)  # first: it holds a `<name>` too
        text = PARAMETER.sub(lambda match: "{" + match["name"] + "}", text)
        path = prefix + text.lstrip("^").rstrip("$").replace("\\Z", "").replace("\\.", ".")
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, path, inner)
        elif isinstance(entry, URLPattern):
            yield Route(path, f"{namespace}{entry.name}", entry.callback)
