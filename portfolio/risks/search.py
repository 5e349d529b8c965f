"""What the search finds of this room: the risks."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portfolio.projects.search import CODE
from portfolio.risks.models import Risk
from tech4value.accounts.permissions import Permission
from tech4value.search.registry import Searchable, register
from tech4value.search.words import Words


def risk_words(risk: Risk) -> Words:
    return Words(title=risk.title, code=risk.reference, detail=risk.project.code)


def risk_address(key: UUID, _project: UUID | None) -> str:
    return reverse("risks:risk", args=[key])


def register_searchables() -> None:
    register(
        Searchable(
            kind="risk",
            label=_("Risque"),
            plural=_("Risques"),
            icon="shield-exclamation",
            model=Risk,
            permission=Permission.RISK_VIEW,
            rows=lambda: Risk.objects.filter(project__deleted_at=None).select_related("project"),
            words=risk_words,
            address=risk_address,
            fields=frozenset({"title", "reference", "project"}),
            project="project_id",
            related=(CODE,),
            weight=45,
        )
    )
