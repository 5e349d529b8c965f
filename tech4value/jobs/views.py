"""A job's progress, and the list of one's jobs."""

from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission, Role
from tech4value.accounts.views import MemberView
from tech4value.jobs.models import Job

PAGE_SIZE = 50


def jobs_of(request: MemberRequest) -> QuerySet[Job]:
    """One's own jobs; all of them for an administrator."""
    jobs = Job.objects.select_related("started_by__user", "file")
    return jobs if request.member.role == Role.ADMINISTRATOR else jobs.filter(started_by=request.member)


class JobListView(MemberView):
    permission = Permission.JOB_VIEW

    def get(self, request: MemberRequest) -> HttpResponse:
        page = Paginator(jobs_of(request), PAGE_SIZE).get_page(request.GET.get("page"))
        running = any(not one.is_over for one in page.object_list)
        return render(request, "jobs/list.html", {"page": page, "running": running})


class JobProgressView(MemberView):
    """The progress bar, alone: it asks for itself again until the job is over."""

    permission = Permission.JOB_VIEW

    def get(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        one = get_object_or_404(jobs_of(request), pk=pk)
        return render(request, "jobs/progress.html", {"job": one, "address": request.path})
