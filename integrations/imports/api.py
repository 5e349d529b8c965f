"""Imports in the API: `/api/v1/imports/`. A file is sent, its preview comes back, it is run, it may be undone."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.imports.actions import bring_plan, bring_workbook, choose, start_import
from integrations.imports.models import Import, ImportKind
from integrations.imports.pages import imports_of, problem_lines
from integrations.imports.table_actions import bring_table, choose_mode
from integrations.imports.table_api import TableActions, table_json
from integrations.imports.undoing import conflicts_of, start_undo
from integrations.imports.workbook_changes import MAX_BYTES
from portfolio.people.models import Pole
from portfolio.projects.api_fields import VisibleProjectField
from tech4value.accounts.permissions import Permission
from tech4value.audit.undo import UndoRefusedError
from tech4value.web.api import ReadViewSet
from tech4value.web.api_parsers import JSONParser

KEPT = (
    "ok",
    "format",
    "certificate",
    "rows",
    "sheets",
    "new_poles",
    "new_programmes",
    "counts",
    "tasks",
    "gone",
    "left_out",
    "fields",
    "resources",
)
KEPT_OF_TABLES = ("may_skip", "skipped", "made", "fields", "sums", "samples")


class ConflictError(APIException):
    """409: others have worked on what the import wrote."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


@extend_schema_field(OpenApiTypes.UUID)
class PoleField(serializers.PrimaryKeyRelatedField):
    """The key of a pole of the tenant."""

    def get_queryset(self) -> QuerySet[Any]:
        """The poles of the tenant."""
        poles: QuerySet[Any] = Pole.objects.all()
        return poles


class ImportFileSerializer(serializers.Serializer[Any]):
    """A file to bring. For `mspdi`: an existing `project`, or the `code` and `pole` of a new one (and its `name`).
    For `table`: the `project` that its rows are of, if any; then say how it is read and what its columns are."""

    kind = serializers.ChoiceField(choices=ImportKind.choices)
    file = serializers.FileField(allow_empty_file=True)
    project = VisibleProjectField(permission=Permission.PLAN_VIEW, required=False, allow_null=True)
    code = serializers.CharField(max_length=20, required=False)
    name = serializers.CharField(max_length=160, required=False)
    pole = PoleField(required=False)


class ImportRunSerializer(serializers.Serializer[Any]):
    """For a plan: who its resources are (a person's key, "new" or "skip"), whether its dates are computed again.
    For a table: whether faulty rows are left aside, and whether it is a trial of which nothing is kept."""

    people = serializers.DictField(child=serializers.CharField(max_length=36), required=False)
    reschedule = serializers.BooleanField(required=False)
    skip_faulty = serializers.BooleanField(required=False)
    dry = serializers.BooleanField(required=False)


class ImportUndoSerializer(serializers.Serializer[Any]):
    """Whether what others have changed since is left as it is (`keep_changed`), rather than stopping the undo."""

    keep_changed = serializers.BooleanField(required=False, default=False)


class ProblemSerializer(serializers.Serializer[Any]):
    """One error or warning: where, what was found, what to do."""

    place = serializers.CharField()
    heading = serializers.CharField()
    value = serializers.CharField()
    detail = serializers.CharField(source="text")
    is_error = serializers.BooleanField()


class ImportSerializer(serializers.ModelSerializer[Import]):
    """An import. `preview` holds the counts, `problems` every error and warning, `result` what was written."""

    file = serializers.CharField(source="file.name", read_only=True)
    created_by = serializers.CharField(source="created_by.person_name", default="", read_only=True)
    table = serializers.SerializerMethodField()
    preview = serializers.SerializerMethodField()
    problems = serializers.SerializerMethodField()
    result = serializers.SerializerMethodField()

    class Meta:
        model = Import
        fields: tuple[str, ...] = (
            "id",
            "kind",
            "state",
            "file",
            "project",
            "job",
            "table",
            "preview",
            "problems",
            "result",
            "created_by",
            "created_at",
            "undone_at",
        )
        read_only_fields = fields

    def get_table(self, row: Import) -> dict[str, Any] | None:
        return table_json(row)

    def get_preview(self, row: Import) -> dict[str, Any]:
        return {name: row.preview[name] for name in (*KEPT, *KEPT_OF_TABLES) if name in row.preview}

    @extend_schema_field(ProblemSerializer(many=True))
    def get_problems(self, row: Import) -> list[dict[str, Any]]:
        return [dict(ProblemSerializer(line).data) for line in problem_lines(row)]

    def get_result(self, row: Import) -> dict[str, Any]:
        return {name: value for name, value in row.result.items() if name not in {"sources", "report"}}


