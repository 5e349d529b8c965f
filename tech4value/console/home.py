"""The root: a tenant's home within one, the choice of a tenant elsewhere."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.generic import View

from tech4value.accounts.http import MemberRequest
from tech4value.accounts.models import TenantAccess
from tech4value.accounts.permissions import Permission
from tech4value.accounts.views import MemberView
from tech4value.console.queries import SHOWN, my_assignments, my_projects
from tech4value.console.views.shell import tenant_choice
from tech4value.jobs.views import jobs_of


class RootView(View):
    """`/` sends a person to their tenant, or lets them choose among several; `/t/<slug>/` to that tenant's home."""

    permission: ClassVar[Permission] = Permission.PUBLIC

    def get(self, request: Any) -> HttpResponseBase:
        if request.tenant_slug is not None:
            return HttpResponseRedirect(reverse("home"))
        if not request.user.is_authenticated:
            return redirect_to_login("/", settings.LOGIN_URL)
        accesses = list(
            TenantAccess.objects.filter(user=request.user, tenant__is_active=True).select_related("tenant")[:2]
        )
        if len(accesses) == 1:
            return HttpResponseRedirect(f"/t/{accesses[0].tenant.slug}/")
        return tenant_choice(request)


class WorkView(MemberView):
    """One's own work: tasks, projects, jobs."""

    permission = Permission.SELF

    def get(self, request: MemberRequest) -> HttpResponseBase:
        member = request.member
        context = {
            "projects": my_projects(member)[:SHOWN],
            "may_see_projects": member.can(Permission.PROJECT_VIEW),
            "assignments": my_assignments(member)[:SHOWN],
            "may_see_plans": member.can(Permission.PLAN_VIEW),
            "jobs": jobs_of(request).filter(started_by=member)[:SHOWN] if member.can(Permission.JOB_VIEW) else None,
            "may_read_packs": member.can(Permission.PACK_VIEW),
        }
        return render(request, "console/home.html", context)


class HomeView(WorkView):
    """Where a person starts: the dashboard for those who steer, the packs for those who read nothing else, one's own
    work for the others."""

    def get(self, request: MemberRequest) -> HttpResponseBase:
        if request.member.can(Permission.DASHBOARD_VIEW):
            return HttpResponseRedirect(reverse("dashboards:executive"))
        if request.member.can(Permission.PACK_VIEW) and not request.member.can(Permission.PROJECT_VIEW):
            return HttpResponseRedirect(reverse("packs:list"))
        return super().get(request)
