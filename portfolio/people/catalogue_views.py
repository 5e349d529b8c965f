"""Screens of the two catalogues: profiles and skills, and the skills of a person."""

from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.people import profile_actions, skill_actions
from portfolio.people.forms import HeldForm, LevelForm, ProfileForm, VersionedForm, initial_of
from portfolio.people.models import Person, PersonSkill, Profile, Skill
from portfolio.people.pages import RestoreView, RowActionView, RowFormView
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today
from tech4value.web.views import MemberView


def _here(prefix: str) -> Q:
    """The persons who are still here, in the bin left out."""
    left = f"{prefix}left_on"
    return Q(**{f"{prefix}deleted_at": None}) & (Q(**{left: None}) | Q(**{f"{left}__gte": today()}))


class ProfilesView(MemberView):
    """The profiles, and how many have each."""

    permission = Permission.PEOPLE_VIEW

    def get(self, request: MemberRequest) -> HttpResponse:
        rows = Profile.objects.annotate(people=Count("persons", filter=_here("persons__")))
        context = {"rows": rows, "may_edit": request.member.can(Permission.ORGANISATION_EDIT)}
        return render(request, "portfolio/people/profiles.html", context)


class SkillsView(MemberView):
    """The skills, how many have each, and how many alone."""

    permission = Permission.PEOPLE_VIEW

    def get(self, request: MemberRequest) -> HttpResponse:
        here = Q(persons__deleted_at=None) & _here("persons__person__")
        rows = Skill.objects.annotate(
            people=Count("persons", filter=here), able=Count("persons", filter=here & Q(persons__level__gte=3))
        )
        context = {"rows": rows, "may_edit": request.member.can(Permission.ORGANISATION_EDIT)}
        return render(request, "portfolio/people/skills.html", context)


class CatalogueFormView(RowFormView):
    """What profiles and skills share."""

    permission = Permission.ORGANISATION_EDIT
    list_name: ClassVar[str]

    def make_form(self, data: Any = None, files: Any = None) -> ProfileForm:
        return ProfileForm(data, initial=None if self.row is None else initial_of(self.row, ProfileForm))

    def back_url(self) -> str:
        return reverse(self.list_name)


class ProfileCreateView(CatalogueFormView):
    list_name = "people:profiles"
    heading = gettext_lazy("Créer un profil")
    button = gettext_lazy("Créer le profil")

    def save(self, form: ProfileForm) -> str:
        profile_actions.create_profile(actor=self.request.member.actor, **form.values)
        return self.back_url()


class ProfileEditView(CatalogueFormView):
    list_name = "people:profiles"
    heading = gettext_lazy("Modifier le profil")
    button = gettext_lazy("Enregistrer")

    def prepare(self) -> None:
        self.row = get_object_or_404(Profile, pk=self.kwargs["pk"])

    def delete_url(self) -> str:
        return reverse("people:profile_delete", args=[self.kwargs["pk"]])

    def save(self, form: ProfileForm) -> str:
        profile_actions.change_profile(
            actor=self.request.member.actor, profile=self.row, values=form.values, version=form.read_version
        )
        return self.back_url()


class SkillCreateView(CatalogueFormView):
    list_name = "people:skills"
    heading = gettext_lazy("Créer une compétence")
    button = gettext_lazy("Créer la compétence")

    def save(self, form: ProfileForm) -> str:
        skill_actions.create_skill(actor=self.request.member.actor, **form.values)
        return self.back_url()


class SkillEditView(CatalogueFormView):
    list_name = "people:skills"
    heading = gettext_lazy("Modifier la compétence")
    button = gettext_lazy("Enregistrer")

    def prepare(self) -> None:
        self.row = get_object_or_404(Skill, pk=self.kwargs["pk"])

    def delete_url(self) -> str:
        return reverse("people:skill_delete", args=[self.kwargs["pk"]])

    def save(self, form: ProfileForm) -> str:
        skill_actions.change_skill(
            actor=self.request.member.actor, skill=self.row, values=form.values, version=form.read_version
        )
        return self.back_url()


class ProfileDeleteView(RowActionView):
    permission = Permission.ORGANISATION_EDIT

    def fetch(self) -> Profile:
        return get_object_or_404(Profile, pk=self.kwargs["pk"])

    def act(self, row: Profile) -> None:
        profile_actions.delete_profile(actor=self.request.member.actor, profile=row)

    def next_url(self, row: Profile) -> str:
        return reverse("people:profiles")

    def said(self, row: Profile) -> str:
        return _("Le profil %(name)s a été supprimé.") % {"name": row.name}

    def undo_url(self, row: Profile) -> str:
        return reverse("people:profile_restore", args=[row.pk])