class ImportListSerializer(ImportSerializer):
    """An import in the list, without its problems."""

    class Meta(ImportSerializer.Meta):
        fields = tuple(
            name for name in ImportSerializer.Meta.fields if name not in {"table", "preview", "problems", "result"}
        )
        read_only_fields = fields


class ImportViewSet(TableActions, ReadViewSet):
    """Files brought into the portfolio: preview, run, undo."""

    permission = Permission.IMPORT_RUN
    serializer_class = ImportSerializer
    http_method_names = ["get", "post", "head", "options"]
    parser_classes = [MultiPartParser, JSONParser]

    def rows(self) -> QuerySet[Any]:
        return imports_of(self.member)

    def get_serializer_class(self) -> Any:
        return ImportListSerializer if self.action == "list" else ImportSerializer

    @extend_schema(request={"multipart/form-data": ImportFileSerializer}, responses={201: ImportSerializer})
    def create(self, request: Request) -> Response:
        """Bring a file: what it would change, and every error with its cell. Nothing is written yet."""
        data = self.body(ImportFileSerializer)
        file = data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError({"file": _("Le fichier dépasse 20 Mo.")})
        given = {"actor": self.actor, "member": self.member, "name": file.name, "content": file.read()}
        if data["kind"] == ImportKind.WORKBOOK:
            row = bring_workbook(**given)
        elif data["kind"] == ImportKind.TABLE:
            project = data.get("project")
            row = bring_table(**given, project=str(project.pk) if project else "")
        else:
            row = bring_plan(**given, project=data.get("project"), new_project=_new_project(data))
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ImportRunSerializer, responses={202: ImportSerializer})
    @action(detail=True, methods=["post"])
    def run(self, request: Request, pk: str | None = None) -> Response:
        """Run an import that has no error; `job` tells how far it is."""
        row = self.get_object()
        chosen = self.body(ImportRunSerializer)
        if row.kind == ImportKind.MSPDI and chosen:
            choose(
                actor=self.actor,
                member=self.member,
                row=row,
                people=chosen.get("people", {}),
                reschedule=chosen.get("reschedule", bool(row.preview.get("reschedule"))),
            )
        if row.kind == ImportKind.TABLE:
            choose_mode(row=row, skip_faulty=chosen.get("skip_faulty", False), dry=chosen.get("dry", False))
        row = start_import(actor=self.actor, member=self.member, row=row)
        return Response(self.get_serializer(row).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(request=ImportUndoSerializer, responses={200: ImportSerializer})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str | None = None) -> Response:
        """Undo an import as a whole; 409 when others have worked on what it wrote, unless `keep_changed` leaves that.

        Demands the right to change every kind of row that the import wrote.
        """
        row = self.get_object()
        rest = self.body(ImportUndoSerializer)["keep_changed"]
        try:
            row = start_undo(actor=self.actor, member=self.member, row=row, rest=rest)
        except UndoRefusedError as error:
            names = ", ".join(
                f"{one['label']} ({', '.join(filter(None, (one['by'], one['import'])))})"
                for one in conflicts_of(error.conflicts[:20])
            )
            raise ConflictError(
                _("Rien n’a été annulé : ces éléments ont été modifiés depuis l’import : %(names)s.")
                % {"names": names}
            ) from error
        return Response(self.get_serializer(row).data)


def _new_project(data: dict[str, Any]) -> dict[str, str] | None:
    if data.get("project") is not None or not data.get("code") or not data.get("pole"):
        return None
    return {"code": data["code"].upper(), "name": data.get("name", ""), "pole": str(data["pole"].pk)}
