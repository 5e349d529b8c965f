"""The panel of a task: create, change, delete, take back."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.people.pages import RowActionView, RowFormView, layout
from portfolio.planning import actions
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.models import Task
from portfolio.planning.outside import names_of
from portfolio.planning.outside_lines import lines_outside
from portfolio.planning.predecessor_words import french
from portfolio.planning.queries import plan_view
from portfolio.planning.scheduling import Plan, load_plan
from portfolio.planning.task_form import TaskForm
from portfolio.planning.views import OfPlan
from portfolio.planning.why import conflict_sentences
from portfolio.projects.models import Project
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.fields.values import fields_of
from tech4value.web.field_values import shown_fields
from tech4value.web.toasts import refusal, toast
from tech4value.web.views import MemberView


class TaskFormView(OfPlan, RowFormView):
    """What creating and changing a task share."""

    template_name = "portfolio/planning/task_form.html"

    def prepare(self) -> None:
        self.demand(Permission.PLAN_EDIT)

    @cached_property
    def plan(self) -> Plan:
        return load_plan(self.project)

    @property
    def day(self) -> int:
        return day_minutes(self.plan.calendar)

    def back_url(self) -> str:
        return self.plan_url()

    def extra_context(self) -> dict[str, Any]:
        return {**super().extra_context(), "project": self.project, "day_hours": self.day / 60}

    def chosen_parent(self, form: TaskForm) -> Task | None:
        key = form.cleaned_data["parent"]
        return self.plan.by_id[UUID(key)] if key else None

    def finish(self, form: TaskForm, task: Task) -> None:
        """People and predecessors, then the dates of the whole plan, once."""
        actor = self.request.member.actor
        people = form.assigned()
        if people is not None:
            actions.set_people(actor=actor, task=task, people=people)
        links = form.links()
        try:
            if links is not None:
                actions.set_predecessors(actor=actor, task=task, links=links, schedule=False)
            actions.reschedule(actor=actor, project=self.project)
        except ValidationError as error:
            raise ValidationError({"predecessors": error.messages}) from error


class TaskCreateView(TaskFormView):
    """A new task, in the summary given in the address."""

    heading = gettext_lazy("Ajouter une tâche")
    button = gettext_lazy("Ajouter la tâche")

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return TaskForm(
            self.plan, self.day, None, data, member=self.request.member, parent=self.request.GET.get("parent", "")
        )

    def save(self, form: Any) -> str:
        task = actions.create_task(
            actor=self.request.member.actor,
            project=self.project,
            parent=self.chosen_parent(form),
            schedule=False,
            **form.values(),
        )
        self.finish(form, task)
        toast(self.request, _("Tâche « %(task)s » ajoutée.") % {"task": task.name})
        return self.plan_url()


class OfTask(OfPlan):
    """What a view of one task needs; its route takes `pk`."""

    @cached_property
    def task(self) -> Task:
        projects = Project.objects.visible_to(self.request.member, self.permission)
        rows = Task.objects.filter(project__in=projects).select_related("project", "parent")
        task: Task = get_object_or_404(rows, pk=self.kwargs["pk"])
        return task

    def project_id(self) -> UUID:
        return self.task.project_id


class TaskChangeView(OfTask, TaskFormView):
    """A task's panel. Those who may not change it read it."""

    heading = gettext_lazy("Modifier la tâche")
    button = gettext_lazy("Enregistrer")

    def get(self, request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.may(Permission.PLAN_EDIT):
            return super().get(request, *args, **kwargs)
        view = plan_view(self.project, french=french(), member=request.member)
        line = next(one for one in view.lines if one.task.pk == self.task.pk)
        before, after = lines_outside(line.task, request.member, day=view.day_minutes, french=french())
        context = {
            "layout": layout(request),
            "before": before,
            "after": after,
            "line": line,
            "project": self.project,
            "back_url": self.back_url(),
            "custom": shown_fields(fields_of("task"), line.task.custom_fields),
            "conflicts": conflict_sentences(
                line.task,
                names_of([one.task for one in view.lines], view.outside, request.member),
                day=view.day_minutes,
            ),
        }
        return render(request, "portfolio/planning/task.html", context)

    def prepare(self) -> None:
        super().prepare()
        self.row = self.task

    def delete_url(self) -> str:
        return reverse("planning:task_delete", args=[self.task.pk])

    def extra_context(self) -> dict[str, Any]:
        names = names_of(self.plan.tasks, self.plan.outside, self.request.member)
        conflicts = conflict_sentences(self.task, names, day=self.day)
        before, after = lines_outside(self.task, self.request.member, day=self.day, french=french())
        return {**super().extra_context(), "row": self.row, "conflicts": conflicts, "before": before, "after": after}

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return TaskForm(self.plan, self.day, self.row, data, member=self.request.member)

    def save(self, form: Any) -> str:
        actor = self.request.member.actor
        task = self.row
        values, version = form.values(), form.cleaned_data["version"]
        actions.change_task(actor=actor, task=task, values=values, version=version, schedule=False)
        if "parent" in form.changed_data:
            actions.move_task(actor=actor, task=task, parent=self.chosen_parent(form), schedule=False)
        self.finish(form, task)
        toast(self.request, _("Tâche « %(task)s » enregistrée.") % {"task": task.name})
        return self.plan_url()


class TaskDeleteView(OfTask, RowActionView):
    """Delete a task and all under it; the toast takes it back."""

    def fetch(self) -> Task:
        self.demand(Permission.PLAN_EDIT)
        return self.task

    def act(self, row: Task) -> None:
        self.batch = actions.delete_task(actor=self.request.member.actor, task=row)

    def next_url(self, row: Task) -> str:
        return self.plan_url()

    def said(self, row: Task) -> str:
        return _("Tâche « %(task)s » supprimée.") % {"task": row.name}

    def undo_url(self, row: Task) -> str:
        return reverse("planning:task_undo", args=[self.project.pk, self.batch])


class TaskUndoView(OfPlan, MemberView):
    """Undo of a deletion, posted by the toast."""

    http_method_names = ["post"]

    def post(self, request: MemberRequest, project_id: UUID, batch: UUID) -> HttpResponse:
        self.demand(Permission.PLAN_EDIT)
        try:
            with transaction.atomic():
                actions.undo_deletion(actor=request.member.actor, project=self.project, batch=batch)
        except LookupError as error:
            raise Http404 from error
        except ValidationError as error:
            return refusal(error)
        toast(request, _("La tâche est de retour."))
        return HttpResponse(status=204)
