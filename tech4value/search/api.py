"""The search in the API: `/api/v1/search/?q=`. Read only."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from tech4value.accounts.permissions import Permission
from tech4value.search import registry
from tech4value.search.queries import LIMIT, search, sight_of
from tech4value.search.words import QUERY_LENGTH, query_words

MOST = 100


class SearchQuery(serializers.Serializer[Any]):
    """What is asked: words (`q`), one `kind` of row or all, at most how many (`limit`)."""

    q = serializers.CharField(max_length=QUERY_LENGTH)
    kind = serializers.CharField(required=False, max_length=20)
    limit = serializers.IntegerField(required=False, default=LIMIT, min_value=1, max_value=MOST)

    def validate_q(self, value: str) -> str:
        if not query_words(value):
            raise serializers.ValidationError(_("Écrivez au moins une lettre ou un chiffre."))
        return value

    def validate_kind(self, value: str) -> str:
        if registry.kind_named(value) is None:
            known = ", ".join(one.kind for one in registry.kinds())
            raise serializers.ValidationError(
                _("« %(kind)s » n’est pas une nature d’objet. Choisissez parmi : %(known)s.")
                % {"kind": value, "known": known}
            )
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        unknown = sorted(set(self.initial_data) - set(self.fields))
        if unknown:
            raise serializers.ValidationError(
                {name: _("Ce filtre n’existe pas. Les filtres sont : q, kind, limit.") for name in unknown}
            )
        return attrs


class FoundSerializer(serializers.Serializer[Any]):
    """A row that answers. `match`: exact_code, starts, title or detail, from the best; `url` is its page."""

    id = serializers.UUIDField()
    kind = serializers.CharField(source="kind.kind")
    title = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()
    project = serializers.UUIDField(source="project_id", allow_null=True)
    match = serializers.SerializerMethodField()
    url = serializers.CharField()
    updated_at = serializers.DateTimeField()

    def get_match(self, found: Any) -> str:
        return str(found.match.name.lower())


class SearchViewSet(ViewSet):
    """Rows whose words begin with each word asked, accents and case ignored, the best first."""

    permission = Permission.SELF

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, description="1-200 characters", required=True),
            OpenApiParameter("kind", str, description="project, person, task…", required=False),
            OpenApiParameter("limit", int, description=f"1-{MOST}", required=False),
        ],
        responses=FoundSerializer(many=True),
    )
    def list(self, request: Any) -> Response:
        """What the caller may see and nothing else."""
        asked = SearchQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        kinds = {data["kind"]} if "kind" in data else None
        found = search(sight_of(request._request.member, kinds), data["q"], limit=data["limit"], of_kind=MOST)
        return Response(FoundSerializer(found, many=True).data)
