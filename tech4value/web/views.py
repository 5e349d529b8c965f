"""Base views of the screens: a form that calls an action, and the answers that htmx understands."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import ngettext

from tech4value.accounts.http import MemberRequest
from tech4value.accounts.views import MemberView
from tech4value.audit.merging import as_read
from tech4value.audit.writing import StaleVersionError, stale_error
from tech4value.tenancy.models import EditableModel
from tech4value.web.bin import Discarded, bring_back, discarded
from tech4value.web.merging import KEEP, Merged, merge, with_choices
from tech4value.web.toasts import toast

RESTORE: Final = "restore-deleted"
ATTEMPTS: Final = 3
NUMBER: Final = re.compile(r"-?[0-9]{1,9}")

__all__ = ["FormView", "MemberView", "asked_uuid", "came_from", "redirect"]


def redirect(request: MemberRequest, url: str) -> HttpResponse:
    """Go to `url`, from a page or from an htmx request (which follows `HX-Redirect` by a full load)."""
    if request.htmx:
        response = HttpResponse(status=204)
        response.headers["HX-Redirect"] = url
        return response
    return HttpResponseRedirect(url)


def came_from(request: MemberRequest, *pages: str) -> str:
    """The page that the request was made on, with its filters, when it is one of `pages`; else the first of them."""
    current = str(request.htmx.current_url_abs_path or "")
    if not request.htmx:
        referer = urlsplit(request.headers.get("Referer", ""))
        if referer.netloc == request.get_host():
            current = f"{referer.path}?{referer.query}" if referer.query else referer.path
    return current if current.split("?")[0] in pages else pages[0]


def asked_uuid(text: str) -> UUID | None:
    """The key in an address, None when it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


class FormView(MemberView):
    """One form, one action. Subclasses give `template_name`, `make_form(data)` and `save(form)`, which calls the
    action and returns the address to go to. A refused save shows its reasons beside the fields (422).

    A form that edits `row` and comes back after somebody else has saved it is merged by field (see web.merging):
    without a question when no field was changed by both, else with both values to choose from (409). When the row was
    deleted meanwhile, the page says by whom and offers to bring it back. What was typed is never lost.
    """

    template_name: ClassVar[str]
    row: Any = None

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        raise NotImplementedError

    def save(self, form: Any) -> str:
        raise NotImplementedError

    def extra_context(self) -> dict[str, Any]:
        """What the template needs beside `form`."""
        return {}

    def prepare(self) -> None:
        """Fetch rows (into `row` what the form edits) and check object permissions, before either verb."""

    def edited(self, sent: QueryDict) -> list[tuple[EditableModel, str]]:
        """The rows that the form edits, each with the version that the person had read, as it was sent."""
        return [(self.row, sent.get("version", ""))] if isinstance(self.row, EditableModel) else []

    def put_back(self, rows: Mapping[Any, EditableModel]) -> None:
        """Edit these rows (by key) instead: the form is then made as they were."""
        self.row = rows.get(self.row.pk, self.row)

    def get(self, request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare()
        return self.page(self.make_form())

    def post(self, request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if RESTORE in request.POST:
            bring_back(request, self.deleted())
        try:
            self.prepare()
        except Http404:
            return self.gone()
        sent = request.POST
        merged = self.merged()
        if merged is not None:
            request.POST = merged.data  # type: ignore[assignment]  # what the form, and its page, are made from
            if merged.clashes:
                return self.page(self.make_form(merged.data), status=409, merged=merged)
        form = self.make_form(request.POST, request.FILES)
        if not form.is_valid():
            return self.page(form, status=422, merged=merged)
        try:
            with transaction.atomic():
                url = self.save(form)
        except StaleVersionError as error:  # saved by somebody else since `prepare`: read everything again
            again = type(self)()
            again.setup(request, *args, **kwargs)
            again.attempts = self.attempts + 1
            if again.attempts < ATTEMPTS:
                request.POST = sent
                return again.post(request, *args, **kwargs)
            form.add_error(None, error)
            return self.page(form, status=409)
        except ValidationError as error:
            add_errors(form, error)
            return self.page(form, status=422, merged=merged)
        if merged is not None and merged.taken:
            toast(request, merged_words(merged), level="info")
        return redirect(request, url)

    attempts = 0

    def merged(self) -> Merged | None:
        """What was sent, merged with what others have saved since; None when nobody has."""
        sent: QueryDict = self.request.POST
        rows = [(row, int(version)) for row, version in self.edited(sent) if NUMBER.fullmatch(version)]
        errors = {row.pk: stale_error(row, version) for row, version in rows if version != row.version}
        choices = any(key.startswith(KEEP) for key in sent)
        if not errors:
            if choices:
                self.request.POST = with_choices(self.make_form(), sent)  # type: ignore[assignment]  # as above
            return None
        now = {row.pk: row for row, _version in rows}
        self.put_back({pk: as_read(error.row or now[pk], error.changes) for pk, error in errors.items()})
        base = self.make_form()
        if choices:
            sent = with_choices(base, sent)
        self.put_back({pk: error.row or now[pk] for pk, error in errors.items()})
        return merge(base, self.make_form(), sent, StaleVersionError.joined(list(errors.values())))

    def deleted(self) -> Discarded | None:
        """The row of the address, when it is in the bin and the person may bring it back."""
        keys = [value for value in self.kwargs.values() if isinstance(value, UUID)]
        return discarded(self.request.member, keys[-1]) if keys else None

    def gone(self) -> HttpResponse:
        """What is no longer there: deleted by somebody whom the page names, or never seen (404)."""
        found = self.deleted()
        if found is None:
            raise Http404
        sent = [(key, value) for key, values in self.request.POST.lists() for value in values]
        context = {"found": found, "sent": [pair for pair in sent if pair[0] not in {"csrfmiddlewaretoken", RESTORE}]}
        template = "components/deleted.html" if self.request.htmx else "components/deleted_page.html"
        return render(self.request, template, {**context, "restore": RESTORE}, status=409)

    def page(self, form: forms.BaseForm, status: int = 200, **extra: Any) -> HttpResponse:
        if self.request.htmx:
            form.auto_id = "panel_%s"  # the page under the panel may have fields of the same names
        for clash in getattr(extra.get("merged"), "clashes", ()):
            clash.bound.form.auto_id = form.auto_id
        context = {"form": form, **self.extra_context(), **extra}
        return render(self.request, self.template_name, context, status=status)


def merged_words(merged: Merged) -> str:
    """The toast after a merge that asked nothing."""
    words = ngettext(
        "Enregistré, avec une modification par %(who)s : %(fields)s.",
        "Enregistré, avec des modifications par %(who)s : %(fields)s.",
        len(merged.taken),
    )
    return words % {"who": merged.by, "fields": ", ".join(merged.taken)}


def add_errors(form: forms.BaseForm, error: ValidationError) -> None:
    """Put an action's errors beside the fields of `form`; those of fields it does not show go on top."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, messages in error.error_dict.items():
        form.add_error(name if name in form.fields else None, messages)
