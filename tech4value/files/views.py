"""Downloads."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header

from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.accounts.views import MemberView
from tech4value.audit.actor import Actor
from tech4value.audit.writing import record
from tech4value.files.actions import read_file
from tech4value.files.models import StoredFile


def download(file: StoredFile, actor: Actor) -> HttpResponse:
    """The file as an attachment (never rendered by the browser within our origin), and a line in the journal."""
    record(actor, "file.downloaded", file)
    return HttpResponse(
        read_file(file),
        content_type=file.content_type,
        headers={
            "Content-Disposition": content_disposition_header(True, file.name) or "attachment",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


class DownloadView(MemberView):
    """One file, for those who may see it."""

    permission = Permission.SELF

    def get(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        return download(get_object_or_404(StoredFile.objects.visible_to(request.member), pk=pk), request.member.actor)
