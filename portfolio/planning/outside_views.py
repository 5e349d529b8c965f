"""Links between a task and those of other projects: what it waits for, what waits for it; one is made or removed."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.people.pages import RestoreView, RowActionView, RowFormView
from portfolio.planning import actions
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.domain.predecessors import PredecessorError, read_predecessors
from portfolio.planning.models import Dependency, DependencyKind, Task
from portfolio.planning.outside_lines import lines_outside
from portfolio.planning.predecessor_words import french
from portfolio.planning.restoring_actions import restore_link
from portfolio.planning.scheduling import plan_calendar
from portfolio.planning.task_views import OfTask
from portfolio.planning.views import OfPlan
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.search.fields import RowField
from tech4value.web.toasts import toast


class OutsideLinkForm(forms.Form):
    """A task of another project to wait for."""

    predecessor = RowField(
        Task.objects.none(), permission=Permission.PLAN_VIEW, label=gettext_lazy("Tâche attendue"), empty_label=""
    )
    kind = forms.ChoiceField(label=gettext_lazy("Type"), choices=DependencyKind.choices, initial=DependencyKind.FS)
    lag = forms.CharField(
        label=gettext_lazy("Décalage"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("2j, 4h, 1s de travail ; -1j avance ; 3je en jours de calendrier ; 50% de sa durée."),
    )

    def __init__(self, task: Task, day: int, member: Membership, data: Any = None) -> None:
        self.day = day
        super().__init__(data)
        visible = Project.objects.visible_to(member, Permission.PLAN_VIEW).exclude(pk=task.project_id)
        rows = Task.objects.filter(project__in=visible).select_related("project")
        field: Any = self.fields["predecessor"]
        field.queryset = rows
        field.label_from_instance = lambda row: f"{row.project.code} · {row.name}"

    def clean_lag(self) -> tuple[int, str]:
        """In minutes or hundredths of a percent, and its unit."""
        text = self.cleaned_data["lag"].strip()
        signed = text if not text or text[0] in "+-\u2212" else f"+{text}"
        try:
            (one,) = read_predecessors(f"1FS{signed}", day=self.day, own_line=None, lines=1)
        except (PredecessorError, ValueError) as error:
            raise ValidationError(
                _("« %(text)s » n’est pas un décalage : écrivez par exemple 2j, -4h ou 50%%.") % {"text": text}
            ) from error
        return one.lag, one.unit


class OutsideLinksView(OfTask, RowFormView):
    """The links of a task with other projects: the list, and a form that adds one."""

    template_name = "portfolio/planning/outside_form.html"
    heading = gettext_lazy("Liens avec d’autres projets")
    button = gettext_lazy("Lier la tâche")

    def prepare(self) -> None:
        self.demand(Permission.PLAN_EDIT)

    @cached_property
    def day(self) -> int:
        return day_minutes(plan_calendar(self.project))

    def back_url(self) -> str:
        return reverse("planning:task", args=[self.task.pk])

    def parents(self) -> Sequence[tuple[str | Promise, str]]:
        return (
            (self.project.code, reverse("planning:project", args=[self.project.pk])),
            (self.task.name, self.back_url()),
        )

    def about(self) -> str:
        return self.task.name

    def extra_context(self) -> dict[str, Any]:
        before, after = lines_outside(self.task, self.request.member, day=self.day, french=french())
        return {**super().extra_context(), "task": self.task, "before": before, "after": after}

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return OutsideLinkForm(self.task, self.day, self.request.member, data)

    def save(self, form: Any) -> str:
        data = form.cleaned_data
        lag, unit = data["lag"]
        link = actions.link_tasks(
            actor=self.request.member.actor,
            predecessor=data["predecessor"],
            successor=self.task,
            kind=data["kind"],
            lag=lag,
            lag_unit=unit,
        )
        names = {"task": self.task.name, "other": link.predecessor.name}
        toast(self.request, _("« %(task)s » attend désormais « %(other)s ».") % names)
        return self.plan_url()


class OfLink(OfPlan):
    """What a view of one link into a plan needs; its route takes `pk`."""

    deleted = False

    @cached_property
    def row(self) -> Dependency:
        projects = Project.objects.visible_to(self.request.member, self.permission)
        rows = Dependency.everything.filter(project__in=projects, deleted_at__isnull=not self.deleted)
        found: Dependency = get_object_or_404(
            rows.select_related("project", "predecessor_project", "predecessor", "successor"), pk=self.kwargs["pk"]
        )
        return found

    def project_id(self) -> UUID:
        return self.row.project_id

    def fetch(self) -> Dependency:
        self.demand(Permission.PLAN_EDIT)
        return self.row


class LinkDeleteView(OfLink, RowActionView):
    """Remove a link; the toast takes it back."""

    def act(self, row: Dependency) -> None:
        actions.unlink(actor=self.request.member.actor, link=row)

    def next_url(self, row: Dependency) -> str:
        return self.plan_url()

    def said(self, row: Dependency) -> str:
        return _("« %(task)s » n’attend plus cette tâche.") % {"task": row.successor.name}

    def undo_url(self, row: Dependency) -> str:
        return reverse("planning:link_restore", args=[row.pk])


class LinkRestoreView(OfLink, RestoreView):
    """Undo of the removal of a link."""

    deleted = True

    def act(self, row: Dependency) -> None:
        restore_link(actor=self.request.member.actor, link=row)
