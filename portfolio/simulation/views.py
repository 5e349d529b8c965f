"""The tab Incertitude of a project: what its last simulation found, and running one."""

from dataclasses import replace
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from portfolio.people.pages import PAGE_SIZE, layout
from portfolio.projects.pages import OfProject, ProjectPage
from portfolio.simulation.figures import KEYS, figures_of, s_curve, tornado
from portfolio.simulation.forecasting import cancel_simulation, forecast_of, start_simulation
from portfolio.simulation.models import ProjectForecast
from portfolio.simulation.queries import Forecast, read
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.web.toasts import toast
from tech4value.web.views import MemberView, redirect


class OfForecast(OfProject):
    """What a view of a project's future needs."""

    permission = Permission.PLAN_VIEW

    @cached_property
    def row(self) -> ProjectForecast | None:
        return forecast_of(self.project)

    @cached_property
    def forecast(self) -> Forecast | None:
        return None if self.row is None or self.row.made_at is None else read(self.row)

    def page_url(self) -> str:
        return reverse("simulation:project", args=[self.project.pk])


class ProjectForecastView(OfForecast, ProjectPage):
    """The tab."""

    template_name = "portfolio/simulation/project.html"

    def tab_context(self) -> dict[str, Any]:
        row, forecast = self.row, self.forecast
        job = row.job if row is not None else None
        context = {
            "row": row,
            "job": job if job is not None and (not job.is_over or job.state == "failed") else None,
            "running": job is not None and not job.is_over,
            "progress_url": reverse("simulation:progress", args=[self.project.pk]),
            "may_edit": self.may(Permission.PLAN_EDIT),
            "forecast": forecast,
        }
        if forecast is None:
            return context
        return {
            **context,
            "figures": figures_of(self.project, forecast),
            "curve": s_curve(self.project, forecast),
            "tornado": tornado(forecast),
            "page": Paginator(forecast.critical, PAGE_SIZE).get_page(self.request.GET.get("page")),
        }


class ProgressView(OfForecast, MemberView):
    """The progress of the simulation, alone; at its end the page is loaded again."""

    def get(self, request: MemberRequest, project_id: UUID) -> HttpResponse:
        if self.project and (self.row is None or self.row.job is None or self.row.job.is_over):
            return redirect(request, self.page_url())
        return render(
            request, "jobs/progress.html", {"job": self.row.job if self.row else None, "address": request.path}
        )


class RunView(OfForecast, MemberView):
    """Start a simulation; a plan that cannot be simulated says why."""

    http_method_names = ["post"]

    def post(self, request: MemberRequest, project_id: UUID) -> HttpResponse:
        self.demand(Permission.PLAN_EDIT)
        try:
            with transaction.atomic():
                start_simulation(project=self.project, member=request.member)
        except ValidationError as error:
            toast(request, " ".join(error.messages), level="error")
        return redirect(request, self.page_url())


class CancelView(OfForecast, MemberView):
    """Stop the simulation under way."""

    http_method_names = ["post"]

    def post(self, request: MemberRequest, project_id: UUID) -> HttpResponse:
        self.demand(Permission.PLAN_EDIT)
        if cancel_simulation(actor=request.member.actor, project=self.project):
            toast(request, _("La simulation est annulée."))
        return redirect(request, self.page_url())


class ExplainView(OfForecast, MemberView):
    """How one figure is made."""

    def get(self, request: MemberRequest, project_id: UUID, key: str) -> HttpResponse:
        if key not in KEYS or self.forecast is None:
            raise Http404
        figure = next(one for one in figures_of(self.project, self.forecast) if one.key == key)
        context = {"figure": replace(figure, explain_url=""), "layout": layout(request), "project": self.project}
        return render(request, "portfolio/simulation/explain.html", context)