class ProfileRestoreView(RestoreView):
    permission = Permission.ORGANISATION_EDIT

    def fetch(self) -> Profile:
        return get_object_or_404(Profile.everything.filter(deleted_at__isnull=False), pk=self.kwargs["pk"])

    def act(self, row: Profile) -> None:
        profile_actions.restore_profile(actor=self.request.member.actor, profile=row)


class SkillDeleteView(RowActionView):
    permission = Permission.ORGANISATION_EDIT

    def fetch(self) -> Skill:
        return get_object_or_404(Skill, pk=self.kwargs["pk"])

    def act(self, row: Skill) -> None:
        skill_actions.delete_skill(actor=self.request.member.actor, skill=row)

    def next_url(self, row: Skill) -> str:
        return reverse("people:skills")

    def said(self, row: Skill) -> str:
        return _("La compétence %(name)s a été supprimée.") % {"name": row.name}

    def undo_url(self, row: Skill) -> str:
        return reverse("people:skill_restore", args=[row.pk])


class SkillRestoreView(RestoreView):
    permission = Permission.ORGANISATION_EDIT

    def fetch(self) -> Skill:
        return get_object_or_404(Skill.everything.filter(deleted_at__isnull=False), pk=self.kwargs["pk"])

    def act(self, row: Skill) -> None:
        skill_actions.restore_skill(actor=self.request.member.actor, skill=row)


class HeldFormView(RowFormView):
    """What giving a skill and changing its level share."""

    permission = Permission.PEOPLE_EDIT

    @cached_property
    def person(self) -> Person:
        if self.row is not None:
            return self.row.person
        return get_object_or_404(Person, pk=self.kwargs["pk"])

    def back_url(self) -> str:
        return reverse("people:person", args=[self.person.pk])

    def about(self) -> str:
        return self.person.name


class HeldCreateView(HeldFormView):
    heading = gettext_lazy("Ajouter une compétence")
    button = gettext_lazy("Ajouter la compétence")

    def prepare(self) -> None:
        self.person  # noqa: B018 - 404 before anything is drawn

    def make_form(self, data: Any = None, files: Any = None) -> VersionedForm:
        return HeldForm(data)

    def save(self, form: HeldForm) -> str:
        skill_actions.give_skill(actor=self.request.member.actor, person=self.person, **form.values)
        return self.back_url()


class HeldEditView(HeldFormView):
    heading = gettext_lazy("Modifier le niveau")
    button = gettext_lazy("Enregistrer")

    def prepare(self) -> None:
        rows = PersonSkill.objects.select_related("person", "skill").filter(person__deleted_at=None)
        self.row = get_object_or_404(rows, pk=self.kwargs["pk"])

    def about(self) -> str:
        return f"{self.person.name} · {self.row.skill.name}"

    def make_form(self, data: Any = None, files: Any = None) -> VersionedForm:
        return LevelForm(data, initial=initial_of(self.row, LevelForm))

    def delete_url(self) -> str:
        return reverse("people:held_delete", args=[self.kwargs["pk"]])

    def save(self, form: LevelForm) -> str:
        skill_actions.change_level(
            actor=self.request.member.actor, held=self.row, values=form.values, version=form.read_version
        )
        return self.back_url()


class HeldDeleteView(RowActionView):
    permission = Permission.PEOPLE_EDIT

    def fetch(self) -> PersonSkill:
        rows = PersonSkill.objects.select_related("person", "skill").filter(person__deleted_at=None)
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def act(self, row: PersonSkill) -> None:
        skill_actions.take_skill(actor=self.request.member.actor, held=row)

    def next_url(self, row: PersonSkill) -> str:
        return reverse("people:person", args=[row.person_id])

    def said(self, row: PersonSkill) -> str:
        return _("La compétence %(skill)s a été retirée à %(name)s.") % {
            "skill": row.skill.name,
            "name": row.person.name,
        }

    def undo_url(self, row: PersonSkill) -> str:
        return reverse("people:held_restore", args=[row.pk])


class HeldRestoreView(RestoreView):
    permission = Permission.PEOPLE_EDIT

    def fetch(self) -> PersonSkill:
        rows = PersonSkill.everything.filter(deleted_at__isnull=False).select_related("person", "skill")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def act(self, row: PersonSkill) -> None:
        skill_actions.restore_held(actor=self.request.member.actor, held=row)
