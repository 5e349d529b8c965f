"""Breadcrumbs, tabs, cards, tables, pagination, dialogs, live regions, job progress."""

from typing import Any

from django.core.paginator import Page
from django.template import Context
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tech4value.web.tags.display import icon
from tech4value.web.tags.registry import register

Text = str | Promise


def query_with(context: Context, **changes: str | int | None) -> str:
    """The address's query with some parameters changed; None removes one."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return "?" + query.urlencode()


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: str | int | None) -> str:
    """`{% query sort="name" page=None %}`: this page's address with other parameters."""
    return query_with(context, **changes)


@register.simple_tag
def crumb(label: Text, url: str = "") -> SafeString:
    """One step of the breadcrumbs; without an address it is the page itself."""
    if url:
        return format_html('<li><a href="{}">{}</a></li>', url, label)
    return format_html('<li><span aria-current="page">{}</span></li>', label)


@register.simple_block_tag
def tabs(content: str, label: Text = "") -> SafeString:
    """A row of `tab`s, each a page of its own address."""
    return format_html(
        '<nav class="tabs" aria-label="{}">{}</nav>', label or gettext("Sections"), SafeString(content)
    )


@register.simple_tag
def tab(label: Text, url: str, *, active: bool = False, count: int | None = None) -> SafeString:
    """One tab, with a count if given."""
    current = SafeString(' aria-current="page"') if active else ""
    number = "" if count is None else format_html('<span class="tab-count">{}</span>', count)
    return format_html('<a class="tab" href="{}"{}>{}{}</a>', url, current, label, number)


@register.simple_block_tag
def card(content: str, title: Text = "", *, url: str = "", more: Text = "", bare: bool = False) -> SafeString:
    """A box with a title and a link to more; `bare` leaves out the padding (tables)."""
    head: str = ""
    if title:
        link = format_html('<a class="small" href="{}">{}</a>', url, more or gettext("Tout voir")) if url else ""
        head = format_html('<header class="card-head"><h2>{}</h2>{}</header>', title, link)
    body = SafeString(content) if bare else format_html('<div class="card-body">{}</div>', SafeString(content))
    return format_html('<section class="card">{}{}</section>', head, body)


@register.simple_block_tag
def notice(content: str, tone: str = "info") -> SafeString:
    """A message in the page: info, good, warning, bad."""
    mark = {"warning": "exclamation-triangle", "bad": "exclamation-circle", "good": "check-circle"}
    return format_html(
        '<div class="notice notice-{}" role="{}">{}<div class="grow">{}</div></div>',
        tone,
        "alert" if tone == "bad" else "note",
        icon(mark.get(tone, "information-circle")),
        SafeString(content),
    )


@register.simple_block_tag
def table(
    content: str,
    caption: Text,
    *,
    id: str = "",  # the attribute's own name, as it is written in the template
    compact: bool = False,
    tall: bool = False,
    show_caption: bool = False,
    cards: bool = False,
) -> SafeString:
    """A table in a box that scrolls by itself, with keyboard rows; content is thead and tbody. `cards`: on a phone
    each row reads as a card, its values after their column's name.
    """
    return format_html(
        '<div class="table-box{}{}" tabindex="0" role="region" aria-label="{}" data-table{}>'
        '<table class="table{}"><caption class="{}">{}</caption>{}</table></div>',
        " table-tall" if tall else "",
        " table-cards" if cards else "",
        caption,
        format_html(' id="{}"', id) if id else "",
        " table-compact" if compact else "",
        "" if show_caption else "sr-only",
        caption,
        SafeString(content),
    )


@register.simple_tag(takes_context=True)
def th(context: Context, label: Text, sort: str = "", *, num: bool = False, column: str = "") -> SafeString:
    """A column's head; with `sort`, a link that sorts by it (again: the other way) in the address.

    `column` names the column so that the column chooser can hide it.
    """
    css = SafeString(' class="num"') if num else ""
    key = format_html(' data-column="{}"', column) if column else ""
    if not sort:
        return format_html('<th scope="col"{}{}>{}</th>', css, key, label)
    now = context["request"].GET.get("sort", "")
    descending = now == f"-{sort}"
    state: str = ""
    if now.lstrip("-") == sort:
        state = format_html(' aria-sort="{}"', "descending" if descending else "ascending")
    url = query_with(context, sort=f"-{sort}" if now == sort else sort, page=None)
    arrow = icon("chevron-down" if descending else "chevron-up", size=12, variant="mini")
    return format_html(
        '<th scope="col"{}{}{}><a class="sort" href="{}">{}{}</a></th>', css, key, state, url, label, arrow
    )


