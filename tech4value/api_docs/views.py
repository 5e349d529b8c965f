"""The API explained: a guide, and a page for each collection. No script, nothing from elsewhere."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import get_script_prefix
from django.utils.translation import get_language

from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.api_docs.document import collection, names
from tech4value.billing.queries import entitlements
from tech4value.web.views import MemberView


class ApiPage(MemberView):
    """What every page of the documentation shows."""

    permission = Permission.SELF

    def context(self, name: str = "") -> dict[str, Any]:
        """The list of collections, and the tenant's address."""
        language = get_language() or "fr"
        base = self.request.build_absolute_uri(get_script_prefix()).rstrip("/")
        return {"collections": names(language), "current": name, "base": base, "language": language}


class GuideView(ApiPage):
    """How to begin, sign in, read by pages, write without losing anybody's work, and what to do when refused."""

    def get(self, request: MemberRequest) -> HttpResponse:
        context = {**self.context(), "limit": entitlements().api_calls_per_minute}
        return render(request, "api/guide.html", context)


class CollectionView(ApiPage):
    """One collection: its fields, and each operation with examples."""

    def get(self, request: MemberRequest, name: str) -> HttpResponse:
        context = self.context(name)
        found = collection(name, context["language"], context["base"])
        if found is None:
            raise Http404
        return render(request, "api/collection.html", {**context, "collection": found})
