"""The screens of packs: the list, the form, one pack while it is drawn and after, its download."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from reporting.dashboards.filters import Filters
from reporting.packs.actions import create_pack, retry_pack
from reporting.packs.forms import PackForm
from reporting.packs.models import Pack
from reporting.packs.snapshot import Snapshot
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.accounts.views import MemberView
from tech4value.audit.actor import Actor
from tech4value.audit.writing import record
from tech4value.files.actions import read_file
from tech4value.web.toasts import toast
from tech4value.web.views import FormView, redirect

PAGE_SIZE = 25


def packs() -> QuerySet[Any]:
    """Those of the tenant, the latest first, without their snapshots: whoever may read packs reads them all."""
    return Pack.objects.select_related("file", "job", "created_by__user").defer("snapshot", "job__params")


def download(pack: Pack, actor: Actor) -> HttpResponse:
    """The PDF as an attachment, and a line in the journal. 404 while there is none."""
    if pack.file is None:
        raise Http404
    record(actor, "pack.downloaded", pack)
    return HttpResponse(
        read_file(pack.file),
        content_type="application/pdf",
        headers={
            "Content-Disposition": content_disposition_header(True, pack.file.name) or "attachment",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


class PackListView(MemberView):
    permission = Permission.PACK_VIEW

    def get(self, request: MemberRequest) -> HttpResponse:
        page = Paginator(packs(), PAGE_SIZE).get_page(request.GET.get("page"))
        context = {"page": page, "may_create": request.member.can(Permission.PACK_CREATE)}
        return render(request, "reporting/packs/list.html", context)


class PackCreateView(FormView):
    """A form whose defaults are enough; posting nothing makes a pack too."""

    permission = Permission.PACK_CREATE
    template_name = "reporting/packs/form.html"

    def make_form(self, data: Any = None, files: Any = None) -> PackForm:
        filters = Filters.from_query(self.request.GET if data is None else data)
        return PackForm(data, member=self.request.member, filters=filters)

    def extra_context(self) -> dict[str, Any]:
        posted = self.request.method == "POST"
        filters = Filters.from_query(self.request.POST if posted else self.request.GET)
        return {
            "scope": filters.names(),
            "panel": bool(self.request.htmx),
            "layout": "reporting/packs/_panel.html" if self.request.htmx else "base.html",
        }

    def save(self, form: PackForm) -> str:
        pack = create_pack(actor=self.request.member.actor, member=self.request.member, **form.values())
        return reverse("packs:detail", args=[pack.pk])


class PackView(MemberView):
    """One pack: what was frozen, and its PDF."""

    permission = Permission.PACK_VIEW

    def get(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        pack = get_object_or_404(packs().defer(None).defer("job__params"), pk=pk)
        snapshot = Snapshot.from_json(pack.snapshot)
        facts = snapshot.facts
        context = {
            "pack": pack,
            "facts": facts,
            "cash": snapshot.cash,
            "unit": f"money:{facts.currency}",
            "may_create": request.member.can(Permission.PACK_CREATE),
        }
        return render(request, "reporting/packs/detail.html", context)


class PackStateView(MemberView):
    """The progress of a pack, alone: it asks for itself again until the PDF is there or has failed."""

    permission = Permission.PACK_VIEW

    def get(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        pack = get_object_or_404(packs(), pk=pk)
        context = {"pack": pack, "may_create": request.member.can(Permission.PACK_CREATE)}
        return render(request, "reporting/packs/_state.html", context)


class PackRetryView(MemberView):
    """Draws again, from the same snapshot, a pack whose job has failed."""

    permission = Permission.PACK_CREATE

    def post(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        pack = get_object_or_404(packs().defer(None), pk=pk)
        try:
            retry_pack(actor=request.member.actor, member=request.member, pack=pack)
        except ValidationError as error:
            toast(request, " ".join(error.messages), level="info")
        else:
            toast(request, _("Le dossier est de nouveau en préparation."))
        return redirect(request, reverse("packs:detail", args=[pack.pk]))


class PackDownloadView(MemberView):
    """The PDF, for those who may read packs."""

    permission = Permission.PACK_VIEW

    def get(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        return download(get_object_or_404(packs(), pk=pk), request.member.actor)
