// Tables: select all, bulk bar, columns shown and moved, sort by several columns, arrows from row to row, Enter opens.

function scopeOf(element) {
  return element.closest("form") ?? element.closest("[data-table]")?.parentElement ?? document.body;
}

function showSelection(scope) {
  const boxes = [...scope.querySelectorAll("[data-select]")];
  const chosen = boxes.filter((box) => box.checked);
  for (const box of boxes) box.closest("tr")?.setAttribute("aria-selected", String(box.checked));
  for (const all of scope.querySelectorAll("[data-select-all]")) {
    all.checked = boxes.length > 0 && chosen.length === boxes.length;
    all.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
  }
  // All that match stay chosen only while every row shown is.
  const every = scope.querySelector("[data-all]");
  const matching = scope.querySelector("[data-select-matching]");
  if (every && chosen.length < boxes.length) every.value = "";
  for (const bar of scope.querySelectorAll("[data-bulk-bar]")) {
    bar.hidden = chosen.length === 0;
    bar.querySelector("[data-bulk-count]").textContent = every?.value ? matching.dataset.selectMatching : String(chosen.length);
  }
  if (matching) matching.hidden = every.value !== "";
}

document.addEventListener("click", (event) => {
  const matching = event.target instanceof Element ? event.target.closest("[data-select-matching]") : null;
  if (!matching) return;
  const scope = scopeOf(matching);
  for (const box of scope.querySelectorAll("[data-select]")) box.checked = true;
  scope.querySelector("[data-all]").value = "1";
  showSelection(scope);
});

// A list that is drawn again would lose what is being selected: it waits.
document.addEventListener("htmx:beforeRequest", (event) => {
  const live = event.target instanceof Element && event.target.matches("[data-live]");
  if (live && event.target.querySelector("[data-select]:checked")) event.preventDefault();
});

// Shift and a click on a head sorts by that column after the others.
document.addEventListener("click", (event) => {
  const head = event.shiftKey && event.target instanceof Element ? event.target.closest("a[data-more]") : null;
  if (!head) return;
  event.preventDefault();
  window.location.assign(head.dataset.more);
});

// Columns are chosen and moved in their menu, then applied together.
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-column-choice] [data-move]") : null;
  if (!button) return;
  const line = button.closest("[data-column-choice]");
  const other = button.dataset.move === "-1" ? line.previousElementSibling : line.nextElementSibling;
  if (!other) return;
  if (button.dataset.move === "-1") other.before(line);
  else other.after(line);
  button.focus();
});

// In a bulk edit, what one types in is what one changes.
function chooseField(event) {
  const part = event.target instanceof Element ? event.target.closest("[data-bulk-field]") : null;
  const box = part?.querySelector("input[type=checkbox][name^='set_']");
  if (box && event.target !== box) box.checked = true;
}
document.addEventListener("input", chooseField);
document.addEventListener("change", chooseField);

document.addEventListener("change", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || !box.matches("[data-select], [data-select-all]")) return;
  const scope = scopeOf(box);
  if (box.matches("[data-select-all]")) for (const other of scope.querySelectorAll("[data-select]")) other.checked = box.checked;
  showSelection(scope);
});

document.addEventListener("keydown", (event) => {
  const box = event.target instanceof Element ? event.target.closest("[data-table]") : null;
  if (!box || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input, select, textarea")) return;
  const rows = [...box.querySelectorAll("tbody tr")];
  const row = event.target.closest("tbody tr");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const next = rows[rows.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)] ?? (row ? null : rows[0]);
    if (!next) return;
    next.tabIndex = -1;
    next.focus();
    event.preventDefault();
  } else if (event.key === "Enter" && event.target === row) {
    row.querySelector("a[href], [hx-get]")?.click();
  } else if (event.key === " " && event.target === row) {
    row.querySelector("[data-select]")?.click();
    event.preventDefault();
  }
});

// A card on a phone says each value after the name of its column; a head that only a screen reader hears names nothing.
function nameCells(root) {
  for (const box of root.querySelectorAll(".table-cards")) {
    const heads = [...box.querySelectorAll("thead th")].map((head) => (head.querySelector(".sr-only") ? "" : head.textContent.trim()));
    for (const row of box.querySelectorAll("tbody tr, tfoot tr")) {
      let place = 0;
      for (const cell of row.cells) {
        const isTotal = row.parentElement.tagName === "TFOOT" && cell.tagName === "TH";
        if (heads[place] && !isTotal) cell.dataset.label = heads[place];
        place += cell.colSpan;
      }
    }
  }
}

document.addEventListener("htmx:afterSettle", () => nameCells(document));
nameCells(document);

// Columns: what is hidden is kept on this device, by table.
function hiddenColumns(id) {
  try {
    return new Set(JSON.parse(localStorage.getItem(`t4v-columns-${id}`) ?? "[]"));
  } catch {
    return new Set();
  }
}

function applyColumns(table, hidden) {
  [...table.querySelectorAll("thead th")].forEach((head, index) => {
    if (!head.dataset.column) return;
    const hide = hidden.has(head.dataset.column);
    for (const row of table.rows) if (row.cells[index]) row.cells[index].hidden = hide;
  });
}

function prepareColumns(scope) {
  for (const menu of scope.querySelectorAll("[data-columns-for]")) {
    const id = menu.dataset.columnsFor;
    const table = document.getElementById(id)?.querySelector("table");
    if (!table) continue;
    const hidden = hiddenColumns(id);
    applyColumns(table, hidden);
    const choices = [...table.querySelectorAll("thead th[data-column]")].map((head) => {
      const label = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      box.checked = !hidden.has(head.dataset.column);
      box.addEventListener("change", () => {
        if (box.checked) hidden.delete(head.dataset.column);
        else hidden.add(head.dataset.column);
        try {
          localStorage.setItem(`t4v-columns-${id}`, JSON.stringify([...hidden]));
        } catch {
          // Storage may be refused: the choice lasts as long as the page.
        }
        applyColumns(table, hidden);
      });
      label.append(box, head.textContent.trim());
      return label;
    });
    menu.querySelector(".menu-list").replaceChildren(...choices);
  }
}

prepareColumns(document);
document.addEventListener("htmx:afterSettle", () => prepareColumns(document));
