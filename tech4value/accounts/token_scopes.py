"""What an API token lets through of its member's role: reading or writing, everywhere or in some areas."""

from dataclasses import dataclass
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tech4value.accounts.permissions import Permission


class TokenAccess(models.TextChoices):
    READ = "read", gettext_lazy("Lecture seule")
    WRITE = "write", gettext_lazy("Lecture et écriture")


class TokenArea(models.TextChoices):
    PORTFOLIO = "portfolio", gettext_lazy("Portefeuille")
    PEOPLE = "people", gettext_lazy("Personnes")
    FINANCE = "finance", gettext_lazy("Finances")
    ADMINISTRATION = "administration", gettext_lazy("Administration")


# By the first part of the permission; what is not named is of the portfolio.
_AREAS: Final = {
    "people": TokenArea.PEOPLE,
    "rate": TokenArea.PEOPLE,
    "organisation": TokenArea.PEOPLE,
    "capacity": TokenArea.PEOPLE,
    "time": TokenArea.PEOPLE,
    "budget": TokenArea.FINANCE,
    "cash": TokenArea.FINANCE,
    "member": TokenArea.ADMINISTRATION,
    "audit": TokenArea.ADMINISTRATION,
    "tenant": TokenArea.ADMINISTRATION,
    "token": TokenArea.ADMINISTRATION,
}
_OF_EVERY_TOKEN: Final = {Permission.SELF, Permission.PUBLIC}


def area_of(permission: Permission) -> TokenArea:
    """The area that a token needs for `permission`."""
    return _AREAS.get(permission.split(".")[0], TokenArea.PORTFOLIO)


def is_reading(permission: Permission) -> bool:
    """Whether a token that only reads, or a member who only reads, may use `permission`."""
    return permission.endswith(".view") or permission in _OF_EVERY_TOKEN


@dataclass(frozen=True, slots=True)
class TokenScope:
    """`areas` empty: all of them."""

    access: TokenAccess = TokenAccess.READ
    areas: tuple[TokenArea, ...] = ()

    def allows(self, permission: Permission) -> bool:
        """Whether the token lets `permission` through, if its member's role grants it."""
        if permission in _OF_EVERY_TOKEN:
            return True
        if self.areas and area_of(permission) not in self.areas:
            return False
        return self.access == TokenAccess.WRITE or is_reading(permission)

    def lacking(self, permission: Permission, *, unsafe: bool) -> str:
        """The sentence that says what the token lacks for `permission`, or to change anything (`unsafe`); empty when
        it lacks nothing."""
        if permission not in _OF_EVERY_TOKEN and self.areas and area_of(permission) not in self.areas:
            return _("Ce jeton n’ouvre pas le domaine « %(area)s » (%(scope)s) : créez un jeton qui le comprend.") % {
                "area": area_of(permission).label,
                "scope": area_of(permission).value,
            }
        if self.access == TokenAccess.READ and (unsafe or not is_reading(permission)):
            return _("Ce jeton ne permet que la lecture : créez un jeton « Lecture et écriture » (write).")
        return ""

    def to_json(self) -> dict[str, Any]:
        """As a job keeps it."""
        return {"access": str(self.access), "areas": [str(area) for area in self.areas]}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "TokenScope":
        """What `to_json` gave."""
        return cls(TokenAccess(kept["access"]), tuple(TokenArea(area) for area in kept["areas"]))

    def in_words(self) -> str:
        """« Lecture seule : Finances, Personnes »."""
        areas = ", ".join(str(area.label) for area in self.areas)
        if not areas:
            return str(self.access.label)
        return _("%(access)s : %(areas)s") % {"access": self.access.label, "areas": areas}
