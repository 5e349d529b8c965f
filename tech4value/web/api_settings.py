"""Settings of which an organisation has one row at most: read and changed at an address without a key.

path("return-settings/", ReturnSettingsViewSet.as_view({"get": "retrieve", "patch": "partial_update"}), …)
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from tech4value.tenancy.models import EditableModel
from tech4value.web.api import MemberViewSet

View = TypeVar("View", bound="type[SettingsViewSet]")


def settings_schema(serializer: type[Any], name: str) -> Callable[[View], View]:
    """Describe both verbs in the OpenAPI document."""
    decorate: Callable[[View], View] = extend_schema_view(
        retrieve=extend_schema(responses=serializer, operation_id=f"{name}_retrieve"),
        partial_update=extend_schema(request=serializer, responses=serializer, operation_id=f"{name}_update"),
    )
    return decorate


class SettingsViewSet(MemberViewSet):
    """Subclasses give `serializer_class`, which has a `version`, and the two methods below."""

    pagination_class = None
    filter_backends: list[Any] = []

    def held(self) -> EditableModel:
        """The row; one that is not saved yet, with the defaults, until somebody changes one."""
        raise NotImplementedError

    def perform_change(self, values: Mapping[str, Any], version: int | None) -> None:
        """Change some of them by the room's action."""
        raise NotImplementedError

    def retrieve(self, request: Request) -> Response:
        """The settings in force."""
        return Response(self._shown())

    def partial_update(self, request: Request) -> Response:
        """Change some of them. A `version` refuses a stale save (409); it is 0 as long as nobody has changed them."""
        serializer_class: Any = self.serializer_class
        values = self.body(serializer_class, partial=True)
        version = values.pop("version", None)
        self.perform_change(values, version)
        return Response(self._shown())

    def _shown(self) -> Any:
        row = self.held()
        if row._state.adding:
            row.version = 0
        return self.get_serializer(row).data
