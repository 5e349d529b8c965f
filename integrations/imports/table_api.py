"""Tables in the API: how the file is read, what its columns are, the report of a run."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.imports.custom_columns import CustomColumns
from integrations.imports.domain.conventions import DateOrder, Unit
from integrations.imports.domain.delimited import ENCODINGS, SEPARATORS
from integrations.imports.domain.table_targets import AMOUNTS, MONTHLY, TARGETS
from integrations.imports.domain.tables import CSV, ReadingChoices
from integrations.imports.models import Import, ImportKind
from integrations.imports.table_actions import choose_columns, read_again
from integrations.imports.table_settings import ColumnChoice, TableSettings
from portfolio.projects.api_fields import VisibleProjectField
from tech4value.accounts.permissions import Permission

TARGET_KEYS = [target.key for target in TARGETS]


class TableReadingSerializer(serializers.Serializer[Any]):
    """How the file is read; what is not given stays as it was guessed. `header_row` counts from 1."""

    target = serializers.ChoiceField(choices=TARGET_KEYS, required=False)
    sheet = serializers.CharField(max_length=100, required=False)
    header_row = serializers.IntegerField(min_value=1, max_value=1000, required=False)
    encoding = serializers.ChoiceField(choices=list(ENCODINGS), required=False)
    separator = serializers.ChoiceField(choices=list(SEPARATORS), required=False)
    skip_hidden = serializers.BooleanField(required=False)
    skip_totals = serializers.BooleanField(required=False)


class TableColumnSerializer(serializers.Serializer[Any]):
    """A column by its index from 0; `field` is one of `table.fields`, `unit` what its bare numbers count."""

    index = serializers.IntegerField(min_value=0, max_value=999)
    field = serializers.CharField(max_length=60)
    unit = serializers.ChoiceField(choices=[str(unit) for unit in Unit], required=False)


class TableColumnsSerializer(serializers.Serializer[Any]):
    """What the columns are and how values are written; what is not given stays as it was guessed."""

    columns = TableColumnSerializer(many=True, required=False)
    fixed = serializers.DictField(child=serializers.CharField(max_length=200), required=False)
    key = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=5)
    project = VisibleProjectField(permission=Permission.PROJECT_VIEW, required=False, allow_null=True)
    date_order = serializers.ChoiceField(choices=[str(order) for order in DateOrder], required=False)
    decimal = serializers.ChoiceField(choices=[",", "."], required=False)
    clear_empty = serializers.BooleanField(required=False)
    create_unknown = serializers.BooleanField(required=False)
    remember_as = serializers.CharField(max_length=120, required=False)


def fields_of_table(settings: TableSettings) -> list[str]:
    """What a column of the table may be."""
    keys = [*(column.key for column in settings.spec.sheet.columns), *CustomColumns(settings.spec).fields]
    return [*keys, *(f"{key}{MONTHLY}" for key in AMOUNTS if settings.target == "budget")]


def table_json(row: Import) -> dict[str, Any] | None:
    """What is known and chosen of a table; None for another kind of import."""
    if row.kind != ImportKind.TABLE or "facts" not in row.settings:
        return None
    settings, facts = TableSettings.from_json(row.settings), row.settings["facts"]
    said = settings.to_json()
    columns = [{"index": index, "field": one.field, "unit": one.unit} for index, one in settings.columns.items()]
    return said | {
        "columns": columns,
        "headings": facts["headings"],
        "sheets": facts["sheets"],
        "rows": facts["rows"],
        "hidden_rows": facts["hidden"],
        "total_rows": facts["totals_count"],
        "fields": fields_of_table(settings),
        "chosen": bool(row.settings.get("chosen")),
    }


class TableActions:
    """The verbs of a table, beside those of any import."""

    def _table(self) -> Import:
        row: Import = self.get_object()  # type: ignore[attr-defined]  # of the viewset
        if row.kind != ImportKind.TABLE or "facts" not in row.settings:
            raise serializers.ValidationError({"kind": [_("Cet import n’est pas un tableau qui se lit par étapes.")]})
        return row

    @extend_schema(request=TableReadingSerializer)
    @action(detail=True, methods=["post"])
    def reading(self, request: Request, pk: str | None = None) -> Response:
        """Read a table in another way, or as another target; its columns are guessed anew."""
        row = self._table()
        settings = TableSettings.from_json(row.settings)
        data = self.body(TableReadingSerializer)  # type: ignore[attr-defined]  # of the viewset
        target = data.pop("target", settings.target)
        if row.settings["facts"]["kind"] == CSV:
            data.pop("sheet", None)
        else:
            data = {name: value for name, value in data.items() if name not in {"encoding", "separator"}}
        reading = ReadingChoices(**(settings.to_json()["reading"] | data))
        row = read_again(member=self.member, row=row, reading=reading, target=target)  # type: ignore[attr-defined]  # of the viewset
        return Response(self.get_serializer(row).data)  # type: ignore[attr-defined]  # of the viewset

    @extend_schema(request=TableColumnsSerializer)
    @action(detail=True, methods=["post"])
    def columns(self, request: Request, pk: str | None = None) -> Response:
        """Say what the columns are; the preview follows, at once or by `job` when the table is large."""
        row = self._table()
        data = self.body(TableColumnsSerializer)  # type: ignore[attr-defined]  # of the viewset
        settings = TableSettings.from_json(row.settings)
        known = set(fields_of_table(settings))
        indexes = {one["index"] for one in row.settings["facts"]["headings"]}
        said: dict[str, Any] = {
            name: data[name] for name in data if name not in {"columns", "project", "remember_as"}
        }
        if "columns" in data:
            for one in data["columns"]:
                if one["field"] not in known or one["index"] not in indexes:
                    message = _("La colonne %(index)s ou le champ « %(field)s » n’existe pas.")
                    raise serializers.ValidationError({"columns": [message % one]})
            chosen = {one["index"]: ColumnChoice(one["field"], one.get("unit", "")) for one in data["columns"]}
            said["columns"] = {str(index): {"field": one.field, "unit": one.unit} for index, one in chosen.items()}
        if "project" in data:
            said["project"] = str(data["project"].pk) if data["project"] else ""
        if "key" in said and tuple(said["key"]) not in settings.spec.keys:
            choices = "; ".join(", ".join(key) for key in settings.spec.keys)
            raise serializers.ValidationError({"key": [_("La clé est l’une de : %(keys)s.") % {"keys": choices}]})
        if unknown := sorted(set(said.get("fixed", {})) - known):
            message = _("Aucun champ ne s’appelle « %(field)s ».")
            raise serializers.ValidationError({"fixed": [message % {"field": unknown[0]}]})
        settings = TableSettings.from_json(settings.to_json() | said)
        choose_columns(
            actor=self.actor,  # type: ignore[attr-defined]  # of the viewset
            member=self.member,  # type: ignore[attr-defined]  # of the viewset
            row=row,
            settings=settings,
            remember_as=data.get("remember_as", ""),
        )
        return Response(self.get_serializer(row).data)  # type: ignore[attr-defined]  # of the viewset

    @extend_schema(request=None, responses={200: dict[str, Any]})
    @action(detail=True, methods=["get"])
    def report(self, request: Request, pk: str | None = None) -> Response:
        """The reconciliation of a table: rows, sums in the file and as written, fields changed, refused rows."""
        row = self._table()
        found = row.result.get("report") or row.preview
        if not found:
            return Response({"counts": None})
        return Response(
            {name: found[name] for name in ("rows", "counts", "skipped", "sums", "fields", "made") if name in found}
            | {"dry": row.result.get("dry", not row.result), "refused_files": row.result.get("refused_files", {})}
        )
