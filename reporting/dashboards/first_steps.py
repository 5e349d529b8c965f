"""What an organisation without projects does first, for who may do it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from portfolio.people.models import Person, Pole
from reporting.dashboards import links
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do; `done` once there is what it makes."""

    label: str
    why: str
    action: str
    url: str
    done: bool


def first_steps(member: Membership) -> list[Step]:
    """The steps that `member` may take, in order; at most three statements."""
    found = []
    if member.can(Permission.ORGANISATION_EDIT):
        found.append(
            Step(
                _("Vos pôles"),
                _("Les parties de l’organisation : personnes et projets y appartiennent."),
                _("Créer les pôles"),
                links.address("people:poles"),
                Pole.objects.exists(),
            )
        )
    if member.can(Permission.PEOPLE_EDIT):
        found.append(
            Step(
                _("Vos équipes"),
                _("Qui travaille, à quel temps : leur capacité se compare à la charge des plans."),
                _("Créer les personnes"),
                links.address("people:list"),
                Person.objects.exists(),
            )
        )
    if member.can(Permission.MEMBER_EDIT):
        found.append(
            Step(
                _("Vos collègues"),
                _("Chacun entre par un lien reçu par e-mail, avec les droits de son rôle."),
                _("Inviter des membres"),
                links.address("console:invite"),
                Membership.objects.filter(is_active=True).exclude(pk=member.pk).exists(),
            )
        )
    if member.can(Permission.PROJECT_CREATE):
        found.append(
            Step(
                _("Un premier projet"),
                _("Partez d’un modèle : il naît avec son plan daté, ses jalons et ses risques."),
                _("Créer un projet"),
                links.address("projects:create"),
                done=False,
            )
        )
    return found
