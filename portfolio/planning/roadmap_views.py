"""Plans: the roadmap of the portfolio, one bar a project, with its milestones."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.people.pages import page_of
from portfolio.planning import gantt_svg
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.forms import PlanFilter
from portfolio.planning.gantt_rows import since
from portfolio.planning.gantt_views import answer
from portfolio.planning.gantt_words import words
from portfolio.planning.queries import RoadmapLine, roadmap, roadmap_drawing
from portfolio.planning.roadmap_links import RoadmapLinks, roadmap_links
from portfolio.planning.roadmap_rows import roadmap_rows, whole_roadmap
from portfolio.planning.views import ZOOMS, asked_zoom, kept_view
from portfolio.projects.models import Project
from portfolio.projects.queries import ProjectFilters, filtered
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today
from tech4value.tenancy.context import current_tenant
from tech4value.web.formats import date_short, percent
from tech4value.web.views import MemberView


class RoadmapView(MemberView):
    """The projects that the member may see, by start."""

    permission = Permission.PLAN_VIEW

    def get(self, request: MemberRequest) -> HttpResponse:
        form = PlanFilter(request.GET)
        visible = Project.objects.visible_to(request.member, Permission.PLAN_VIEW)
        page = page_of(request, asked_projects(request, form))
        lines = roadmap(list(page.object_list))
        context: dict[str, Any] = {
            "filter": form,
            "page": page,
            "lines": lines,
            "any": bool(lines) or visible.exists(),
            "zooms": ZOOMS[1:],
            "may_create": request.member.can(Permission.PROJECT_CREATE),
            "roadmap": True,
            "rows_url": f"{reverse('planning:roadmap_rows')}?{request.GET.urlencode()}",
            "gantt_words": words(),
            "kept_view": kept_view(request, "roadmap"),
        }
        if lines:
            context |= _drawing(lines, request.GET.get("zoom", ""), roadmap_links(request.member))
        return render(request, "portfolio/planning/roadmap.html", context)


class RoadmapRowsView(MemberView):
    """The rows of the roadmap, filtered as its page is: all, or with `since` those that have changed."""

    permission = Permission.PLAN_VIEW
    http_method_names = ["get"]

    def get(self, request: MemberRequest) -> HttpResponse:
        projects = asked_projects(request, PlanFilter(request.GET)).select_related("programme")
        links = roadmap_links(request.member)
        rows = roadmap_rows(list(projects), links)
        token = request.GET.get("since", "")
        text = (since(current_tenant().pk, token, rows) if token else None) or whole_roadmap(rows)
        return answer(links.told(text))


def asked_projects(request: MemberRequest, form: PlanFilter) -> QuerySet[Project]:
    """The projects that the member may see and that the address asks for, by start."""
    form.is_valid()
    asked = form.cleaned_data
    wanted = ProjectFilters(
        pole=getattr(asked.get("pole"), "pk", None),
        programme=getattr(asked.get("programme"), "pk", None),
        sponsor=getattr(asked.get("sponsor"), "pk", None),
        words=tuple((asked.get("q") or "").split()),
    )
    visible = Project.objects.visible_to(request.member, Permission.PLAN_VIEW)
    return filtered(visible.select_related("pole", "manager"), wanted).order_by("starts_on", "name", "pk")


def _drawing(lines: tuple[RoadmapLine, ...], zoom: str, links: RoadmapLinks) -> dict[str, Any]:
    language = get_language() or "fr"
    try:
        drawing = roadmap_drawing(
            lines, today=today(), zoom=asked_zoom(zoom), critical=links.projects, links=links.of_projects()
        )
    except PlanningError:
        return {"too_wide": True}
    labels = {str(line.project.pk): _label(line, language) for line in lines}
    return {
        "zoom": drawing.zoom,
        "gantt_head": gantt_svg.head(drawing, language),
        "gantt_body": gantt_svg.body(drawing, labels, _("Feuille de route des projets"), _marks(lines, language)),
        "has_today": drawing.today is not None,
    }


def _label(line: RoadmapLine, language: str) -> gantt_svg.Label:
    project = line.project
    said = [project.name, gantt_svg.span_words(line.first_day, line.last_day, language)]
    said.append(percent(line.progress, language) if line.tasks else _("Pas encore de tâche : dates du projet"))
    return gantt_svg.Label(project.name, "\n".join(said))


def _marks(lines: tuple[RoadmapLine, ...], language: str) -> list[gantt_svg.Mark]:
    now = today()
    marks = []
    for line in lines:
        for milestone in line.milestones:
            day = line.day_of(milestone)
            state = (
                "done"
                if milestone.actual_on
                else "late"
                if min(milestone.due_on, milestone.baseline_on or milestone.due_on) < now
                else "due"
            )
            words = {"done": _("atteint le"), "late": _("en retard, prévu le"), "due": _("prévu le")}[state]
            title = f"{milestone.name}, {words} {date_short(day, language)}"
            marks.append(gantt_svg.Mark(str(line.project.pk), day, title, state))
    return marks
