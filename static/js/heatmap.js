// The heatmap's cells: one is in the tab order, the arrows move among them, and opening one asks what makes it.

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function cellsOf(row) {
  return row.querySelectorAll("button[data-at]");
}

function open(cell) {
  const address = cell.closest("tr").dataset.cells + cell.dataset.at + "/" + window.location.search;
  window.htmx.ajax("GET", address, { target: "#panel", source: cell });
}

function reach(cell) {
  const heatmap = cell.closest("[data-heatmap]");
  const former = heatmap.querySelector('button[data-at][tabindex="0"]');
  if (former) former.tabIndex = -1;
  cell.tabIndex = 0;
}

function move(cell, key) {
  const row = cell.closest("tr");
  const rows = [...row.parentElement.querySelectorAll("tr[data-cells]")];
  const [down, right] = STEPS[key];
  const column = [...cellsOf(row)].indexOf(cell) + right;
  const next = cellsOf(rows[rows.indexOf(row) + down] ?? row)[column];
  if (!next) return;
  reach(next);
  next.focus();
}

function prepare(heatmap) {
  for (const cell of heatmap.querySelectorAll("button[data-at]")) cell.tabIndex = -1;
  const first = heatmap.querySelector("button[data-at]");
  if (first) first.tabIndex = 0;
}

function prepareAll() {
  document.querySelectorAll("[data-heatmap]:not([data-ready])").forEach((heatmap) => {
    heatmap.dataset.ready = "";
    prepare(heatmap);
  });
}

document.addEventListener("click", (event) => {
  const cell = event.target.closest("[data-heatmap] button[data-at]");
  if (!cell) return;
  reach(cell);
  open(cell);
});

document.addEventListener("keydown", (event) => {
  const cell = event.target.closest?.("[data-heatmap] button[data-at]");
  if (!cell || !(event.key in STEPS) || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  move(cell, event.key);
});

document.addEventListener("htmx:afterSwap", prepareAll);
prepareAll();
