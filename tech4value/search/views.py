"""The page of results, and what the palette and the fields ask for as one types."""

from collections import Counter
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.search import registry
from tech4value.search.forms import SearchFilter
from tech4value.search.queries import LIMIT, Found, by_ids, latest, search, sight_of
from tech4value.search.words import QUERY_LENGTH, query_words
from tech4value.web.tags.display import initials
from tech4value.web.views import MemberView, asked_uuid

# What the page of results shows at most: who wants more types one more word.
MOST = 500
MOST_OF_KIND = 200
PAGE_SIZE = 25
MOST_RECENT = 8


def item_of(found: Found) -> dict[str, Any]:
    """A row as the palette and the fields draw it."""
    item: dict[str, Any] = {
        "id": str(found.id),
        "kind": found.kind.kind,
        "label": str(found.kind.label),
        "url": found.url,
        "title": found.title,
        "parts": found.parts,
        "code": found.code,
        "detail": found.detail,
    }
    if found.kind.kind == "person":
        item["initials"] = initials(found.title)
        item["hue"] = sum(map(ord, found.title)) % 4
    return item


class SuggestView(MemberView):
    """`?q=`: the best rows, in groups by kind, the group of the best row first. `?recent=id,id`: these rows."""

    permission = Permission.SELF
    http_method_names = ["get"]

    def get(self, request: MemberRequest) -> HttpResponse:
        text = request.GET.get("q", "")[:QUERY_LENGTH]
        sight = sight_of(request.member)
        if query_words(text):
            groups = self._groups(search(sight, text))
            more = f"{reverse('search:results')}?{urlencode({'q': text})}"
            return JsonResponse({"groups": groups, "more": more})
        keys = [key for part in request.GET.get("recent", "").split(",")[:MOST_RECENT] if (key := asked_uuid(part))]
        items = [item_of(one) for one in by_ids(sight, list(dict.fromkeys(keys)))] if keys else []
        return JsonResponse({"groups": [{"label": _("Vus récemment"), "items": items}] if items else [], "more": ""})

    def _groups(self, found: list[Found]) -> list[dict[str, Any]]:
        order = {kind: place for place, kind in reversed(list(enumerate(one.kind.kind for one in found)))}
        together = sorted(found, key=lambda one: order[one.kind.kind])
        return [
            {"label": str(kind.plural), "items": [item_of(one) for one in rows]}
            for kind, rows in groupby(together, key=lambda one: one.kind)
        ]


class OptionsView(MemberView):
    """`?kind=person&q=`: the rows that a field may be given. What the field takes is checked when it is sent.

    `permission` narrows rows of projects to those where the member holds it, `project` to one project.
    """

    permission = Permission.SELF
    http_method_names = ["get"]

    def get(self, request: MemberRequest) -> HttpResponse:
        kind = registry.kind_named(request.GET.get("kind", ""))
        if kind is None:
            raise Http404
        asked = request.GET.get("permission", "")
        sight = sight_of(
            request.member,
            {kind.kind},
            permission=Permission(asked) if asked in set(Permission) else None,
            project=asked_uuid(request.GET.get("project", "")),
        )
        text = request.GET.get("q", "")
        found = search(sight, text) if query_words(text) else latest(sight, LIMIT)
        return JsonResponse({"items": [item_of(one) for one in found]})


class ResultsView(MemberView):
    """Everything that answers, by page, of all kinds or of one."""

    permission = Permission.SELF
    http_method_names = ["get"]

    def get(self, request: MemberRequest) -> HttpResponse:
        sight = sight_of(request.member)
        seen = {*sight.everywhere, *sight.own}
        kinds = [(one.kind, str(one.plural)) for one in registry.kinds() if one.kind in seen]
        form = SearchFilter(request.GET, kinds)
        text = request.GET.get("q", "")[:QUERY_LENGTH]
        if chosen := form.chosen_kind:
            sight = sight_of(request.member, {chosen})
        of_kind = MOST if chosen else MOST_OF_KIND
        found = search(sight, text, limit=MOST, of_kind=of_kind)
        cut = len(found) == MOST or max(Counter(one.kind.kind for one in found).values(), default=0) >= of_kind
        context = {
            "filter": form,
            "text": text,
            "asked": query_words(text),
            "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
            "most": len(found) if cut else 0,
        }
        return render(request, "search/results.html", context)
