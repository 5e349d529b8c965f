"""The page « Chemin critique du portefeuille »: the chain in words, how each project stands, and the run of a large
portfolio."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from portfolio.people.pages import PAGE_SIZE
from portfolio.planning.forms import PathForm
from portfolio.planning.portfolio_path import Target, path_for, start_path
from portfolio.planning.portfolio_words import chain_lines, standings
from portfolio.projects.models import Project
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.web.views import MemberView, redirect


class OfPath(MemberView):
    """What the views of the path share: where it leads, from the address."""

    permission = Permission.PLAN_VIEW

    def read(self, request: MemberRequest) -> tuple[PathForm, Target, str]:
        """The form, what it asks for, and the address of the page that asks for the same."""
        sent = request.GET or request.POST
        form = PathForm(request.member, sent)
        form.is_valid()
        asked = form.cleaned_data
        target = Target(None if asked.get("milestone") else asked.get("programme"), asked.get("milestone"))
        values = {"milestone": target.milestone, "programme": target.programme}
        query = urlencode({name: row.pk for name, row in values.items() if row is not None})
        return form, target, f"?{query}" if query else ""


class PortfolioPathView(OfPath):
    """The page."""

    def get(self, request: MemberRequest) -> HttpResponse:
        form, target, query = self.read(request)
        context: dict[str, Any] = {
            "filter": form,
            "target": target,
            "query": query,
            "any": Project.objects.visible_to(request.member, self.permission).exists(),
            "may_run": request.member.can(Permission.JOB_VIEW),
        }
        try:
            answer = path_for(request.member, target)
        except ValidationError as error:
            return render(
                request, "portfolio/planning/portfolio_path.html", {**context, "error": " ".join(error.messages)}
            )
        context |= {"answer": answer, "path": answer.path}
        if answer.path is not None:
            projects = standings(answer.path, request.member)
            context |= {
                "chain": chain_lines(answer.path, request.member),
                "page": Paginator(projects, PAGE_SIZE).get_page(request.GET.get("page")),
            }
        return render(request, "portfolio/planning/portfolio_path.html", context)


class PortfolioRunView(OfPath):
    """Starts the job that computes the path of a large portfolio."""

    http_method_names = ["post"]

    def post(self, request: MemberRequest) -> HttpResponse:
        if not request.member.can(Permission.JOB_VIEW):
            raise PermissionDenied
        _form, target, query = self.read(request)
        start_path(request.member, target)
        return redirect(request, f"{reverse('planning:portfolio_path')}{query}")


class PortfolioProgressView(OfPath):
    """The progress of the run, alone; at its end the page is loaded again."""

    http_method_names = ["get"]

    def get(self, request: MemberRequest) -> HttpResponse:
        _form, target, query = self.read(request)
        answer = path_for(request.member, target)
        if answer.job is None or answer.job.is_over:
            return redirect(request, f"{reverse('planning:portfolio_path')}{query}")
        return render(request, "jobs/progress.html", {"job": answer.job, "address": request.get_full_path()})
