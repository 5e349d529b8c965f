"""The roll-up that dashboards read: one row a project, kept in step with its facts in their own transaction."""

from django.db import models

from portfolio.projects.models import Project
from tech4value.tenancy.models import TenantModel


class ProjectFacts(TenantModel):
    """Sums and extremes of one project, that do not depend on today's date."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="facts")
    weather = models.CharField(max_length=8, blank=True)
    trend = models.CharField(max_length=5, blank=True)
    reported_on = models.DateField(null=True)
    planned = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    committed = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    actual = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    forecast = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    tasks = models.PositiveIntegerField(default=0)
    percent_complete = models.DecimalField(max_digits=5, decimal_places=4, default=0)
    plan_ends_at = models.DateField(null=True)
    milestones = models.PositiveIntegerField(default=0)
    milestones_met = models.PositiveIntegerField(default=0)
    open_risks = models.PositiveIntegerField(default=0)
    top_risk_score = models.PositiveSmallIntegerField(default=0)
    refreshed_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return str(self.project)
