"""Icons, status, weather, person, badge, progress, date, figure, empty state, timeline, comment, skeleton."""

from datetime import date as Date
from datetime import datetime
from typing import Any, Final

from django.template import Context
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from heroicons.templatetags.heroicons import heroicon_mini, heroicon_outline, heroicon_solid

from tech4value.figures import formats
from tech4value.figures.figure import Figure, Value
from tech4value.web.tags.glossary import ACRONYMS
from tech4value.web.tags.registry import language, local, register, today_of

Text = str | Promise

STATUSES: Final[dict[str, tuple[Text, str]]] = {
    "on_track": (_("Conforme"), '<circle cx="5" cy="5" r="5" fill="currentColor"/>'),
    "at_risk": (_("À risque"), '<path d="M5 0 10.4 9.6H-.4Z" fill="currentColor"/>'),
    "off_track": (_("En dérive"), '<rect width="10" height="10" rx="1.5" fill="currentColor"/>'),
    "not_started": (
        _("Non démarré"),
        '<circle cx="5" cy="5" r="4.1" fill="none" stroke="currentColor" stroke-width="1.8"/>',
    ),
    "closed": (
        _("Clos"),
        '<path d="M.5 5.2 3.8 8.6 9.5 1.6" fill="none" stroke="currentColor" stroke-width="2" '
        'stroke-linecap="round" stroke-linejoin="round"/>',
    ),
}

_CLOUD: Final = "M6.2 15.5a3.7 3.7 0 0 1-.5-7.36 4.9 4.9 0 0 1 9.42 1.1 3.15 3.15 0 0 1-.52 6.26Z"
_HIGH_CLOUD: Final = "M6.2 12.5a3.5 3.5 0 0 1-.5-6.96 4.9 4.9 0 0 1 9.42 1.1 2.95 2.95 0 0 1-.52 5.86Z"
_LINE: Final = 'fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"'
WEATHERS: Final[dict[str, tuple[Text, str]]] = {
    "sunny": (
        _("Ensoleillé"),
        '<circle cx="10" cy="10" r="3.6" fill="currentColor"/>'
        f'<path d="M10 1.6v1.9M10 16.5v1.9M1.6 10h1.9M16.5 10h1.9M4.1 4.1l1.3 1.3M14.6 14.6l1.3 1.3M4.1 15.9l1.3-1.3'
        f'M14.6 5.4l1.3-1.3" {_LINE}/>',
    ),
    "cloudy": (_("Nuageux"), f'<path d="{_CLOUD}" {_LINE}/>'),
    "rainy": (
        _("Pluvieux"),
        f'<path d="{_HIGH_CLOUD}" {_LINE}/><path d="M6.8 15.2 6 17.6M10.4 15.2l-.8 2.4M14 15.2l-.8 2.4" {_LINE}/>',
    ),
    "stormy": (
        _("Orageux"),
        f'<path d="{_HIGH_CLOUD}" {_LINE}/>'
        '<path d="M11 11 8 14.8h2.2L9 18.4l4-4.8h-2.3L12 11Z" fill="currentColor"/>',
    ),
}
TRENDS: Final[dict[str, tuple[Text, str]]] = {
    "up": (_("En amélioration"), "arrow-up-right"),
    "flat": (_("Stable"), "arrow-right"),
    "down": (_("En dégradation"), "arrow-down-right"),
}
BADGE_TONES: Final = {"neutral", "accent", "good", "warning", "bad", "outline"}


@register.simple_tag
def icon(name: str, *, size: int = 20, variant: str = "outline", label: str = "") -> SafeString:
    """A heroicon, hidden from screen readers unless it has a label."""
    draw = {"outline": heroicon_outline, "solid": heroicon_solid, "mini": heroicon_mini}[variant]
    hidden = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    return SafeString(draw(name, size=size, **{"class": "icon", **hidden}))


@register.simple_tag
def status(value: str, label: Text = "") -> SafeString:
    """Colour, shape and word."""
    if value not in STATUSES:
        return format_html('<span class="status faint">{}</span>', label or formats.DASH)
    word, shape = STATUSES[value]
    return format_html(
        '<span class="status status-{}"><svg viewBox="0 0 10 10" aria-hidden="true">{}</svg>{}</span>',
        value,
        SafeString(shape),
        label or word,
    )


@register.simple_tag
def weather(value: str | None, *, trend: str = "", compact: bool = False) -> SafeString:
    """The weather's icon and word (the word on hover only when compact), followed by its trend if given."""
    if not value or value not in WEATHERS:
        return format_html('<span class="weather faint">{}</span>', gettext("Non renseignée"))
    word, drawing = WEATHERS[value]
    text = format_html('<span class="{}">{}</span>', "sr-only" if compact else "weather-word", word)
    return format_html(
        '<span class="weather weather-{}" title="{}"><svg viewBox="0 0 20 20" aria-hidden="true">{}</svg>{}{}</span>',
        value,
        word,
        SafeString(drawing),
        text,
        trend_mark(trend, compact=True) if trend else "",
    )


