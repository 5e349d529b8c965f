"""The plan of one project: its table and Gantt, its figures, the outline's buttons."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from portfolio.people.pages import in_panel
from portfolio.planning import actions, figures, gantt_svg
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.gantt import Zoom
from portfolio.planning.gantt_custom import task_fields
from portfolio.planning.gantt_print_columns import print_columns
from portfolio.planning.gantt_words import words
from portfolio.planning.models import Task
from portfolio.planning.overlays import figures_above, overload_url
from portfolio.planning.predecessor_words import french
from portfolio.planning.queries import PlanLine, PlanView, dated_view, gantt_of, plan_view
from portfolio.planning.tables import table_rows
from portfolio.projects.pages import OfProject, ProjectPage
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.figures.figure import Figure
from tech4value.tables.models import SavedView
from tech4value.tenancy.clock import today
from tech4value.web.formats import date_short, percent
from tech4value.web.toasts import toast, with_toast
from tech4value.web.views import MemberView, asked_uuid, came_from, redirect

# A longer plan is read by pages where the editor cannot run.
LINES_SHOWN = 200
# Under this name a member's own way to see plans is kept.
KEPT_VIEW = "gantt"
ZOOMS = (
    (Zoom.DAY, gettext_lazy("Jour")),
    (Zoom.WEEK, gettext_lazy("Semaine")),
    (Zoom.MONTH, gettext_lazy("Mois")),
    (Zoom.QUARTER, gettext_lazy("Trimestre")),
    (Zoom.YEAR, gettext_lazy("Année")),
)


def kept_view(request: MemberRequest, name: str) -> str:
    """The member's own way to see plans (or the roadmap), as a query; empty before they have chosen."""
    row = SavedView.objects.filter(table=name, owner=request.member, is_default=True).first()
    return row.query if row else ""


def asked_zoom(value: str) -> Zoom | None:
    """The zoom of the address; None for the one that suits the period."""
    return Zoom(value) if value in set(Zoom) else None


def explanation_layout(request: MemberRequest) -> str:
    """The template that a figure's explanation extends: it has its own heading in the panel."""
    return "portfolio/planning/bare.html" if in_panel(request) else "base.html"


class OfPlan(OfProject):
    """What a view of a plan needs. Writing is demanded on the project: a role in it may widen the tenant's."""

    permission = Permission.PLAN_VIEW

    def figures(self, view: PlanView) -> tuple[Figure, ...]:
        """The figures over the plan: its own, and those of rooms above."""
        return (*figures.plan_figures(view, today()), *figures_above(self.project))

    def read_plan(self) -> PlanView:
        """The plan against the baseline of the address, as the member may read it."""
        return plan_view(self.project, self.asked_baseline(), french=french(), member=self.request.member)

    def asked_baseline(self) -> UUID | None:
        """The baseline of the address."""
        return asked_uuid(self.request.GET.get("baseline", ""))

    def plan_url(self) -> str:
        """The plan as it was shown, when the request comes from there."""
        return came_from(self.request, reverse("planning:project", args=[self.project.pk]))


class ProjectPlanView(OfPlan, ProjectPage):
    """The tab Planning: the editor, which asks for its rows, and the same plan drawn here for those who have no
    script, or a phone. A long plan is drawn only when the address asks for its `table`: the editor must not wait."""

    template_name = "portfolio/planning/project.html"

    @cached_property
    def view(self) -> PlanView:
        return self.read_plan()

    @property
    def compared(self) -> str:
        """The baseline of the address, to be kept in those of the editor."""
        key = asked_uuid(self.request.GET.get("baseline", ""))
        return f"?baseline={key}" if key else ""

    def tab_context(self) -> dict[str, Any]:
        count = Task.objects.filter(project=self.project).count()
        may_edit = self.may(Permission.PLAN_EDIT)
        drawn = count <= LINES_SHOWN or "table" in self.request.GET
        fields = task_fields()
        kept = kept_view(self.request, KEPT_VIEW)
        context: dict[str, Any] = {
            "count": count,
            "drawn": drawn,
            "may_edit": may_edit,
            "import_url": import_url(self.request),
            "zooms": ZOOMS,
            "gantt_words": words(fields),
            "kept_view": kept,
            "print_columns": print_columns(fields, kept),
            "rows_url": f"{reverse('planning:gantt_rows', args=[self.project.pk])}{self.compared}",
            "compared": self.compared,
            "overload_url": overload_url(self.request.member, self.project),
        }
        if not drawn:
            return context
        view = self.view
        context |= {"view": view, "figures": self.figures(view)}
        if view.lines:
            page = Paginator(view.lines, LINES_SHOWN).get_page(self.request.GET.get("page"))
            lines = tuple(page.object_list)
            context["page"] = page
            context["rows"] = table_rows(lines, get_language() or "fr")
            context["chosen"] = self.request.GET.get("task", "")
            context |= self.drawing(lines)
        return context

    def drawing(self, lines: tuple[PlanLine, ...]) -> dict[str, Any]:
        """The Gantt of these lines, or the sentence that says why it cannot be drawn."""
        language = get_language() or "fr"
        try:
            drawing = gantt_of(self.view, lines, today=today(), zoom=asked_zoom(self.request.GET.get("zoom", "")))
        except PlanningError:
            return {"too_wide": True}
        labels = {str(line.task.pk): label_of(line, language) for line in lines}
        return {
            "zoom": drawing.zoom,
            "gantt_head": gantt_svg.head(drawing, language),
            "gantt_body": gantt_svg.body(
                drawing, labels, _("Diagramme de Gantt de %(project)s") % {"project": self.project.name}
            ),
            "has_today": drawing.today is not None,
        }


