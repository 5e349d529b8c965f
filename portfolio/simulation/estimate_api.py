"""What is uncertain in plans, in the API: `/api/v1/estimates/`, `/estimate-classes/`, `/simulation-settings/`."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from portfolio.planning.api_fields import PlanViewSet, TaskField, visible
from portfolio.planning.models import Task
from portfolio.projects.access import demand, demand_all
from portfolio.projects.models import Project
from portfolio.simulation import actions
from portfolio.simulation.actions import POINTS, project_day
from portfolio.simulation.models import EstimateClass, SimulationSettings, TaskEstimate
from tech4value.accounts.permissions import Permission
from tech4value.audit.writing import StaleVersionError
from tech4value.web.api import ChangeViewSet, EditViewSet
from tech4value.web.api_bulk import checked_rows

# By the action's name, the API's: days there, working minutes here, as in the rest of the API.
FIELDS: Final = {name: f"{name}_minutes" for name in POINTS}


class EstimateClassField(serializers.PrimaryKeyRelatedField):
    """The key of a live class of tasks."""

    def get_queryset(self) -> QuerySet[Any]:
        """The classes of the organisation."""
        rows: QuerySet[Any] = EstimateClass.objects.all()
        return rows


class EstimateClassSerializer(serializers.ModelSerializer[EstimateClass]):
    """Three points for the tasks of one kind, as shares of their planned duration (1 is what is planned)."""

    class Meta:
        model = EstimateClass
        fields = ("id", "name", *POINTS, "version", "created_at", "updated_at")
        # The action refuses a name that is taken, in a sentence.
        validators: list[Any] = []


class EstimateClassViewSet(EditViewSet):
    """The classes of the organisation, for all its projects."""

    permission = Permission.PLAN_VIEW
    write_permission = Permission.ORGANISATION_EDIT
    serializer_class = EstimateClassSerializer

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = EstimateClass.objects.all()
        return rows

    def perform_creation(self, data: dict[str, Any]) -> EstimateClass:
        return actions.create_class(actor=self.actor, **data)

    def perform_change(self, row: EstimateClass, data: dict[str, Any], version: int | None) -> None:
        actions.change_class(actor=self.actor, row=row, values=data, version=version)

    def perform_deletion(self, row: EstimateClass) -> None:
        actions.delete_class(actor=self.actor, row=row)


class EstimateSerializer(serializers.ModelSerializer[TaskEstimate]):
    """What is said of one task: its class, or three durations of its own in working minutes."""

    project = serializers.PrimaryKeyRelatedField(read_only=True)  # type: ignore[var-annotated]  # read only
    task = TaskField()
    estimate_class = EstimateClassField(required=False, allow_null=True)

    class Meta:
        model = TaskEstimate
        fields = (
            "id", "project", "task", "estimate_class", *FIELDS.values(), "version", "created_at", "updated_at",
        )  # fmt: skip
        validators: list[Any] = []


class EstimateEntrySerializer(EstimateSerializer):
    """One task of many; `version` is the one that was read of its estimate, 0 when it had none."""

    version = serializers.IntegerField(required=False, min_value=0)

    class Meta(EstimateSerializer.Meta):
        fields = ("task", "estimate_class", *FIELDS.values(), "version")


class EstimateEntriesSerializer(serializers.Serializer[Any]):
    """1 to 1 000 tasks."""

    rows = EstimateEntrySerializer(many=True)


class EstimatesAnswerSerializer(serializers.Serializer[Any]):
    """How many estimates differ from before, and all of them."""

    count = serializers.IntegerField()
    rows = EstimateSerializer(many=True)


class EstimateViewSet(PlanViewSet):
    """Estimates by task. A task without any takes the default class of its project."""

    serializer_class = EstimateSerializer

    def rows(self) -> QuerySet[Any]:
        return visible(self.member, TaskEstimate).select_related("task")

    def perform_creation(self, data: dict[str, Any]) -> TaskEstimate:
        made: Any = self.perform_creations([data])[0]
        return TaskEstimate.objects.get(pk=made.pk)

    def perform_creations(self, rows: list[dict[str, Any]]) -> list[Model]:
        tasks = [row["task"] for row in rows]
        demand_all(self.member, Permission.PLAN_EDIT, [task.project for task in tasks])
        if len({task.pk for task in tasks}) < len(rows) or TaskEstimate.objects.filter(task__in=tasks).exists():
            raise ValidationError({"task": _("Cette tâche a déjà une estimation : modifiez celle-ci.")})
        if not all(any(row.get(name) is not None for name in ("estimate_class", *FIELDS.values())) for row in rows):
            raise ValidationError({"estimate_class": _("Donnez une classe, ou les trois durées.")})
        self._write(rows, one=len(rows) == 1)
        return self._of(tasks)

    def perform_change(self, row: TaskEstimate, data: dict[str, Any], version: int | None) -> None:
        self.demand(row.project)
        self.fixed(row, data, "task")
        held = {name: getattr(row, name) for name in ("estimate_class", *FIELDS.values())}
        self._write([{**held, **data, "task": row.task, "version": version}], one=True)
        row.refresh_from_db()

    def perform_deletion(self, row: TaskEstimate) -> None:
        self.demand(row.project)
        actions.delete_estimate(actor=self.actor, row=row)

    @extend_schema(request=EstimateEntriesSerializer, responses=EstimatesAnswerSerializer, filters=False)
    @action(detail=False, methods=["post"], url_path="set", pagination_class=None)
    def set_many(self, request: Request) -> Response:
        """Say what is known of many tasks, estimated already or not, as the table of estimates does: all or none."""
        serializer = EstimateEntrySerializer(context=self.get_serializer_context())
        rows = checked_rows(serializer, request.data)
        tasks = [row["task"] for row in rows]
        demand_all(self.member, Permission.PLAN_EDIT, [task.project for task in tasks])
        count = self._write(rows)
        shown = self.get_serializer(self._of(tasks), many=True).data
        return Response({"count": count, "rows": shown})

    def _of(self, tasks: Sequence[Task]) -> list[Model]:
        """The estimates of `tasks`, in their order."""
        found = {row.task_id: row for row in self.rows().filter(task__in=tasks)}
        return [found[task.pk] for task in tasks if task.pk in found]

    def _write(self, rows: Sequence[Mapping[str, Any]], *, one: bool = False) -> int:
        """Set what the rows say, project by project. Raises ValidationError by row, or by field for `one`."""
        by_project: dict[Project, dict[Any, dict[str, Any]]] = {}
        for row in rows:
            project = row["task"].project
            by_project.setdefault(project, {})[row["task"].pk] = dict(row)
        count = 0
        for project, entries in by_project.items():
            day = project_day(project)
            for entry in entries.values():
                for name, field in FIELDS.items():
                    minutes = entry.get(field)
                    entry[name] = None if minutes is None else Decimal(minutes) / day
            try:
                count += actions.set_estimates(actor=self.actor, project=project, entries=entries)
            except StaleVersionError:
                raise
            except ValidationError as error:
                raise _by_row(error, [str(row["task"].pk) for row in rows], one=one) from error
        return count


def _by_row(error: ValidationError, keys: Sequence[str], *, one: bool) -> Exception:
    """An action's errors, by `<task>-<field>`, where the body has them."""
    found: dict[Any, dict[str, list[str]]] = {}
    for name, messages in error.message_dict.items():
        key, _dash, field = name.rpartition("-")
        found.setdefault(keys.index(key), {})[FIELDS.get(field, field)] = messages
    return ValidationError(found[0]) if one else serializers.ValidationError({"rows": {**found}})


