"""The critical path of the portfolio in the API: `/api/v1/portfolio-critical-path/`."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from portfolio.planning.api_fields import WallClock
from portfolio.planning.portfolio_path import Answer, Target, asked_target, path_for, start_path
from portfolio.planning.portfolio_words import chain_lines, standings
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.jobs.models import Job, JobState
from tech4value.web.api import MemberViewSet


class PathStepSerializer(serializers.Serializer[Any]):
    """One task of the chain that decides the end, with its float in working days."""

    project = serializers.UUIDField(source="step.project.pk")
    task = serializers.UUIDField(source="step.task.pk")
    name = serializers.CharField(source="step.name")
    starts_at = WallClock(source="step.starts_at")
    ends_at = WallClock(source="step.ends_at")
    reason = serializers.CharField(source="step.reason")
    float_days = serializers.FloatField(allow_null=True)
    sentences = serializers.ListField(source="step.sentences", child=serializers.CharField())


class ProjectSlackSerializer(serializers.Serializer[Any]):
    """A project: how many working days it may slip without moving the end (null: it does not lead there)."""

    project = serializers.UUIDField(source="project.pk")
    code = serializers.CharField(source="project.code")
    ends_at = WallClock(source="standing.ends_at")
    slack_days = serializers.FloatField(allow_null=True)
    critical_tasks = serializers.IntegerField(source="standing.critical")


class PathJobSerializer(serializers.ModelSerializer[Job]):
    """The run of a large portfolio."""

    state = serializers.ChoiceField(choices=JobState.choices, read_only=True)

    class Meta:
        model = Job
        fields = ("id", "state", "message", "created_at", "finished_at")
        read_only_fields = fields


class PortfolioPathSerializer(serializers.Serializer[Any]):
    """The critical path, and what it was computed of. `large`: it takes a run, asked for by POST; `stale`: plans have
    changed since. The rest is null before the first run. `critical_tasks` has at most 5,000 keys."""

    large = serializers.BooleanField()
    stale = serializers.BooleanField()
    job = PathJobSerializer(allow_null=True)
    computed_at = serializers.DateTimeField(source="path.computed_at", allow_null=True, default=None)
    projects = serializers.IntegerField(source="path.projects", allow_null=True, default=None)
    tasks = serializers.IntegerField(source="path.tasks", allow_null=True, default=None)
    links = serializers.IntegerField(source="path.links", allow_null=True, default=None)
    links_across = serializers.IntegerField(source="path.across", allow_null=True, default=None)
    finish = WallClock(source="path.finish", allow_null=True, default=None)
    critical_count = serializers.IntegerField(source="path.critical_count", allow_null=True, default=None)
    critical_tasks = serializers.ListField(
        source="path.critical", child=serializers.UUIDField(), allow_null=True, default=None
    )
    chain = PathStepSerializer(many=True)
    slack = ProjectSlackSerializer(many=True)


class PathFilter(django_filters.FilterSet):
    """Where the path leads: the end of a programme, or a milestone (the key of a task); else the portfolio's end."""

    programme = django_filters.UUIDFilter(method="kept")
    milestone = django_filters.UUIDFilter(method="kept")

    class Meta:
        model = Project
        fields: tuple[str, ...] = ()

    def kept(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """The projects stay: the path goes through all of them."""
        return queryset


class PortfolioPathViewSet(MemberViewSet):
    """The critical path of the plans that the caller may see, dated as one network."""

    permission = Permission.PLAN_VIEW
    serializer_class = PortfolioPathSerializer
    filterset_class = PathFilter
    pagination_class = None

    def get_queryset(self) -> QuerySet[Any]:
        """The projects whose plans the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return QuerySet(Project).none()
        projects: QuerySet[Any] = Project.objects.visible_to(self.member, Permission.PLAN_VIEW)
        return projects

    @extend_schema(responses=PortfolioPathSerializer)
    def list(self, request: Request) -> Response:
        """One answer, not a page of rows: what is known now."""
        return Response(described(path_for(self.member, self._target()), self.member))

    @extend_schema(request=None, responses={202: PortfolioPathSerializer})
    def create(self, request: Request) -> Response:
        """Have the path of a large portfolio computed; the run that is already at it, if any."""
        if not self.member.can(Permission.JOB_VIEW):
            raise PermissionDenied
        target = self._target()
        answer = path_for(self.member, target)
        if answer.large:
            answer = Answer(answer.path, answer.stale, True, start_path(self.member, target))
        return Response(described(answer, self.member), status=status.HTTP_202_ACCEPTED)

    def _target(self) -> Target:
        self.filter_queryset(self.get_queryset())  # 400 for what is no key
        programme, milestone = (self.request.query_params.get(name, "") for name in ("programme", "milestone"))
        target = asked_target(self.member, programme, milestone)
        if (programme or milestone) and not target.key:
            raise NotFound
        return target


def described(answer: Answer, member: Membership) -> Any:
    """What is known, as the API shows it to `member`."""
    path = answer.path
    said = {
        "large": answer.large,
        "stale": answer.stale,
        "job": answer.job,
        "path": path,
        "chain": [] if path is None else chain_lines(path, member),
        "slack": [] if path is None else standings(path, member),
    }
    return PortfolioPathSerializer(said).data
