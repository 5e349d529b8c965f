"""Fields of the API that name a row which the caller may see: made at each request, within the tenant."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from portfolio.people.models import Person
from portfolio.projects.models import Project
from tech4value.accounts.permissions import Permission


@extend_schema_field(OpenApiTypes.UUID)
class VisibleProjectField(serializers.PrimaryKeyRelatedField):
    """The key of a project on which the caller holds `permission`; any other is an invalid key."""

    def __init__(self, *, permission: Permission = Permission.PROJECT_VIEW, **kwargs: Any) -> None:
        self.permission = permission
        super().__init__(**kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        """The projects that the caller may see."""
        member = self.context["request"]._request.member
        projects: QuerySet[Any] = Project.objects.visible_to(member, self.permission)
        return projects.select_related("manager", "sponsor")


@extend_schema_field(OpenApiTypes.UUID)
class PersonField(serializers.PrimaryKeyRelatedField):
    """The key of a person of the tenant."""

    def get_queryset(self) -> QuerySet[Any]:
        """The persons of the tenant."""
        persons: QuerySet[Any] = Person.objects.all()
        return persons
