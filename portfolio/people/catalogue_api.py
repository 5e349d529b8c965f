"""Profiles, skills, and who has them, in the API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from portfolio.people import profile_actions, skill_actions
from portfolio.people.api import STAMPS, RowField, unmoved
from portfolio.people.models import Person, PersonSkill, Profile, Skill
from tech4value.accounts.permissions import Permission
from tech4value.web.api import EditViewSet


class ProfileSerializer(serializers.ModelSerializer[Profile]):
    """A generic resource: a trade."""

    class Meta:
        model = Profile
        fields = ("id", "name", "description", *STAMPS)
        validators: list[Any] = []


class ProfileViewSet(EditViewSet):
    """The profiles of the organisation."""

    permission = Permission.PEOPLE_VIEW
    write_permission = Permission.ORGANISATION_EDIT
    serializer_class = ProfileSerializer

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Profile.objects.all()
        return rows

    def perform_creation(self, data: dict[str, Any]) -> Profile:
        return profile_actions.create_profile(actor=self.actor, **data)

    def perform_change(self, row: Profile, data: dict[str, Any], version: int | None) -> None:
        profile_actions.change_profile(actor=self.actor, profile=row, values=data, version=version)

    def perform_deletion(self, row: Profile) -> None:
        profile_actions.delete_profile(actor=self.actor, profile=row)


class SkillSerializer(serializers.ModelSerializer[Skill]):
    """Something that people know how to do."""

    class Meta:
        model = Skill
        fields = ("id", "name", "description", *STAMPS)
        validators: list[Any] = []


class SkillViewSet(EditViewSet):
    """The skills of the organisation."""

    permission = Permission.PEOPLE_VIEW
    write_permission = Permission.ORGANISATION_EDIT
    serializer_class = SkillSerializer

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Skill.objects.all()
        return rows

    def perform_creation(self, data: dict[str, Any]) -> Skill:
        return skill_actions.create_skill(actor=self.actor, **data)

    def perform_change(self, row: Skill, data: dict[str, Any], version: int | None) -> None:
        skill_actions.change_skill(actor=self.actor, skill=row, values=data, version=version)

    def perform_deletion(self, row: Skill) -> None:
        skill_actions.delete_skill(actor=self.actor, skill=row)


class PersonSkillSerializer(serializers.ModelSerializer[PersonSkill]):
    """A skill of a person; `level` from 1 (notions) to 5 (expert)."""

    person = RowField(Person)
    skill = RowField(Skill)

    class Meta:
        model = PersonSkill
        fields = ("id", "person", "skill", "level", *STAMPS)
        validators: list[Any] = []


class PersonSkillFilter(django_filters.FilterSet):
    """Which: of a person, of a skill."""

    person = django_filters.UUIDFilter(field_name="person_id")
    skill = django_filters.UUIDFilter(field_name="skill_id")

    class Meta:
        model = PersonSkill
        fields: tuple[str, ...] = ()


class PersonSkillViewSet(EditViewSet):
    """Who has which skill."""

    permission = Permission.PEOPLE_VIEW
    write_permission = Permission.PEOPLE_EDIT
    serializer_class = PersonSkillSerializer
    filterset_class = PersonSkillFilter

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = PersonSkill.objects.filter(person__deleted_at=None, skill__deleted_at=None)
        return rows

    def perform_creation(self, data: dict[str, Any]) -> PersonSkill:
        return skill_actions.give_skill(actor=self.actor, **{"level": 3, **data})

    def perform_change(self, row: PersonSkill, data: dict[str, Any], version: int | None) -> None:
        unmoved(row, data, "person")
        unmoved(row, data, "skill")
        skill_actions.change_level(actor=self.actor, held=row, values=data, version=version)

    def perform_deletion(self, row: PersonSkill) -> None:
        skill_actions.take_skill(actor=self.actor, held=row)