def label_of(line: PlanLine, language: str) -> gantt_svg.Label:
    """What hovering a bar says: the name, the dates, what is done, who works on it."""
    task = line.task
    said = [
        f"{line.number}. {task.name}",
        gantt_svg.span_words(task.starts_at, task.ends_at, language),
        percent(task.percent_complete, language),
        ", ".join(person.name for person in line.people),
    ]
    if task.stops_at is not None and task.resumes_at is not None:
        said.append(gantt_svg.split_words(task.stops_at, task.resumes_at, language))
    if line.baseline_ends_at is not None:
        said.append(_("Référence : fin le %(day)s") % {"day": date_short(line.baseline_ends_at, language)})
    if task.is_critical and not line.is_summary:
        said.append(_("Sur le chemin critique"))
    return gantt_svg.Label(task.name, "\n".join(part for part in said if part))


def import_url(request: MemberRequest) -> str:
    """Where a Microsoft Project file is imported; empty for those who may not."""
    if not request.member.can(Permission.IMPORT_RUN):
        return ""
    try:
        return reverse("imports:start")
    except NoReverseMatch:
        return ""


class FiguresView(OfPlan, MemberView):
    """The plan's figures alone, for a page that is open."""

    def get(self, request: MemberRequest, project_id: UUID) -> HttpResponse:
        view = dated_view(self.project, self.asked_baseline())
        context = {"project": self.project, "view": view, "figures": self.figures(view)}
        return render(request, "portfolio/planning/_figures.html", context)


class ExplainView(OfPlan, MemberView):
    """How one figure of a plan is made."""

    def get(self, request: MemberRequest, project_id: UUID, key: str) -> HttpResponse:
        view = dated_view(self.project, self.asked_baseline())
        found = next((one for one in figures.plan_figures(view, today()) if one.key == key), None)
        if found is None:
            raise Http404
        context = {
            "figure": figures.with_sources(found, view),
            "layout": explanation_layout(request),
            "project": self.project,
        }
        return render(request, "portfolio/planning/explain.html", context)


class ArrangeView(OfPlan, MemberView):
    """The outline's buttons: the chosen task goes up, down, under the one above, or out of its summary.

    htmx gets the page drawn again, and takes the plan from it; without it the page is loaded.
    """

    http_method_names = ["post"]

    def post(self, request: MemberRequest, project_id: UUID) -> HttpResponse:
        self.demand(Permission.PLAN_EDIT)
        key = asked_uuid(request.POST.get("task", ""))
        error = ""
        if key is None:
            error = _("Choisissez d’abord une tâche dans le tableau.")
        else:
            task = get_object_or_404(Task, project=self.project, pk=key)
            try:
                self._arrange(task, request.POST.get("verb", ""))
            except ValidationError as refused:
                error = " ".join(refused.messages)
        if not request.htmx:
            if error:
                toast(request, error, level="error")
            return redirect(request, f"{self.plan_url()}?task={key or ''}")
        request.GET = request.POST  # the zoom, the baseline and the chosen task come with the form
        page = ProjectPlanView()
        page.setup(request, project_id=project_id)
        answer = page.get(request)
        return with_toast(answer, error, level="error") if error else answer

    def _arrange(self, task: Task, verb: str) -> None:
        actor = self.request.member.actor
        with transaction.atomic():
            match verb:
                case "up":
                    actions.shift_task(actor=actor, task=task, by=-1)
                case "down":
                    actions.shift_task(actor=actor, task=task, by=1)
                case "indent":
                    actions.indent_task(actor=actor, task=task)
                case "outdent":
                    actions.outdent_task(actor=actor, task=task)
                case _:
                    raise ValidationError(_("Ce bouton n’existe pas. Rechargez la page."))
