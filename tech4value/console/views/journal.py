"""The journal: who did what, when, and the proof that nobody has rewritten it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.audit.models import AuditSeal
from tech4value.audit.sealing import unsealed, verify
from tech4value.console.lists import JournalTable
from tech4value.tables.pages import TablePage, TableView
from tech4value.tenancy.clock import now
from tech4value.web.views import MemberView


class JournalView(TableView):
    """The events, filtered by the address."""

    permission = Permission.AUDIT_VIEW
    table = JournalTable
    template_name = "console/journal.html"

    def context(self, listed: TablePage) -> dict[str, Any]:
        return {"waiting": unsealed()}


class VerifyView(MemberView):
    """Walks the whole chain of seals and says whether it is intact."""

    permission = Permission.AUDIT_VIEW

    def get(self, request: MemberRequest) -> HttpResponse:
        context = {
            "problem": verify(),
            "sealed": AuditSeal.objects.count(),
            "waiting": unsealed(),
            "at": now(),
        }
        return render(request, "console/journal_chain.html", context)
