"""Once the budget of a project is approved, what its lines plan changes through a new version or a transfer only.

Every write of lines asks here; those that leave the planned amounts alone cost no statement.
"""

from collections.abc import Collection
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portfolio.finance.models import BudgetVersion, VersionState
from portfolio.finance.versions import freezing
from portfolio.projects.models import Project


def refuse_frozen(projects: Collection[UUID]) -> None:
    """Raise ValidationError on `planned` when the budget of one of these projects, which a write would plan
    otherwise, is approved or proposed."""
    if not projects:
        return
    found = freezing(projects)
    if not found:
        return
    key, version = next(iter(found.items()))
    raise ValidationError({"planned": frozen_words(Project.everything.get(pk=key), version)})


def frozen_words(project: Project, version: BudgetVersion) -> str:
    """Why the planned amounts of a project cannot be typed, and what to do."""
    facts = {"project": project.code, "version": version.name}
    if version.state == VersionState.PROPOSED:
        return (
            _(
                "Le budget de %(project)s est proposé : ses montants prévus ne changent plus avant la décision. "
                "Retirez la proposition pour les modifier."
            )
            % facts
        )
    return (
        _(
            "Le budget de %(project)s est approuvé (version « %(version)s ») : le prévu change par une révision ou "
            "un virement entre lignes."
        )
        % facts
    )
