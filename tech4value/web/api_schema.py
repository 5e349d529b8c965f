"""What the OpenAPI document says of every operation: headers, errors, words in the reader's language, examples."""

from functools import lru_cache
from typing import Any, Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from tech4value.web.api_bulk import bulk_serializers
from tech4value.web.api_custom_filters import NAME, target_of
from tech4value.web.api_versions import MERGE

# One sentence for each collection: rooms above register theirs.
_resources: dict[str, Promise | str] = {}
_VERBS: Final = {
    "list": _("Lister les lignes que l’appelant peut voir, par pages."),
    "retrieve": _("Lire une ligne."),
    "create": _("Créer une ligne."),
    "partial_update": _(
        "Modifier les champs envoyés, et eux seuls. Un champ « version » refuse un envoi périmé (409)."
    ),
    "destroy": _("Mettre une ligne à la corbeille, où elle reste 30 jours."),
    "bulk": _(
        "Créer de 1 à 1 000 lignes : toutes ou aucune. Les erreurs portent le rang de leur ligne, « batch_id » nomme "
        "le lot."
    ),
    "bulk_undo": _(
        "Mettre à la corbeille tout ce qu’un lot a créé. Refusé (409) si l’une de ses lignes a été modifiée depuis."
    ),
}


def describe(basename: str, text: Promise | str) -> None:
    """Say what a collection (`project`, as the router names it) holds."""
    _resources[basename] = text


def resources() -> dict[str, Promise | str]:
    """The sentences, by the collection's name."""
    return dict(_resources)


class FieldErrorSerializer(serializers.Serializer[Any]):
    """One error: a JSON pointer to the value, and a sentence."""

    pointer = serializers.CharField()
    detail = serializers.CharField()


class ProblemDetailSerializer(serializers.Serializer[Any]):
    """Why a call was refused (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = FieldErrorSerializer(many=True, required=False)  # type: ignore[assignment]  # a field of ours


def _custom_fields() -> OpenApiParameter:
    text = _(
        "Champs personnalisés, par leur clé : custom_fields[priorite]=haute. Un nombre prend aussi « _min » et "
        "« _max », une date « _from » et « _to » ; un texte contient les mots donnés ; un choix se répète pour en "
        "accepter plusieurs."
    )
    values = {"type": "object", "additionalProperties": {"type": "string"}}
    return OpenApiParameter(
        NAME, values, OpenApiParameter.QUERY, description=str(text), style="deepObject", explode=True
    )


@lru_cache(maxsize=200)
def _bulk(serializer_class: Any) -> tuple[Any, Any]:
    return bulk_serializers(serializer_class)


class ApiSchema(AutoSchema):
    """drf-spectacular's, with what the base classes of the API give to every viewset."""

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular has it
        action = getattr(self.view, "action", "")
        basename = getattr(self.view, "basename", "")
        if own := _resources.get(f"{basename}.{action}"):
            return str(own)
        sentence = _resources.get(basename)
        verb = _VERBS.get(action)
        if verb is None:
            return str(super().get_description() or "")
        return f"{verb} {sentence}" if sentence else str(verb)

    @property
    def _row_serializer(self) -> Any:
        return getattr(self.view, "serializer_class", None)

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_request_serializer(self) -> Any:
        if getattr(self.view, "action", "") == "bulk":
            return _bulk(self._row_serializer)[0]
        return super().get_request_serializer()

    def get_response_serializers(self) -> Any:
        action = getattr(self.view, "action", "")
        if action == "bulk":
            return {201: _bulk(self._row_serializer)[1]}
        if action == "bulk_undo":
            return {204: OpenApiResponse(description=str(_("Rien à lire : c’est fait.")))}
        return super().get_response_serializers()

    def get_override_parameters(self) -> list[Any]:
        def header(name: str, text: Promise | str) -> OpenApiParameter:
            return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, description=str(text))

        found: list[Any] = list(super().get_override_parameters())
        if self.method == "POST":
            text = _(
                "Une clé propre à l’appel : renvoyé dans les 24 heures, il n’est pas refait, sa réponse est redite."
            )
            found.append(header("Idempotency-Key", text))
        if getattr(self.view, "action", "") == "list" and target_of(self.view):
            found.append(_custom_fields())
        if self.method == "GET":
            found.append(header("If-None-Match", _("L’ETag déjà lu : 304 si rien n’a changé.")))
        if self.method in {"PATCH", "DELETE"} and getattr(self.view, "action", "") != "bulk_undo":
            found.append(header("If-Match", _("L’ETag lu : 412 si la ligne a changé depuis.")))
        if self.method == "PATCH":
            text = _(
                "« fields » : sur une version périmée, fusionner par champ si aucun n’a été modifié des deux côtés."
            )
            found.append(OpenApiParameter(MERGE, str, OpenApiParameter.QUERY, description=str(text), enum=["fields"]))
        return found

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        if direction != "response":
            return bodies
        for code in self._refusals():
            if code not in bodies:
                answer = OpenApiResponse(ProblemDetailSerializer, description=str(_REFUSALS[code]))
                bodies[code] = self._get_response_for_code(  # type: ignore[no-untyped-call]  # untyped upstream
                    answer, code, media_types=["application/problem+json"]
                )
        return bodies

    def _refusals(self) -> list[str]:
        codes = ["401", "403", "429"]
        if "{" in self.path:
            codes.append("404")
        if self.method in {"POST", "PATCH"} or getattr(self.view, "action", "") == "list":
            codes.append("400")
        if self.method in {"PATCH", "DELETE"}:
            codes += ["409", "412"]
        if self.method == "POST":
            codes += ["409", "422"]
        return sorted(codes)


_REFUSALS: Final = {
    "400": _("Une valeur est refusée : « errors » dit laquelle et quoi faire."),
    "401": _("Le jeton manque, ou n’est plus valable."),
    "403": _("Le rôle de l’appelant ne le permet pas."),
    "404": _("La ligne n’existe pas, ou n’est pas visible pour l’appelant."),
    "409": _("Quelqu’un d’autre a écrit entre-temps."),
    "412": _("L’ETag de If-Match n’est plus celui de la ligne."),
    "422": _("La clé d’idempotence a servi à un autre appel."),
    "429": _("Trop d’appels : Retry-After dit combien de secondes attendre."),
}
