"""What every list's page calls: bulk edit and its undo, export, saved views."""

from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.tables import actions
from tech4value.tables.exporting import FORMATS, start_export
from tech4value.tables.models import SavedView
from tech4value.tables.state import TableState
from tech4value.tables.table import Table, table_named
from tech4value.web.tags.filters import number
from tech4value.web.toasts import refusal, toast
from tech4value.web.views import MemberView, redirect

SCOPE = "scope_"


def scope_of(sent: Mapping[str, Any]) -> dict[str, str]:
    """What the list's page fixes, as its forms send it back."""
    return {name.removeprefix(SCOPE): str(value) for name, value in sent.items() if name.startswith(SCOPE)}


def sent(request: MemberRequest, name: str) -> str:
    """A text of the form, without the null character, which PostgreSQL does not hold."""
    return request.POST.get(name, "").replace("\0", "")


class OfTable(MemberView):
    """A view of the list that the address names; the scope comes as parameters `scope_…`."""

    permission = Permission.SELF

    @cached_property
    def table(self) -> Table:
        try:
            kind = table_named(self.kwargs["key"])
        except LookupError as error:
            raise Http404 from error
        if not self.request.member.can(kind.permission):
            raise PermissionDenied
        try:
            return kind(self.request.member, scope_of({**self.request.GET.dict(), **self.request.POST.dict()}))
        except LookupError as error:
            raise Http404 from error

    def back(self, query: str) -> str:
        """The list as it was."""
        return f"{self.table.address()}?{QueryDict(query).urlencode()}" if query else self.table.address()


class BulkView(OfTable):
    """Edit the selected rows, or all that answer the filters, at once."""

    def data(self) -> QueryDict:
        return self.request.POST if self.request.method == "POST" else self.request.GET

    def keys(self) -> list[UUID]:
        """The rows that are meant; only those that the member sees."""
        data = self.data()
        if data.get("all"):
            state = TableState(self.table, QueryDict(data.get("query", "")))
            return list(state.rows().values_list("pk", flat=True)[: actions.MOST_ROWS + 1])
        keys = []
        for text in data.getlist("selected")[: actions.MOST_ROWS + 1]:
            with suppress(ValueError):
                keys.append(UUID(text))
        return list(self.table.rows().filter(pk__in=keys).values_list("pk", flat=True))

    def form(self, data: QueryDict | None = None) -> forms.Form:
        form = forms.Form(data, auto_id="bulk_%s")
        fields = self.table.bulk_form_fields()
        for name, one in fields.items():
            one.required = False
            # The box beside it has the label: the field itself says its name.
            one.widget.attrs.setdefault("aria-label", str(one.label))
            form.fields[f"set_{name}"] = forms.BooleanField(required=False, label=str(one.label))
            form.fields[name] = one
        return form

    def get(self, request: MemberRequest, key: str) -> HttpResponse:
        if not self.table.may_change():
            raise PermissionDenied
        return self.page(self.form(), self.keys())

    def post(self, request: MemberRequest, key: str) -> HttpResponse:
        if not self.table.may_change():
            raise PermissionDenied
        keys, form = self.keys(), self.form(request.POST)
        names = [name for name in self.table.bulk_form_fields() if request.POST.get(f"set_{name}")]
        for name in [*form.fields]:
            if not name.startswith("set_") and name not in names:
                del form.fields[name]
        if not form.is_valid():
            full = self.form(request.POST)
            full.is_valid()
            return self.page(full, keys, status=422)
        if not keys or not names:
            error = _("Aucune ligne n’est sélectionnée.") if not keys else _("Cochez au moins un champ à modifier.")
            return self.page(self.form(request.POST), keys, status=422, error=error)
        try:
            done = actions.change_rows(
                table=self.table,
                actor=request.member.actor,
                keys=keys,
                values={name: form.cleaned_data[name] for name in names},
            )
        except ValidationError as refused:
            return self.page(self.form(request.POST), keys, status=422, error=" ".join(refused.messages))
        undo = reverse("tables:undo", args=[self.table.key, done.batch_id]) if done.changed else ""
        if undo and self.table.scope:
            undo += "?" + "&".join(f"{SCOPE}{name}={value}" for name, value in self.table.scope.items())
        words = ngettext("%(n)s ligne modifiée.", "%(n)s lignes modifiées.", done.changed) % {
            "n": number(done.changed)
        }
        if not done.refused:
            toast(request, words, undo_url=undo)
            return redirect(request, self.back(request.POST.get("query", "")))
        context = {"done": done, "words": words, "undo": undo, "back": self.back(request.POST.get("query", ""))}
        return render(request, "tables/bulk_done.html", {**context, "layout": layout(request)})

    def page(self, form: forms.Form, keys: list[UUID], status: int = 200, error: str = "") -> HttpResponse:
        fields = [(form[f"set_{name}"], form[name]) for name in self.table.bulk_form_fields()]
        data = self.data()
        context = {
            "fields": fields,
            "form": form,
            "error": error,
            "count": len(keys),
            "too_many": len(keys) > actions.MOST_ROWS,
            "most": actions.MOST_ROWS,
            "sent": [
                (name, value)
                for name, values in data.lists()
                if name in {"selected", "all", "query"} or name.startswith(SCOPE)
                for value in values
            ],
            "table": self.table,
            "action": reverse("tables:bulk", args=[self.table.key]),
            "back": self.back(data.get("query", "")),
            "layout": layout(self.request),
        }
        return render(self.request, "tables/bulk.html", context, status=status)