@register.simple_tag(name="trend")
def trend_mark(value: str | None, *, compact: bool = False) -> SafeString:
    """An arrow and a word: up, flat, down."""
    if not value or value not in TRENDS:
        return SafeString("")
    word, arrow = TRENDS[value]
    text = format_html('<span class="{}">{}</span>', "sr-only" if compact else "", word)
    return format_html('<span class="trend trend-{}" title="{}">{}{}</span>', value, word, icon(arrow, size=16), text)


def person_name(person: Any) -> str:
    """The name of a person, a membership, a user, or the text itself."""
    if isinstance(person, str):
        return person
    for attribute in ("person_name", "name", "full_name", "email"):
        name = getattr(person, attribute, "")
        if isinstance(name, str) and name:
            return name
    return str(person)


def initials(name: str) -> str:
    """At most two letters: of the first and last words, without what is in brackets (the token of a program)."""
    words = [word for word in name.partition("(")[0].replace("-", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


@register.simple_tag
def person(value: Any, *, sub: Text = "", large: bool = False, avatar_only: bool = False) -> SafeString:
    """Initials and name, `sub` under it; None is "Non attribué"."""
    if not value:
        nobody = gettext("Non attribué")
        words = (
            format_html('<span class="grow">{}<span class="person-sub">{}</span></span>', nobody, sub)
            if sub
            else nobody
        )
        return format_html('<span class="person person-none">{}</span>', words)
    name = person_name(value)
    avatar = format_html(
        '<span class="avatar avatar-{}{}" aria-hidden="true">{}</span>',
        sum(map(ord, name)) % 4,
        " avatar-large" if large else "",
        initials(name),
    )
    words = format_html('<span class="{}">{}</span>', "sr-only" if avatar_only else "person-name", name)
    if sub:
        words = format_html('<span class="grow">{}<span class="person-sub">{}</span></span>', words, sub)
    return format_html('<span class="person" title="{}">{}{}</span>', name, avatar, words)


@register.simple_tag
def badge(text: Text, tone: str = "neutral") -> SafeString:
    """A small word in a box: neutral, accent, good, warning, bad, outline. Status tones for status only."""
    if tone not in BADGE_TONES:
        raise ValueError(f"unknown tone {tone!r}")
    return format_html('<span class="badge badge-{}">{}</span>', tone, text)


@register.simple_tag
def progress(
    value: Value | None, *, label: Text = "", mark: Value | None = None, running: bool = False
) -> SafeString:
    """A share 0-1 as a bar and its percent; over 1 it is drawn full and in red. `mark` is where it should be."""
    if value is None:
        return format_html('<span class="faint">{}</span>', formats.DASH)
    width = min(max(float(value), 0.0), 1.0) * 100
    tick = ""
    if mark is not None:
        tick = format_html(
            '<rect class="progress-mark" x="{}" width="1" height="6"/>',
            f"{min(max(float(mark), 0), 0.99) * 100:.2f}",
        )
    return format_html(
        '<span class="progress{}" role="progressbar" aria-valuemin="0" aria-valuemax="100" '
        'aria-valuenow="{}" aria-label="{}">'
        '<svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="progress-fill" width="{}" height="6"/>{}</svg>'
        '<span class="progress-text" aria-hidden="true">{}</span></span>',
        (" progress-over" if value > 1 else "") + (" progress-running" if running else ""),
        round(width),
        label or gettext("Avancement"),
        f"{width:.2f}",
        tick,
        formats.percent(value, language()),
    )


@register.simple_tag(takes_context=True)
def date(context: Context, value: Date | datetime | None, *, relative: bool = True) -> SafeString:
    """Relative, with the absolute date on hover; `relative=False` the other way round."""
    if value is None:
        return format_html('<span class="faint">{}</span>', formats.DASH)
    if isinstance(value, datetime):
        value = local(context, value)
        absolute, day = formats.date_time(value, language()), value.date()
    else:
        absolute, day = formats.date_short(value, language()), value
    near = formats.relative_day(day, today_of(context), language())
    shown, hint = (near, absolute) if relative else (absolute, near)
    return format_html('<time class="nowrap" datetime="{}" title="{}">{}</time>', value.isoformat(), hint, shown)


@register.simple_tag
def abbr(term: str, text: Text = "") -> SafeString:
    """An acronym with its meaning on hover, from the glossary; `text` is what is shown instead of it."""
    meaning = ACRONYMS.get(term.upper())
    if meaning is None:
        return format_html("{}", text or term)
    return format_html('<abbr title="{}">{}</abbr>', meaning, text or term)


@register.simple_tag(name="delta")
def delta_mark(fig: Figure) -> SafeString:
    """Sign, arrow and word of a figure's change."""
    change = fig.delta
    if change is None:
        return SafeString("")
    if fig.unit == "percent":
        text = formats.points(change, language())
    else:
        text = formats.in_unit(change, fig.unit, language(), compact=True, signed=True)
    arrow, word = "arrow-right", gettext("stable")
    if change > 0:
        arrow, word = "arrow-up-right", gettext("en hausse")
    elif change < 0:
        arrow, word = "arrow-down-right", gettext("en baisse")
    return format_html(
        '<span class="delta delta-{}">{}{}<span> {}</span></span>',
        fig.sentiment,
        icon(arrow, size=16, variant="mini"),
        text,
        word,
    )


@register.filter
def spaced(words: Any) -> SafeString:
    """A list of texts joined by a middle dot: one line of context."""
    return format_html_join(" · ", "{}", ((word,) for word in words if word))


@register.inclusion_tag("components/figure.html")
def figure(fig: Figure, *, compact: bool = True) -> dict[str, Any]:
    """A figure's card: label, value, unit, change, sparkline, explain button."""
    value, unit = split_unit(formats.in_unit(fig.value, fig.unit, language(), compact=compact), fig.unit)
    exact = formats.in_unit(fig.value, fig.unit, language())
    return {"fig": fig, "value": value, "unit": unit, "exact": exact}


@register.simple_tag
def figure_inline(fig: Figure, *, compact: bool = False) -> SafeString:
    """A figure in a sentence or a cell: its value, which explains itself on a click."""
    text = formats.in_unit(fig.value, fig.unit, language(), compact=compact)
    if not fig.explain_url:
        return format_html('<span class="nowrap">{}</span>', text)
    return format_html(
        '<button type="button" class="figure-inline nowrap" hx-get="{}" hx-target="#panel" '
        'aria-label="{}, {}. {}">{}</button>',
        fig.explain_url,
        fig.label,
        text,
        gettext("Expliquer ce chiffre"),
        text,
    )


@register.inclusion_tag("components/figure_explained.html", takes_context=True)
def figure_explained(context: Context, fig: Figure) -> dict[str, Any]:
    """The panel's content: formula, inputs, rows, source, freshness."""
    return {"fig": fig, "request": context.get("request"), "today": today_of(context)}


def split_unit(text: str, unit: str) -> tuple[str, str]:
    """The number and the unit after it, which is drawn in a lighter tone; a sign before stays with the number."""
    head, space, tail = text.rpartition(formats.NBSP)
    if space and head and not any(char.isdigit() for char in tail):
        return head, space + tail
    if text.endswith("%"):
        return text[:-1], "%"
    return text, ""


@register.inclusion_tag("components/empty.html")
def empty(
    title: Text,
    why: Text = "",
    *,
    action: Text = "",
    url: str = "",
    icon: str = "inbox",
    panel: bool = False,
    other: Text = "",
    other_url: str = "",
) -> dict[str, Any]:
    """What is missing, why, and the first thing to do; `other` is a second way to begin."""
    return {
        "title": title,
        "why": why,
        "action": action,
        "url": url,
        "icon": icon,
        "panel": panel,
        "other": other,
        "other_url": other_url,
    }


@register.simple_block_tag
def timeline(content: str) -> SafeString:
    """A list of `timeline_item`s, newest first."""
    return format_html('<ol class="timeline">{}</ol>', SafeString(content))


@register.simple_block_tag(takes_context=True)
def timeline_item(context: Context, content: str, when: Date | datetime, who: Any = "") -> SafeString:
    """One event of a timeline."""
    head = format_html("<strong>{}</strong>", person_name(who)) if who else ""
    return format_html(
        '<li class="timeline-item"><div class="timeline-head">{}<span class="timeline-when">{}</span></div>{}</li>',
        head,
        date(context, when),
        SafeString(content),
    )


@register.simple_block_tag(takes_context=True)
def remark(context: Context, content: str, author: Any, when: Date | datetime) -> SafeString:
    """A comment: who, when, what."""
    return format_html(
        '<article class="comment">{}<div class="comment-head"><strong>{}</strong>'
        '<span class="timeline-when">{}</span></div><div class="comment-body prose">{}</div></article>',
        person(author, avatar_only=True),
        person_name(author),
        date(context, when),
        SafeString(content),
    )


@register.simple_tag
def skeleton(lines: int = 3) -> SafeString:
    """Grey lines where text is on its way."""
    bars = format_html_join("", '<div class="skeleton">{}</div>', (("",) for _line in range(lines)))
    return format_html(
        '<div class="stack stack-s" aria-busy="true" aria-label="{}" role="status">{}</div>',
        gettext("Chargement"),
        bars,
    )
