"""The roll-up of load, kept in step with assignments in their own transaction."""

from django.db import models

from portfolio.people.models import Person
from portfolio.projects.models import Project
from tech4value.tenancy.models import TenantModel


class LoadMonth(TenantModel):
    """Working minutes that assignments of a project ask of a person in a month (its first day)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    month = models.DateField()
    minutes = models.PositiveIntegerField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "project", "person", "month"], name="load_month_once")
        ]
        indexes = [models.Index(fields=["tenant", "month"], name="load_month_month")]

    def __str__(self) -> str:
        return f"{self.person} {self.month}"
