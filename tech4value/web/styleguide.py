"""`/styleguide/`: every component with its states, long names, nothing and too much. Development and demo only."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from tech4value.accounts.permissions import Permission
from tech4value.web import styleguide_samples as samples
from tech4value.web.navigation import AREAS, AreaLinks, Link

FAMILIES = (
    ("foundations", _("Fondations")),
    ("display", _("Affichage")),
    ("charts", _("Graphiques")),
    ("tables", _("Tableaux")),
    ("forms", _("Formulaires")),
    ("feedback", _("Retours")),
)


class _StyleGuidePage(View):
    permission: ClassVar[Permission] = Permission.PUBLIC

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (settings.DEBUG or settings.DEMO or settings.TESTING):
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class StyleGuideView(_StyleGuidePage):
    """One family of components."""

    def get(self, request: HttpRequest, family: str = "foundations") -> HttpResponse:
        if family not in dict(FAMILIES):
            raise Http404
        form = samples.SampleForm()
        wrong = samples.SampleForm(
            {"name": "", "budget": "mille", "phase": "", "start": "31/02/2026"}, auto_id="wrong_%s"
        )
        context = {
            "family": family,
            "families": [(key, label, reverse("web:styleguide_family", args=[key])) for key, label in FAMILIES],
            "rail": _sample_rail(),
            "palette": [
                {"label": link.label, "url": link.url, "group": link.area, "kind": "page"}
                for area in _sample_rail()
                for link in area.links
            ],
            "figures": samples.figures(reverse("web:styleguide_explain")),
            "charts": samples.charts(),
            "projects": samples.PROJECTS,
            "page_of_many": Paginator(range(1240), 50).page(3),
            "matrix": {(3, 4): (2, "#"), (5, 5): (1, "#"), (1, 1): 4, (4, 2): (12, "#"), (2, 5): (1, "#")},
            "tokens": samples.TOKENS,
            "form": form,
            "wrong": wrong,
            "filters": samples.SampleFilters(request.GET or None),
            "job_running": samples.SampleJob("running"),
            "job_done": samples.SampleJob("done"),
            "job_failed": samples.SampleJob("failed"),
            "now": samples.NOW,
            "today": samples.TODAY,
            "heats": [0, 0.4, 0.8, 0.97, 1.1, 1.6, None],
        }
        return render(request, "styleguide/page.html", context)


class ExplainView(_StyleGuidePage):
    """What a figure's explain button loads into the side panel."""

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {"fig": samples.figures("")[0], "today": samples.TODAY}
        return render(request, "styleguide/explain.html", context)


class JobSampleView(_StyleGuidePage):
    """The answer to a job bar that asks again: the job is done."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "styleguide/job.html", {"job": samples.SampleJob("done")})


def _sample_rail() -> tuple[AreaLinks, ...]:
    pages = {"portfolio": [_("Projets"), _("Programmes"), _("Jalons")]}
    rail = []
    for area in AREAS:
        here = area.key == "portfolio"
        links = tuple(
            Link(str(label), f"#{area.key}", area.icon, here and position == 0, str(area.label))
            for position, label in enumerate(pages.get(area.key, [area.label]))
        )
        rail.append(AreaLinks(area.key, str(area.label), f"#{area.key}", area.icon, here, links))
    return tuple(rail)
