"""The shell's navigation: rooms declare their entries in `AppConfig.ready`; a person sees what they may use.

register(NavItem(area="portfolio", label=_("Projets"), url_name="projects:list", icon="folder",
                 permission="project.view", order=10))
register_action(NavAction(label=_("Créer un projet"), url_name="projects:create", icon="plus",
                          permission="project.edit"))
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Area:
    """One entry of the rail."""

    key: str
    label: Text
    icon: str


@dataclass(frozen=True, slots=True)
class NavItem:
    """A page of an area. `permission` empty: every member. `url_name` takes no arguments. `holds`: the URL argument,
    or the page's name, that is read under this entry, wherever the address begins: a project's plan too."""

    area: str
    label: Text
    url_name: str
    icon: str = ""
    permission: str = ""
    order: int = 100
    holds: str = ""


@dataclass(frozen=True, slots=True)
class NavAction:
    """An action that the command palette offers."""

    label: Text
    url_name: str
    icon: str = "bolt"
    permission: str = ""
    order: int = 100


@dataclass(frozen=True, slots=True)
class Link:
    """What the shell draws: an address, whether the person is there."""

    label: str
    url: str
    icon: str
    current: bool = False
    area: str = ""


@dataclass(frozen=True, slots=True)
class AreaLinks:
    """An area with its pages; with one page only, the area is the page."""

    key: str
    label: str
    url: str
    icon: str
    current: bool
    links: tuple[Link, ...]


AREAS: Final[tuple[Area, ...]] = (
    Area("home", _("Accueil"), "home"),
    Area("portfolio", _("Portefeuille"), "rectangle-stack"),
    Area("plans", _("Plans"), "calendar-days"),
    Area("agile", _("Agile"), "view-columns"),
    Area("resources", _("Ressources"), "user-group"),
    Area("finance", _("Finances"), "banknotes"),
    Area("risks", _("Risques"), "shield-exclamation"),
    Area("governance", _("Gouvernance"), "scale"),
    Area("strategy", _("Stratégie"), "map"),
    Area("reports", _("Rapports"), "chart-bar-square"),
    Area("portal", _("Portail"), "megaphone"),
    Area("settings", _("Réglages"), "cog-6-tooth"),
)
_AREA_KEYS: Final = {area.key for area in AREAS}

_items: dict[tuple[str, str], NavItem] = {}
_actions: dict[str, NavAction] = {}


def register(*items: NavItem) -> None:
    """Adds pages to the rail; the same page registered twice is there once."""
    for item in items:
        if item.area not in _AREA_KEYS:
            raise ValueError(f"unknown area {item.area!r} for {item.url_name}: one of {sorted(_AREA_KEYS)}")
        _items[item.area, item.url_name] = item


def register_action(*actions: NavAction) -> None:
    """Adds actions to the command palette."""
    for action in actions:
        _actions[action.url_name] = action


def items() -> tuple[NavItem, ...]:
    """Every declared page, in the rail's order."""
    areas = [area.key for area in AREAS]
    return tuple(sorted(_items.values(), key=lambda item: (areas.index(item.area), item.order)))


def link_to(url_name: str) -> str:
    """The address of a page of the shell that a room may or may not provide; empty when it does not."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def rail(can: Callable[[str], bool], path: str, marks: Iterable[str] = ()) -> tuple[AreaLinks, ...]:
    """What this person may use, by area; `path` is the full path of the page that is shown, `marks` its name and
    those of its arguments.

    A declared name that does not resolve is a programming error, and raises: rooms register themselves.
    """
    allowed = [(item, reverse(item.url_name)) for item in items() if not item.permission or can(item.permission)]
    # The longest address that begins the path is where the person is: /risks/matrix/ over /risks/.
    here = max((url for _item, url in allowed if _within(path, url)), key=len, default="")
    here = next((url for item, url in allowed if item.holds and item.holds in marks), here)
    areas = []
    for area in AREAS:
        links = tuple(
            Link(str(item.label), url, item.icon or area.icon, url == here, str(area.label))
            for item, url in allowed
            if item.area == area.key
        )
        if links:
            areas.append(
                AreaLinks(
                    area.key,
                    str(area.label),
                    links[0].url,
                    area.icon,
                    any(link.current for link in links),
                    links,
                )
            )
    return tuple(areas)


def actions(can: Callable[[str], bool]) -> tuple[Link, ...]:
    """The palette's actions that this person may do."""
    ordered = sorted(_actions.values(), key=lambda action: action.order)
    return tuple(
        Link(str(action.label), reverse(action.url_name), action.icon)
        for action in ordered
        if not action.permission or can(action.permission)
    )


def _within(path: str, url: str) -> bool:
    # The home page's address begins every path of the tenant: it is current on itself only.
    return path == url or (url != get_script_prefix() and path.startswith(url))
