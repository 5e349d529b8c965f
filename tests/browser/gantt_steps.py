"""What people do in the editor of a plan: lines, cells, bars."""

from playwright.sync_api import Locator, Page

LINES = "\n".join(
    [
        "Tâche\tDurée\tPrédécesseurs",
        *(
            line
            for lot in range(4)
            for line in (
                f"Lot {lot + 1}\t\t",
                f"  Analyse {lot + 1}\t3j\t{lot * 6 if lot else ''}",
                f"  Conception {lot + 1}\t4j\t{lot * 6 + 2}",
                f"  Réalisation {lot + 1}\t5j\t{lot * 6 + 3}",
                f"  Recette {lot + 1}\t2j\t{lot * 6 + 4}FD+1j",
                f"  Lot {lot + 1} livré\t0\t{lot * 6 + 5}",
            )
        ),
    ]
)


def line(page: Page, name: str) -> Locator:
    """The line of a task."""
    return page.get_by_role("treegrid").get_by_role("row").filter(has=page.get_by_text(name, exact=True))


def cell(page: Page, name: str, column: str) -> Locator:
    return line(page, name).locator(f"[data-column={column}]")


def bar(page: Page, name: str) -> dict[str, float]:
    """Where a task's bar is on the screen."""
    key = line(page, name).get_attribute("data-id")
    box = page.locator(f".gg-row[data-id='{key}'] .gg-bar:visible").bounding_box()
    assert box is not None
    return {"left": box["x"], "right": box["x"] + box["width"], "middle": box["y"] + box["height"] / 2}


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, end[1], steps=3)
    page.mouse.move(*end, steps=3)
    page.mouse.up()


def paste(page: Page, text: str) -> None:
    """What Ctrl+V does with `text` in the clipboard, on what has the focus."""
    page.evaluate(
        """(text) => {
          const held = new DataTransfer();
          held.setData("text/plain", text);
          const target = document.activeElement;
          target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: held, bubbles: true, cancelable: true }));
        }""",
        text,
    )
