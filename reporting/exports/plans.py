"""The job that draws a plan on paper, on the queue of PDFs."""

from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.gantt_print import JOB, PAPERS, choice_of, document
from portfolio.planning.queries import plan_view
from portfolio.projects.models import Project
from reporting.packs.pdf import draw
from tech4value.accounts.permissions import Permission
from tech4value.files.actions import store_file
from tech4value.jobs.registry import JobError, RunningJob, job
from tech4value.tenancy.clock import today
from tech4value.web.views import asked_uuid


@job(JOB, queue="pdf")
def print_plan(running: RunningJob) -> None:
    """The plan as it is now, as its reader may see it: run again it makes the same document."""
    if running.member is None:
        raise JobError(_("Ce compte n’est plus membre : le planning n’a plus de lecteur."))
    visible = Project.objects.visible_to(running.member, Permission.PLAN_VIEW)
    project = visible.filter(pk=UUID(running.params["project"])).first()
    if project is None:
        raise JobError(_("Ce projet n’existe plus, ou vous n’y avez plus accès."))
    language = get_language() or "fr"
    running.progress(1, 3, _("Dessin des pages"))
    view = plan_view(
        project, asked_uuid(running.params["baseline"]), french=not language.startswith("en"), member=running.member
    )
    if not view.lines:
        raise JobError(_("Ce plan n’a pas encore de tâche : il n’y a rien à imprimer."))
    choice = choice_of(running.params)
    if not choice.lines(view):
        raise JobError(_("Aucune tâche n’est dans la période choisie : élargissez-la, puis recommencez."))
    try:
        html = document(view, PAPERS[running.params["paper"]], today=today(), language=language, choice=choice)
    except PlanningError as error:
        raise JobError(
            _("Les dates de ce plan couvrent plus de soixante ans : corrigez la date la plus éloignée.")
        ) from error
    running.progress(2, 3, _("Mise en page"))
    running.file = store_file(
        actor=running.actor,
        name=f"{project.code} {today().isoformat()}.pdf",
        content=draw(html),
        content_type="application/pdf",
        permission=Permission.PLAN_VIEW,
        owner=running.member,
        private=True,
    )
    running.progress(3, 3, "")
