"""What is said of the uncertainty of a plan: the table of estimates, classes, risks, settings."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.people.pages import PAGE_SIZE, RestoreView, RowActionView, RowFormView, SingleRowFormView
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.models import Task
from portfolio.planning.scheduling import load_plan
from portfolio.projects.pages import OfProject, ProjectPage
from portfolio.risks.models import Risk
from portfolio.simulation.actions import (
    change_class,
    change_settings,
    create_class,
    delete_class,
    delete_risk_effect,
    restore_class,
    set_estimates,
    set_risk_effect,
)
from portfolio.simulation.forms import ClassForm, EstimateForm, RiskEffectForm, SettingsForm
from portfolio.simulation.inputs import Estimates, estimable, estimates_of
from portfolio.simulation.models import EstimateClass, RiskEffect, SimulationSettings, TaskEstimate
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.audit.merging import as_read
from tech4value.audit.writing import StaleVersionError, stale_error
from tech4value.web.merging import Merged, merge, with_choices
from tech4value.web.toasts import toast
from tech4value.web.views import ATTEMPTS, NUMBER, merged_words, redirect

POINTS = ("optimistic", "likely", "pessimistic")


class EstimatesView(ProjectPage):
    """The table: a line a task, with its class or its three durations in days."""

    permission = Permission.PLAN_VIEW
    template_name = "portfolio/simulation/estimates.html"

    @cached_property
    def plan(self) -> Any:
        return load_plan(self.project)

    @cached_property
    def found(self) -> Estimates:
        return estimates_of(self.project)

    @cached_property
    def page(self) -> Page:
        return Paginator(estimable(self.plan), PAGE_SIZE).get_page(self.request.GET.get("page"))

    @cached_property
    def classes(self) -> Any:
        return EstimateClass.objects.all()

    @property
    def day(self) -> int:
        return day_minutes(self.plan.calendar)

    def forms(self, data: Any = None) -> list[tuple[Task, EstimateForm, Any]]:
        """A form for each task of the page, with the points that hold now."""
        made = []
        for task in self.page:
            held = self.held(task)
            form = self.form(task, self.found.by_task.get(task.pk), data, held=held or ())
            made.append((task, form, {"planned": task.duration_minutes / self.day, "held": held}))
        return made

    def held(self, task: Task) -> list[float] | None:
        """The three durations that the simulation takes, in days."""
        points = self.found.points(task)
        return None if points is None else [getattr(points, name) / self.day for name in POINTS]

    def form(
        self, task: Task, row: TaskEstimate | None, data: Any = None, *, held: Sequence[float] = ()
    ) -> EstimateForm:
        """The line of a task, as `row` says it."""
        initial: dict[str, Any] = {}
        if row is not None:
            chosen = "" if _is_in_bin(row.estimate_class) else str(row.estimate_class_id or "")
            initial = {"estimate_class": chosen, "version": row.version}
            for name in POINTS:
                minutes = getattr(row, f"{name}_minutes")
                initial[name] = None if minutes is None else round(minutes / self.day, 2)
        classes = {str(one.pk): one for one in self.classes}
        return EstimateForm(data, prefix=str(task.pk), initial=initial, classes=classes, held=held)

    def merged(self, sent: QueryDict) -> tuple[QueryDict, Merged | None]:
        """What was sent, each line merged with what others have saved of it since; None when they have not."""
        found: list[Merged] = []
        for task in self.page:
            row = self.found.by_task.get(task.pk)
            if row is None:
                continue
            version = sent.get(f"{task.pk}-version", "")
            theirs = self.form(task, row)
            if version == str(row.version):
                sent = with_choices(theirs, sent)
                continue
            stale = stale_error(row, int(version) if NUMBER.fullmatch(version) else 0)
            # Without a version, nothing was said of the task when the page was read.
            base = self.form(task, as_read(row, stale.changes) if version else None)
            one = merge(base, theirs, with_choices(base, sent), stale)
            sent = one.data
            found.append(named(one, task.name))
        return sent, Merged.joined(found) if found else None

    def tab_context(self) -> dict[str, Any]:
        return {"lines": self.forms(), **self.shared()}

    def shared(self) -> dict[str, Any]:
        return {
            "page": self.page,
            "may_edit": self.may(Permission.PLAN_EDIT),
            "may_edit_classes": self.request.member.can(Permission.ORGANISATION_EDIT),
            "classes": self.classes,
            "settings": self.found.settings,
            "risks": _risks(self.project, estimable(self.plan)),
            "may_see_risks": self.may(Permission.RISK_VIEW),
        }

    def post(self, request: MemberRequest, project_id: UUID) -> HttpResponse:
        """Save the lines that were changed; all or nothing."""
        self.demand(Permission.PLAN_EDIT)
        data, merged = self.merged(request.POST)
        lines = self.forms(data)
        if merged is not None and merged.clashes:
            return self.again(lines, 409, merged)
        status, entries = 200, {}
        for task, form, _now in lines:
            if not form.is_valid():
                status = 422
            elif form.has_changed():
                # A task that was estimated since the page was read is as stale as one that was changed.
                entry = {**form.cleaned_data, "version": form.cleaned_data["version"] or 0}
                row = self.found.by_task.get(task.pk)
                if row is not None and entry["estimate_class"] is None and _is_in_bin(row.estimate_class):
                    # It is not offered, and holds again when it comes back.
                    entry["estimate_class"] = row.estimate_class
                entries[task.pk] = entry
        if status == 200:
            try:
                with transaction.atomic():
                    count = set_estimates(actor=request.member.actor, project=self.project, entries=entries)
            except StaleVersionError as error:  # saved by somebody else since this was read: read it again
                if self.attempts == ATTEMPTS:
                    toast(request, " ".join(error.messages), level="error")
                    return self.again(lines, 409, merged)
                again = type(self)()
                again.setup(request, project_id)
                again.attempts = self.attempts + 1
                return again.post(request, project_id)
            except ValidationError as error:
                status = 422
                _beside(lines, error)
            else:
                toast(request, _("Estimations enregistrées.") if count else _("Rien n’a changé."))
                if merged is not None and merged.taken:
                    toast(request, merged_words(merged), level="info")
                return redirect(request, request.get_full_path())
        return self.again(lines, status, merged)

    def again(self, lines: Any, status: int, merged: Merged | None) -> HttpResponse:
        """The page with what was typed."""
        context = {"project": self.project, "lines": lines, "wrong": status == 422, "merged": merged, **self.shared()}
        return render(self.request, self.template_name, context, status=status)

    attempts = 1


def named(merged: Merged, task: str) -> Merged:
    """The same, whose fields say of which task they are."""
    clashes = tuple(replace(one, label=f"{task} · {one.label}") for one in merged.clashes)
    return replace(merged, clashes=clashes, taken=tuple(f"{task} · {label}" for label in merged.taken))


def _is_in_bin(kind: EstimateClass | None) -> bool:
    return kind is not None and kind.deleted_at is not None


def _beside(lines: list[tuple[Task, EstimateForm, Any]], error: ValidationError) -> None:
    by_key = {str(task.pk): form for task, form, _now in lines}
    for name, messages in error.message_dict.items():
        key, _dash, field = name.rpartition("-")
        for message in messages:
            by_key[key].add_error(field, message)


def _risks(project: Any, tasks: Iterable[Task]) -> list[tuple[Risk, RiskEffect | None, list[Task]]]:
    """The risks that still threaten, with what each does to the plan, and to which of its `tasks`."""
    effects: dict[UUID, RiskEffect] = {row.risk_id: row for row in RiskEffect.objects.filter(project=project)}
    by_key = {str(task.pk): task for task in tasks}
    rows = []
    for risk in Risk.objects.filter(project=project).active().worst_first():
        effect = effects.get(risk.pk)
        touched = [] if effect is None else [by_key[key] for key in effect.tasks if key in by_key]
        rows.append((risk, effect, touched))
    return rows


class SettingsView(OfProject, SingleRowFormView):
    """How the project is simulated."""

    permission = Permission.PLAN_VIEW
    heading = gettext_lazy("Réglages de la simulation")
    button = gettext_lazy("Enregistrer")

    def prepare(self) -> None:
        self.demand(Permission.PLAN_EDIT)
        self.row = SimulationSettings.objects.filter(project=self.project).first()

    def back_url(self) -> str:
        return reverse("simulation:estimates", args=[self.project.pk])

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        row = self.row or SimulationSettings(project=self.project)
        names = ("law", "correlation_by", "correlation", "runs", "seed")
        initial = {name: getattr(row, name) for name in names} | {"default_class": row.default_class_id}
        return SettingsForm(data, initial=initial | ({"version": row.version} if self.row else {}))

    def save(self, form: Any) -> str:
        values = dict(form.cleaned_data)
        version = values.pop("version")
        if values["default_class"] is None and self.row is not None and _is_in_bin(self.row.default_class):
            del values["default_class"]  # it is not offered, and holds again when it comes back
        change_settings(actor=self.request.member.actor, project=self.project, values=values, version=version)
        toast(self.request, _("Réglages enregistrés."))
        return self.back_url()


class RiskEffectView(OfProject, SingleRowFormView):
    """What one risk does to the plan."""

    permission = Permission.RISK_VIEW
    button = gettext_lazy("Enregistrer")

    @property
    def heading(self) -> str:  # type: ignore[override]  # follows from the risk
        return _("Effet sur le plan : %(risk)s") % {"risk": f"{self.risk.reference} {self.risk.title}"}

    @cached_property
    def risk(self) -> Risk:
        found: Risk = get_object_or_404(Risk.objects.filter(project=self.project), pk=self.kwargs["risk_id"])
        return found

    def prepare(self) -> None:
        self.row = RiskEffect.objects.filter(risk=self.risk).first()
        self.demand(Permission.PLAN_EDIT)

    def back_url(self) -> str:
        return reverse("simulation:estimates", args=[self.project.pk])

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        row = self.row
        initial = {}
        if row is not None:
            names = ("probability", "days", "tasks", "version")
            initial = {name: getattr(row, name) for name in names}
        return RiskEffectForm(self.project, data, initial=initial)

    def save(self, form: Any) -> str:
        given, actor = form.cleaned_data, self.request.member.actor
        if given["probability"] is None and given["days"] is None:
            if self.row is not None:
                delete_risk_effect(actor=actor, row=self.row)
            toast(self.request, _("Ce risque ne compte plus dans le plan."))
            return self.back_url()
        set_risk_effect(
            actor=actor,
            risk=self.risk,
            probability=given["probability"],
            days=given["days"],
            tasks=given["tasks"],
            version=given["version"],
        )
        toast(self.request, _("Effet du risque enregistré."))
        return self.back_url()


class ClassFormView(RowFormView):
    """Create a class of tasks, or change one; they are the organisation's."""

    permission = Permission.ORGANISATION_EDIT
    button = gettext_lazy("Enregistrer")

    @property
    def heading(self) -> str:  # type: ignore[override]  # follows from the row
        return _("Modifier la classe") if self.row else _("Créer une classe")

    def prepare(self) -> None:
        key = self.kwargs.get("pk")
        self.row = get_object_or_404(EstimateClass.objects.all(), pk=key) if key else None

    def back_url(self) -> str:
        current = str(self.request.htmx.current_url_abs_path or "")
        return current or reverse("planning:list")

    def delete_url(self) -> str:
        if self.row is None:
            return ""
        return f"{reverse('simulation:class_delete', args=[self.row.pk])}?{urlencode({'next': self.back_url()})}"

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        row = self.row or EstimateClass()
        initial = {name: getattr(row, name) for name in ("name", *POINTS)}
        return ClassForm(data, initial=initial | ({"version": row.version} if self.row else {}))

    def save(self, form: Any) -> str:
        values = dict(form.cleaned_data)
        version = values.pop("version")
        actor = self.request.member.actor
        if self.row is None:
            create_class(actor=actor, **values)
        else:
            change_class(actor=actor, row=self.row, values=values, version=version)
        toast(self.request, _("Classe enregistrée."))
        return self.back_url()


class ClassDeleteView(RowActionView):
    """Put a class in the bin."""

    permission = Permission.ORGANISATION_EDIT

    def fetch(self) -> EstimateClass:
        return get_object_or_404(EstimateClass.objects.all(), pk=self.kwargs["pk"])

    def act(self, row: EstimateClass) -> None:
        delete_class(actor=self.request.member.actor, row=row)

    def next_url(self, row: EstimateClass) -> str:
        asked = self.request.GET.get("next", "")
        return asked if url_has_allowed_host_and_scheme(asked, None) else reverse("planning:list")

    def said(self, row: EstimateClass) -> str:
        return _("Classe « %(name)s » supprimée : ses tâches suivent celle de leur projet.") % {"name": row.name}

    def undo_url(self, row: EstimateClass) -> str:
        return reverse("simulation:class_restore", args=[row.pk])


class ClassRestoreView(RestoreView):
    """Undo of a deletion."""

    permission = Permission.ORGANISATION_EDIT

    def fetch(self) -> EstimateClass:
        return get_object_or_404(EstimateClass.everything.exclude(deleted_at=None), pk=self.kwargs["pk"])

    def act(self, row: EstimateClass) -> None:
        restore_class(actor=self.request.member.actor, row=row)
