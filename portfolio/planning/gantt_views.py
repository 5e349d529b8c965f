"""What the editor of a plan asks for: its rows, edits, undo, and how each person likes to see it."""

import json
import re
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from portfolio.planning.gantt_clashes import Clash
from portfolio.planning.gantt_custom import with_named
from portfolio.planning.gantt_dates import with_dates
from portfolio.planning.gantt_edits import EditClashError, EditRefusedError, apply_edits
from portfolio.planning.gantt_history import undo_edit
from portfolio.planning.gantt_print import PAPERS, choice_of, start_print
from portfolio.planning.gantt_rows import chosen_baseline, minutes, since, whole
from portfolio.planning.kept_plans import KeptPlan, keep, taken, taken_if_kept
from portfolio.planning.models import Baseline
from portfolio.planning.outside_lines import with_outside
from portfolio.planning.overlays import marks_above
from portfolio.planning.predecessor_words import french
from portfolio.planning.views import KEPT_VIEW, OfPlan
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.tables.actions import save_view
from tech4value.web.toasts import toast, with_toast
from tech4value.web.views import MemberView, asked_uuid, redirect

VIEWS: Final = {KEPT_VIEW, "roadmap"}
# What is kept of the view, each with how long it may be: as many columns as there can be fields.
SHOWN: Final = {"columns": 1600, "toggled": 120, "width": 8, "zoom": 12}
PLAIN: Final = re.compile(r"[^A-Za-z0-9_,]")


def answer(text: str) -> HttpResponse:
    """JSON that is already written."""
    made = HttpResponse(text, content_type="application/json")
    made.headers["Cache-Control"] = "no-store"
    return made


class RowsOfPlan(OfPlan, MemberView):
    """What the views below share: the rows that a page has not, whoever changed them."""

    def changed_rows(self, request: MemberRequest, token: str, plan: KeptPlan) -> str | None:
        rows = plan.read_rows(self.compared(request), french=french())
        keep(plan)
        return since(self.project.pk, token, rows)

    def everything(self, request: MemberRequest, plan: KeptPlan | None = None) -> str:
        baseline = self.compared(request)
        rows = None
        if plan is not None:
            rows = plan.read_rows(baseline, french=french())
            keep(plan)
        return whole(self.project, baseline, french=french(), rows=rows)

    def compared(self, request: MemberRequest) -> Baseline | None:
        return chosen_baseline(self.project, asked_uuid(request.GET.get("baseline", "")))

    def told(
        self, request: MemberRequest, text: str, plan: KeptPlan | None = None, dates: str | None = None
    ) -> HttpResponse:
        """The answer `text`, with what the plan waits for in other projects, the people that custom fields name, and
        the early and late dates of `plan` for a page that shows them (`dates`: see `with_dates`)."""
        text = with_named(with_outside(text, self.project, request.member), self.project)
        return answer(text if plan is None else with_dates(text, plan, dates))


class GanttRowsView(RowsOfPlan):
    """The plan's rows: all of them, or with `since` (the token of the first answer) those that have changed; with
    `dates`, the early and late dates too."""

    http_method_names = ["get"]

    def get(self, request: MemberRequest, project_id: UUID) -> HttpResponse:
        token = request.GET.get("since", "")
        if not token:
            return self.told(request, self.everything(request, taken_if_kept(self.project)))
        plan = taken(self.project)
        if self.may(Permission.PLAN_EDIT):
            plan.prepare()
        text = self.changed_rows(request, token, plan) or self.everything(request, plan)
        return self.told(request, text, plan, request.GET.get("dates"))


class GanttMarksView(OfPlan, MemberView):
    """Where lines may end, beside what was promised: {"tasks": {key: [P80, promised or null, words]}}, the instants
    in minutes since 1970."""

    http_method_names = ["get"]

    def get(self, request: MemberRequest, project_id: UUID) -> HttpResponse:
        said = {
            str(mark.task): [
                minutes(mark.p80),
                None if mark.promised is None else minutes(datetime.combine(mark.promised, time(12))),
                mark.words,
            ]
            for mark in marks_above(self.project)
        }
        return JsonResponse({"tasks": said})


class EditsOfPlan(RowsOfPlan):
    """A POST that changes the plan: the answer holds what it changed, and what others have meanwhile."""

    http_method_names = ["post"]

    def edited(self, request: MemberRequest, plan: KeptPlan, body: Mapping[str, Any], **said: Any) -> HttpResponse:
        """The rows as they now are, with what is said of the edit."""
        rows = self.changed_rows(request, str(body.get("token", "")), plan) or self.everything(request, plan)
        dates = str(body["dates"]) if "dates" in body else None
        return self.told(request, f"{json.dumps(said, ensure_ascii=False)[:-1]},{rows[1:]}", plan, dates)

    def asked(self, request: MemberRequest) -> dict[str, Any]:
        """The body of the request. Raises EditRefusedError when it is none."""
        try:
            body = json.loads(request.body)
        except ValueError:
            body = None
        # PostgreSQL holds no NUL.
        readable = isinstance(body, dict) and isinstance(body.get("operations", []), list)
        if not readable or "\\u0000" in json.dumps(body):
            raise EditRefusedError(_("Cette modification ne se lit pas : rechargez la page, puis recommencez."))
        return body