@register.simple_tag
def th_select() -> SafeString:
    """The box that selects every row shown."""
    return format_html(
        '<th scope="col" class="cell-check"><input type="checkbox" data-select-all aria-label="{}"></th>',
        gettext("Tout sélectionner"),
    )


@register.simple_tag
def td_select(value: Any, label: Text) -> SafeString:
    """The box that selects one row; posted as `selected`."""
    return format_html(
        '<td class="cell-check"><input type="checkbox" name="selected" value="{}" data-select '
        'aria-label="{} {}"></td>',
        value,
        gettext("Sélectionner"),
        label,
    )


@register.simple_block_tag
def bulk_bar(content: str) -> SafeString:
    """Actions on the selected rows; shown when there are some."""
    return format_html(
        '<div class="bulk-bar" data-bulk-bar hidden><span>{} <strong data-bulk-count>0</strong></span>{}</div>',
        gettext("Lignes sélectionnées :"),
        SafeString(content),
    )


@register.inclusion_tag("components/columns.html")
def column_chooser(table_id: str) -> dict[str, str]:
    """A menu that hides and shows the columns named by `{% th … column= %}`; kept on this device."""
    return {"table_id": table_id}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page) -> dict[str, Any]:
    """Previous, next, and where one is; nothing when there is one page."""
    shown = page.paginator.num_pages > 1
    return {
        "page": page,
        "shown": shown,
        "previous": query_with(context, page=page.previous_page_number()) if shown and page.has_previous() else "",
        "next": query_with(context, page=page.next_page_number()) if shown and page.has_next() else "",
    }


@register.simple_block_tag
def dialog(content: str, id: str, title: Text) -> SafeString:  # as it is written in the template
    """A modal box, opened by `<button data-dialog-open="ID">`."""
    return format_html(
        '<dialog class="dialog" id="{}" aria-labelledby="{}-title"><div class="dialog-body">'
        '<h2 id="{}-title">{}</h2>{}</div></dialog>',
        id,
        id,
        id,
        title,
        SafeString(content),
    )


@register.inclusion_tag("components/confirm.html", takes_context=True)
def confirm(
    context: Context,
    id: str,  # as it is written in the template
    title: Text,
    text: Text,
    url: str,
    action: Text,
    *,
    danger: bool = True,
) -> dict[str, Any]:
    """A dialog that asks before it posts to `url`; opened by `data-dialog-open`."""
    token = context.get("csrf_token")
    return {
        "id": id, "title": title, "text": text, "url": url, "action": action, "danger": danger, "csrf_token": token
    }  # fmt: skip


@register.simple_block_tag
def live_region(content: str, id: str, *, tag: str = "div", css: str = "") -> SafeString:  # as above
    """A part of the page that is drawn again when the page's live version changes."""
    if tag not in {"div", "section", "ul", "ol", "tbody"}:
        raise ValueError(f"a live region cannot be a <{tag}>")
    return format_html(
        '<{} id="{}" class="{}" data-live hx-get="" hx-trigger="live from:body" hx-select="#{}" hx-target="this" '
        'hx-swap="outerHTML" hx-disinherit="*">{}</{}>',
        tag,
        id,
        css,
        id,
        SafeString(content),
        tag,
    )


@register.inclusion_tag("components/job.html")
def job_progress(job: Any, url: str) -> dict[str, Any]:
    """A job's bar. While the job runs it asks `url` again each second, which answers with this same component.

    `job` has `state` (queued, running, done, failed), `title`, `done`, `total`, `message`.
    """
    state = str(getattr(job, "state", ""))
    total = getattr(job, "total", 0) or 0
    done = getattr(job, "done", 0) or 0
    finished = state in {"done", "failed", "cancelled"}
    share = 1.0 if state == "done" else (done / total if total else 0.0)
    return {"job": job, "state": state, "url": url, "finished": finished, "share": min(share, 1.0)}