class SimulationSettingsSerializer(serializers.ModelSerializer[SimulationSettings]):
    """How a project is simulated; `version` is 0 as long as nobody has changed the defaults."""

    project = serializers.PrimaryKeyRelatedField(read_only=True)  # type: ignore[var-annotated]  # read only
    default_class = EstimateClassField(required=False, allow_null=True)

    class Meta:
        model = SimulationSettings
        fields = ("project", "default_class", "law", "correlation_by", "correlation", "runs", "seed", "version")


class SimulationSettingsViewSet(ChangeViewSet):
    """How projects are simulated: found by the project's key, listed when somebody has changed the defaults."""

    permission = Permission.PLAN_VIEW
    serializer_class = SimulationSettingsSerializer

    def rows(self) -> QuerySet[Any]:
        return visible(self.member, SimulationSettings)

    def get_object(self) -> SimulationSettings:
        projects = Project.objects.visible_to(self.member, Permission.PLAN_VIEW)
        project = get_object_or_404(projects.select_related("manager", "sponsor"), pk=self.kwargs["pk"])
        row = SimulationSettings.objects.filter(project=project).first()
        return row or SimulationSettings(project=project, version=0)

    def perform_change(self, row: SimulationSettings, data: dict[str, Any], version: int | None) -> Model:
        demand(self.member, Permission.PLAN_EDIT, row.project)
        return actions.change_settings(actor=self.actor, project=row.project, values=data, version=version)
