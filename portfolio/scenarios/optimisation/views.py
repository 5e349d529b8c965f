"""The screens of « Optimiser »: the studies, one study with its candidates and its answer, and the search."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.people.pages import PAGE_SIZE, RestoreView, RowActionView, RowFormView, Text, layout
from portfolio.scenarios.optimisation.actions import (
    ANSWERED,
    add_rule,
    answer_of,
    cancel_search,
    change_study,
    create_study,
    delete_study,
    duplicate_study,
    remove_rule,
    restore_study,
    start_search,
)
from portfolio.scenarios.optimisation.candidates import named_candidates, read_material
from portfolio.scenarios.optimisation.figures import KEYS, figures_of
from portfolio.scenarios.optimisation.forms import CandidateForm, OptimisationForm, RuleForm
from portfolio.scenarios.optimisation.lists import StudyTable
from portfolio.scenarios.optimisation.models import OptimisationStudy, StudyAnswer
from portfolio.scenarios.optimisation.opening import open_as_scenario
from portfolio.scenarios.optimisation.pages import answer_page, left_out, names_of, rule_lines
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.tables.pages import TableView
from tech4value.web.toasts import toast
from tech4value.web.views import MemberView, redirect


class StudiesView(TableView):
    """Every study."""

    permission = Permission.SCENARIO_EDIT
    table = StudyTable
    template_name = "portfolio/scenarios/optimisation/studies.html"


class OfStudy:
    """What the views of one study share."""

    permission = Permission.SCENARIO_EDIT
    kwargs: dict[str, Any]

    def study(self) -> OptimisationStudy:
        found: OptimisationStudy = get_object_or_404(OptimisationStudy, pk=self.kwargs["pk"])
        return found

    def page_url(self) -> str:
        return reverse("optimisation:study", args=[self.kwargs["pk"]])


class StudyView(OfStudy, MemberView):
    """One study: its answer, its candidates, its rules."""

    def get(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        study = self.study()
        answer = answer_of(study)
        context: dict[str, Any] = {
            "study": study,
            "answer": answer,
            "job": _shown(answer),
            "running": answer is not None and answer.job is not None and not answer.job.is_over,
            "progress_url": reverse("optimisation:progress", args=[study.pk]),
        }
        try:
            material = read_material(request.member, study)
            context |= {
                "material": material,
                "candidates": Paginator(material.rows, PAGE_SIZE).get_page(request.GET.get("page")),
                "rules": rule_lines(study, material),
                "left_out": left_out(request.member, study),
            }
        except ValidationError as error:
            context["error"] = " ".join(error.messages)
        if answer is not None and answer.made_at is not None:
            context["page"] = answer_page(answer)
            if answer.state in ANSWERED:
                context["figures"] = figures_of(answer, context["page"].names)
        return render(request, "portfolio/scenarios/optimisation/study.html", context)


def _shown(answer: StudyAnswer | None) -> Any:
    """The job that the page shows: the one under way, or the one that failed."""
    job = answer.job if answer is not None else None
    return job if job is not None and (not job.is_over or job.state == "failed") else None


class ProgressView(OfStudy, MemberView):
    """The progress of the search, alone; at its end the page is loaded again."""

    def get(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        answer = answer_of(self.study())
        if answer is None or answer.job is None or answer.job.is_over:
            return redirect(request, self.page_url())
        return render(request, "jobs/progress.html", {"job": answer.job, "address": request.path})


class RunView(OfStudy, MemberView):
    """Start the search; a study that has nothing to choose from says why."""

    http_method_names = ["post"]

    def post(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        study = self.study()
        try:
            with transaction.atomic():
                start_search(study=study, member=request.member)
        except ValidationError as error:
            toast(request, " ".join(error.messages), level="error")
        return redirect(request, self.page_url())


class CancelView(OfStudy, MemberView):
    """Stop the search under way."""

    http_method_names = ["post"]

    def post(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        if cancel_search(actor=request.member.actor, study=self.study()):
            toast(request, _("La recherche est annulée."))
        return redirect(request, self.page_url())


class OpenView(OfStudy, MemberView):
    """Open the answer as a scenario."""

    http_method_names = ["post"]

    def post(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        answer = answer_of(self.study())
        if answer is None or answer.state not in ANSWERED:
            raise Http404
        try:
            with transaction.atomic():
                scenario = open_as_scenario(actor=request.member.actor, member=request.member, answer=answer)
        except ValidationError as error:
            toast(request, " ".join(error.messages), level="error")
            return redirect(request, self.page_url())
        toast(request, _("Le scénario « %(name)s » est créé.") % {"name": scenario})
        return redirect(request, reverse("scenarios:detail", args=[scenario.pk]))


class ExplainView(OfStudy, MemberView):
    """How one figure is made."""

    def get(self, request: MemberRequest, pk: UUID, key: str) -> HttpResponse:
        study = self.study()
        answer = answer_of(study)
        if key not in KEYS or answer is None or answer.state not in ANSWERED:
            raise Http404
        figure = next(one for one in figures_of(answer, names_of(answer.data)) if one.key == key)
        context = {"figure": replace(figure, explain_url=""), "layout": layout(request), "study": study}
        return render(request, "portfolio/scenarios/optimisation/explain.html", context)


# --- the question


class StudyCreateView(RowFormView):
    """Add a study."""

    permission = Permission.SCENARIO_EDIT
    template_name = "portfolio/scenarios/optimisation/form.html"
    heading = gettext_lazy("Créer une étude")
    button = gettext_lazy("Créer l’étude")

    def back_url(self) -> str:
        return reverse("optimisation:studies")

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return OptimisationForm(data)

    def save(self, form: Any) -> str:
        row = create_study(actor=self.request.member.actor, study=OptimisationStudy(**form.values))
        return reverse("optimisation:study", args=[row.pk])


class OfStudyForm(OfStudy, RowFormView):
    """What the forms of one study share."""

    button = gettext_lazy("Enregistrer")
    row: OptimisationStudy

    def prepare(self) -> None:
        self.row = self.study()

    def back_url(self) -> str:
        return self.page_url()

    def parents(self) -> Any:
        return [(_("Optimiser"), reverse("optimisation:studies")), (self.row.name, self.page_url())]


class StudyChangeView(OfStudyForm):
    """Change the question."""

    template_name = "portfolio/scenarios/optimisation/form.html"
    heading = gettext_lazy("Modifier l’étude")

    def delete_url(self) -> str:
        return reverse("optimisation:delete", args=[self.row.pk])

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return OptimisationForm(data, study=self.row)

    def save(self, form: Any) -> str:
        change_study(actor=self.request.member.actor, study=self.row, values=form.values, version=form.read_version)
        toast(self.request, _("« %(name)s » est enregistré.") % {"name": self.row})
        return self.page_url()


class CandidateView(OfStudyForm):
    """What is said of one candidate."""

    candidate: str

    @property
    def heading(self) -> Text:  # type: ignore[override]  # the candidate says
        return self.name

    def prepare(self) -> None:
        super().prepare()
        self.candidate = str(self.kwargs["project_id"])
        self.name = dict(named_candidates(self.request.member)).get(self.candidate, "")
        if not self.name:
            raise Http404

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return CandidateForm(data, study=self.row, key=self.candidate)

    def save(self, form: Any) -> str:
        told = {**self.row.projects, self.candidate: form.told()}
        change_study(
            actor=self.request.member.actor, study=self.row, values={"projects": told}, version=form.read_version
        )
        return self.page_url()


class RuleCreateView(OfStudyForm):
    """Add a rule between two candidates."""

    heading = gettext_lazy("Ajouter une règle")

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return RuleForm(data, study=self.row, projects=named_candidates(self.request.member))

    def save(self, form: Any) -> str:
        add_rule(actor=self.request.member.actor, study=self.row, rule=form.rule(), version=form.read_version)
        return self.page_url()


class RuleRemoveView(OfStudy, RowActionView):
    """Take a rule away."""

    def fetch(self) -> OptimisationStudy:
        study = self.study()
        if self.number >= len(study.rules):
            raise Http404
        return study

    @property
    def number(self) -> int:
        """Which of them, from 0. 404 for what is no number."""
        text = self.kwargs["number"]
        if not text.isdecimal() or len(text) > 9:
            raise Http404
        return int(text)

    def act(self, row: OptimisationStudy) -> None:
        version = self.request.POST.get("version", "")
        remove_rule(
            actor=self.request.member.actor,
            study=row,
            number=self.number,
            version=int(version) if version.isdecimal() and len(version) < 10 else None,
        )

    def next_url(self, row: OptimisationStudy) -> str:
        return self.page_url()

    def said(self, row: OptimisationStudy) -> str:
        return _("La règle est retirée.")


class DuplicateView(OfStudy, RowActionView):
    """Ask the same question otherwise."""

    copy: OptimisationStudy

    def fetch(self) -> OptimisationStudy:
        return self.study()

    def act(self, row: OptimisationStudy) -> None:
        self.copy = duplicate_study(actor=self.request.member.actor, study=row)

    def next_url(self, row: OptimisationStudy) -> str:
        return reverse("optimisation:studies")

    def said(self, row: OptimisationStudy) -> str:
        return _("« %(name)s » est créée.") % {"name": self.copy}


class DeleteView(OfStudy, RowActionView):
    """Put a study in the bin."""

    def fetch(self) -> OptimisationStudy:
        return self.study()

    def act(self, row: OptimisationStudy) -> None:
        delete_study(actor=self.request.member.actor, study=row)

    def next_url(self, row: OptimisationStudy) -> str:
        return reverse("optimisation:studies")

    def said(self, row: OptimisationStudy) -> str:
        return _("« %(name)s » est supprimée.") % {"name": row}

    def undo_url(self, row: OptimisationStudy) -> str:
        return reverse("optimisation:restore", args=[row.pk])


class RestoreStudyView(OfStudy, RestoreView):
    """Bring a deleted study back."""

    def fetch(self) -> OptimisationStudy:
        rows = OptimisationStudy.everything.exclude(deleted_at=None)
        found: OptimisationStudy = get_object_or_404(rows, pk=self.kwargs["pk"])
        return found

    def act(self, row: OptimisationStudy) -> None:
        restore_study(actor=self.request.member.actor, study=row)