def layout(request: MemberRequest) -> str:
    """The template that a page of these extends: the panel's, or the whole page's."""
    return "tables/panel.html" if request.htmx else "base.html"


class UndoBulkView(OfTable):
    """Undo of a bulk edit, posted by the toast."""

    http_method_names = ["post"]

    def post(self, request: MemberRequest, key: str, batch: UUID) -> HttpResponse:
        try:
            undone = actions.undo_change(table=self.table, actor=request.member.actor, batch_id=batch)
        except LookupError as error:
            raise Http404 from error
        except ValidationError as error:
            return refusal(error)
        words = ngettext("%(n)s ligne est comme avant.", "%(n)s lignes sont comme avant.", undone)
        toast(request, words % {"n": number(undone)})
        # The toast loads the page again by itself; the panel's button asks htmx to.
        return redirect(request, self.table.address()) if request.htmx else HttpResponse(status=204)


class ExportView(OfTable):
    """Starts the export of what the list shows."""

    http_method_names = ["post"]

    def post(self, request: MemberRequest, key: str) -> HttpResponse:
        file_format = request.POST.get("format", "")
        if file_format not in FORMATS:
            raise Http404
        if not request.member.can(Permission.JOB_VIEW):
            raise PermissionDenied
        job = start_export(self.table, sent(request, "query")[:4000], file_format)
        if not request.htmx:
            return redirect(request, reverse("jobs:list"))
        return render(request, "tables/export.html", {"job": job, "address": reverse("jobs:progress", args=[job.pk])})


class SaveViewView(OfTable):
    """Keeps the list as it is under a name."""

    http_method_names = ["post"]

    def post(self, request: MemberRequest, key: str) -> HttpResponse:
        query = sent(request, "query")
        try:
            view = actions.save_view(
                actor=request.member.actor,
                owner=request.member,
                table=self.table.key,
                name=sent(request, "name"),
                query=query,
                is_shared=bool(request.POST.get("shared")),
                is_default=bool(request.POST.get("default")),
            )
        except ValidationError as error:
            toast(request, " ".join(error.messages), level="error")
            return redirect(request, self.back(query))
        toast(request, _("La vue « %(name)s » est enregistrée.") % {"name": view.name})
        joined = f"{query}&" if query else ""
        return redirect(request, f"{self.table.address()}?{joined}view={view.pk}")


class ViewActionView(MemberView):
    """A verb on a saved view: its owner's, or an administrator's when it is shared."""

    permission = Permission.SELF
    http_method_names = ["post"]

    def found(self, rows: Any) -> SavedView:
        member = self.request.member
        mine = Q(owner=member)
        if member.can(Permission.ORGANISATION_EDIT):
            mine |= Q(is_shared=True)
        return get_object_or_404(rows.filter(mine), pk=self.kwargs["pk"])


class DeleteViewView(ViewActionView):
    """Deletes a saved view; the toast brings it back."""

    def post(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        view = self.found(SavedView.objects.all())
        actions.delete_view(actor=request.member.actor, view=view)
        undo = reverse("tables:view_restore", args=[view.pk])
        toast(request, _("La vue « %(name)s » est supprimée.") % {"name": view.name}, undo_url=undo)
        try:
            address = table_named(view.table)(request.member, scope_of(request.POST.dict())).address()
        except LookupError:
            address = reverse("home")
        return redirect(request, address)


class RestoreViewView(ViewActionView):
    """Brings a deleted view back."""

    def post(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        view = self.found(SavedView.everything.exclude(deleted_at=None))
        try:
            actions.restore_view(actor=request.member.actor, view=view)
        except ValidationError as error:
            return refusal(error)
        toast(request, _("« %(name)s » est de retour.") % {"name": view.name})
        return HttpResponse(status=204)
