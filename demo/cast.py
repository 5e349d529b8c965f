"""Who works in a company: those who have a name in its story, and as many others as it takes, the same each time."""

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from demo.names import FIRST_NAMES, LAST_NAMES
from demo.story import CompanyStory, Named, PoleStory
from tech4value.accounts.permissions import Role

# What groups may do in the product, unless a story says otherwise of somebody.
ROLES = {
    "executive": Role.EXECUTIVE,
    "pole_manager": Role.POLE_MANAGER,
    "project_manager": Role.PROJECT_MANAGER,
    "team": Role.TEAM_MEMBER,
    "end_user": Role.END_USER,
    "reader": Role.READER,
}
# The time of those who lead is not planned on tasks; project managers plan half of theirs.
CAPACITIES = {"executive": "0", "pole_manager": "0", "project_manager": "0.5"}
RATES = {"executive": 2, "pole_manager": 1.5, "project_manager": 1.2}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with an account; those without a pole are no persons of the plan (end users, readers)."""

    name: str
    email: str
    group: str
    role: Role
    pole: str = ""
    profile: str = ""
    capacity: Decimal = Decimal(0)
    daily_rate: int = 0
    site: int = 0
    """Index of the site that they work at."""


def cast(company: CompanyStory) -> list[Member]:
    """Everybody, those with a name in the story first; the same story gives the same people."""
    dice = random.Random(company.slug)
    names = _names(dice, {one.name for one in company.people})
    poles = {pole.code: pole for pole in company.poles}
    members = [_named(one, poles.get(one.pole), company) for one in company.people]
    for pole in company.poles:
        for group, wanted in (("project_manager", pole.managers), ("team", pole.team)):
            here = [one for one in members if one.pole == pole.code and one.group == group]
            missing = wanted - len(here)
            part_time = pole.part_timers - sum(1 for one in here if one.capacity == Decimal("0.8"))
            for rank in range(missing):
                name = next(names)
                capacity = "0.8" if group == "team" and missing - rank <= part_time else ""
                profile = "Chef de projet" if group == "project_manager" else pole.profiles[rank % len(pole.profiles)]
                site = dice.choices(range(len(company.sites)), _weights(company))[0]
                members.append(_named(Named(name, group, pole.code, profile, "", capacity), pole, company, site))
    for _rank in range(company.end_users):
        members.append(_named(Named(next(names), "end_user", "", ""), None, company))
    return members


def _weights(company: CompanyStory) -> list[int]:
    """Half of the people work at the first site."""
    return [len(company.sites) - 1 or 1, *(1 for _site in company.sites[1:])]


def _named(one: Named, pole: PoleStory | None, company: CompanyStory, site: int = 0) -> Member:
    capacity = one.capacity or CAPACITIES.get(one.group, "1")
    return Member(
        name=one.name,
        email=one.email or address(one.name, company.domain),
        group=one.group,
        role=Role(one.role) if one.role else ROLES[one.group],
        pole=one.pole,
        profile=one.profile,
        capacity=Decimal(capacity),
        daily_rate=round((pole.daily_rate if pole else 0) * RATES.get(one.group, 1) / 10) * 10,
        site=site,
    )


def _names(dice: random.Random, taken: set[str]) -> Iterator[str]:
    """Names that nobody has, without end for what we need: there are 25 000 of them."""
    used = set(taken)
    families: set[str] = set()
    while True:
        family = dice.choice(LAST_NAMES)
        name = f"{dice.choice(FIRST_NAMES)} {family.replace('-', ' ')}"
        # One of each family first: people with the same name are harder to tell apart.
        if name in used or (family in families and len(families) < len(LAST_NAMES) - 5):
            continue
        used.add(name)
        families.add(family)
        yield name


def address(name: str, domain: str) -> str:
    """`prenom.nom@domain`, without accents, spaces or apostrophes in the family name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    first, _space, family = plain.partition(" ")
    return f"{first}.{family.replace(' ', '').replace(chr(39), '')}@{domain}"
