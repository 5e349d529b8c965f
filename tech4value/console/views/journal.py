"""The journal: who did what, when, and the proof that nobody has rewritten it."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from portfolio.projects.models import Project
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.models import AuditEvent, AuditSeal
from tech4value.audit.sealing import unsealed, verify
from tech4value.console.forms import JournalFilterForm
from tech4value.console.queries import journal
from tech4value.console.words import entries, family_choices
from tech4value.tenancy.clock import now
from tech4value.web.views import MemberView

PAGE_SIZE = 50


class JournalView(MemberView):
    """The events, filtered by the address."""

    permission = Permission.AUDIT_VIEW

    def get(self, request: MemberRequest) -> HttpResponse:
        form = filter_form(request)
        rows = journal(form.cleaned_data) if form.is_valid() else AuditEvent.objects.none()
        page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
        context = {"filters": form, "page": page, "entries": entries(list(page.object_list)), "waiting": unsealed()}
        return render(request, "console/journal.html", context)


def filter_form(request: MemberRequest) -> JournalFilterForm:
    """The chips, with the tenant's members and projects."""
    people = Membership.objects.select_related("user").order_by("user__name", "user__email")
    return JournalFilterForm(
        request.GET,
        who=[*((str(one.user_id), one.person_name) for one in people), ("system", "Tech4Value")],
        families=family_choices(),
        projects=[(str(pk), name) for pk, name in Project.everything.order_by("name").values_list("pk", "name")],
    )


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
