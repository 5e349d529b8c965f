"""What every page owes to everybody: accessible in light and dark, no script but our files, whole on a phone."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, expect

GRAVE = {"serious", "critical"}
AXE = Axe()
DESKTOP = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
# In the dark only colours differ.
DARK_RULES = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}

STRUCTURE = """() => {
  const found = [];
  const say = (text) => found.push(text);
  const titles = [...document.querySelectorAll("h1")].filter((one) => one.checkVisibility());
  if (titles.length !== 1) say(`${titles.length} h1`);
  else if (!titles[0].innerText.trim()) say("empty h1");
  if (!document.documentElement.lang) say("no lang");
  if (!document.title.trim()) say("no title");
  for (const script of document.scripts)
    if (!script.src && script.type !== "application/json") say(`inline script: ${script.outerHTML.slice(0, 120)}`);
  for (const element of document.querySelectorAll("*"))
    for (const { name } of element.attributes)
      if (/^(on|hx-on)/.test(name)) say(`inline handler: ${element.tagName} ${name}`);
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) say(`id twice: ${id}`);
  return found;
}"""

# Rows are alike: contrast takes axe milliseconds for each text.
SHORTEN = (
    """() => document.querySelectorAll("tbody > tr:nth-child(n + 9)").forEach((row) => { row.hidden = true; })"""
)

OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const scrolls = (one) => one && (getComputedStyle(one).overflowX !== "visible" || scrolls(one.parentElement));
  const wide = [...document.querySelectorAll("body *")].filter(
    (one) => one.getBoundingClientRect().right > width + 1 && !scrolls(one.parentElement));
  const names = wide.slice(-3).map((one) => `${one.tagName.toLowerCase()}.${one.className}`);
  return [`${document.documentElement.scrollWidth} px wide on a phone of ${width}: ${names.join(", ")}`];
}"""


def faults(page: Page) -> list[str]:
    """Everything that the page owes and does not have, in words; it is left on a desktop, light, its tables cut."""
    found = _unfinished(page) + page.evaluate(STRUCTURE)
    page.evaluate(SHORTEN)
    found += _violations(page)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {one}" for one in _violations(page, DARK_RULES)]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    found += page.evaluate(OVERFLOW)
    page.set_viewport_size(DESKTOP)
    return found


def panel_faults(page: Page) -> list[str]:
    """The same of the first thing that opens in the side panel, over the page."""
    opener = page.locator("main [hx-get][hx-target='#panel']:visible:not([disabled])").first
    if not opener.count():
        return []
    opener.click()
    expect(page.locator("#panel").locator("h1, h2").first).to_be_visible()
    return [f"panel: {one}" for one in (*page.evaluate(STRUCTURE), *_violations(page, context="#panel-frame"))]


def _unfinished(page: Page) -> list[str]:
    """What the page still waits for, long after it should have it: the rows of a plan."""
    busy = page.locator("[role=treegrid][aria-busy=true]:visible")
    try:
        expect(busy).to_have_count(0)
    except AssertionError:
        return [f"still busy: {one.get_attribute('class')}" for one in busy.all()]
    return []


def _violations(page: Page, options: dict[str, Any] | None = None, context: str | None = None) -> list[str]:
    # Without preload: axe would fetch each style sheet again, and its imports from beside the page.
    fixed = {"resultTypes": ["violations"], "preload": False}
    answer = AXE.run(page, context, fixed | (options or {})).response
    return [
        f"{violation['id']} ({violation['impact']}): {', '.join(map(str, node['target']))} – {_reason(node)}"
        for violation in answer["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"][:3]
    ]


def _reason(node: dict[str, Any]) -> str:
    checks = [*node.get("any", []), *node.get("all", []), *node.get("none", [])]
    return str(checks[0]["message"]) if checks else str(node["html"])[:120]