class GanttEditsView(EditsOfPlan):
    """Operations written together: 200 with the changed rows, 409 when others have changed the same cells (both
    values are told), 422 with the sentence, the row and the cell when one may not be."""

    def post(self, request: MemberRequest, project_id: UUID) -> HttpResponse:
        self.demand(Permission.PLAN_EDIT)
        try:
            body = self.asked(request)
            with transaction.atomic():
                done = apply_edits(
                    actor=request.member.actor, project=self.project, operations=body.get("operations", [])
                )
        except EditRefusedError as error:
            return _refusal(error)
        except EditClashError as error:
            return JsonResponse({"clashes": [_clash(one) for one in error.clashes]}, status=409)
        return self.edited(
            request,
            done.plan,
            body,
            batch=str(done.batch),
            made=dict(done.made),
            versions=dict(done.versions),
        )


class GanttUndoView(EditsOfPlan):
    """Takes back one of the person's own edits; the answer's `batch` is what puts it forward again."""

    def post(self, request: MemberRequest, project_id: UUID, batch: UUID) -> HttpResponse:
        self.demand(Permission.PLAN_EDIT)
        try:
            body = self.asked(request)
            with transaction.atomic():
                again, plan = undo_edit(actor=request.member.actor, project=self.project, batch=batch)
        except LookupError as error:
            raise Http404 from error
        except EditRefusedError as error:
            return JsonResponse({"errors": [{"message": error.message, "row": "", "cell": ""}]}, status=422)
        except ValidationError as error:
            return JsonResponse(
                {"errors": [{"message": " ".join(error.messages), "row": "", "cell": ""}]}, status=409
            )
        return self.edited(request, plan, body, batch=str(again))


def _refusal(error: EditRefusedError, status: int = 422) -> JsonResponse:
    said = {"message": error.message, "row": error.row, "cell": error.cell}
    return JsonResponse({"errors": [said]}, status=status)


def _clash(one: Clash) -> dict[str, Any]:
    return {
        "row": one.row, "name": one.name, "cell": one.cell, "label": one.label, "mine": one.mine,
        "theirs": one.theirs, "by": one.by, "at": one.at, "version": one.version,
    }  # fmt: skip


class PrintView(OfPlan, MemberView):
    """Starts the job that makes the plan's PDF."""

    http_method_names = ["post"]

    def post(self, request: MemberRequest, project_id: UUID) -> HttpResponse:
        if not request.member.can(Permission.JOB_VIEW):
            raise PermissionDenied
        paper = request.POST.get("paper", "A4")
        if paper not in PAPERS:
            raise Http404
        baseline = asked_uuid(request.POST.get("baseline", ""))
        asked = {name: request.POST.get(name, "")[:10] for name in ("first", "last")}
        if "choice" in request.POST:  # a form that shows the columns: none may be ticked
            asked["columns"] = ",".join(request.POST.getlist("columns"))
        try:
            choice = choice_of(asked)
        except ValueError:
            return self.refused(
                request, _("La période à imprimer ne se lit pas : donnez deux dates, la fin après le début.")
            )
        if not choice.fits(PAPERS[paper]):
            return self.refused(
                request,
                _(
                    "Ces colonnes ne laissent pas de place au diagramme sur du papier %(paper)s : décochez-en, ou "
                    "choisissez un papier plus grand."
                )
                % {"paper": paper},
            )
        job = start_print(project=self.project, member=request.member, paper=paper, baseline=baseline, choice=choice)
        if not request.htmx:
            return redirect(request, reverse("jobs:list"))
        context = {"job": job, "address": reverse("jobs:progress", args=[job.pk])}
        return render(request, "portfolio/planning/printing.html", context)

    def refused(self, request: MemberRequest, said: str) -> HttpResponse:
        """Why nothing is printed."""
        if request.htmx:
            return with_toast(HttpResponse(status=204), said, level="error")
        toast(request, said, level="error")
        return redirect(request, self.plan_url())


class GanttViewView(MemberView):
    """Keeps the columns, the zoom and the table's width as the person has set them."""

    permission = Permission.PLAN_VIEW
    http_method_names = ["post"]

    def post(self, request: MemberRequest) -> HttpResponse:
        table = request.GET.get("of", KEPT_VIEW)
        if table not in VIEWS:
            raise Http404
        kept = {
            name: PLAIN.sub("", request.POST[name])[:most] for name, most in SHOWN.items() if name in request.POST
        }
        save_view(
            actor=request.member.actor,
            owner=request.member,
            table=table,
            name=table,
            query=urlencode(kept, safe=","),
            is_shared=False,
            is_default=True,
        )
        return HttpResponse(status=204)
