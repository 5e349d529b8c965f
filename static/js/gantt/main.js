// The editor of a plan: reads its rows, then joins what draws them and what changes them.

import { Bars } from "./bars.js";
import { Cells } from "./cells.js";
import { Clashes } from "./clashes.js";
import { COLUMNS, chosenColumns } from "./columns.js";
import { FIELDS } from "./custom.js";
import { Drag, RowDrag } from "./drag.js";
import { Edges } from "./edges.js";
import { FinishMarks } from "./finish_marks.js";
import { Grid } from "./grid.js";
import { Keyboard } from "./keyboard.js";
import { Kinds } from "./kinds.js";
import { Plan } from "./model.js";
import { Options } from "./options.js";
import { OutlineEdits } from "./outline.js";
import { Overload } from "./overload.js";
import { Clipboard } from "./paste.js";
import { PageParts } from "./page_parts.js";
import { People } from "./people.js";
import { DAY_WIDTH, Scale, ZOOMS } from "./scale.js";
import { Server } from "./server.js";
import { Toolbar } from "./toolbar.js";
import { Viewport } from "./viewport.js";
import { counted, dateWords, endWords, said } from "./words.js";

const root = document.getElementById("gantt");
const OPTIONS = { critical: true, baseline: true, links: true, people: true, overload: true, marks: true, float: false };

function keptView(text) {
  const query = new URLSearchParams(text);
  // Only what differs from the usual is kept, so that an option of a later version is as usual.
  const toggled = (query.get("toggled") ?? "").split(",");
  const options = Object.fromEntries(Object.entries(OPTIONS).map(([name, usual]) => [name, toggled.includes(name) ? !usual : usual]));
  return { columns: query.get("columns") ?? "", zoom: query.get("zoom"), width: Number(query.get("width")) || 0, options };
}

// The closest zoom at which the plan takes at most two windows of `room` pixels.
function fittingZoom(plan, room) {
  const [first, last] = plan.extent();
  return ZOOMS.find((zoom) => (last - first) * DAY_WIDTH[zoom] <= 2 * room) ?? "year";
}

async function start() {
  const answer = await fetch(root.dataset.rowsUrl).catch(() => null); // preloaded by the page: it must be the same request
  if (!answer?.ok) {
    root.querySelector("[role=treegrid]").removeAttribute("aria-busy");
    root.querySelector(".gg-none").textContent = said("unreachable");
    root.querySelector(".gg-none").hidden = false;
    return;
  }
  const mayEdit = root.dataset.mayEdit === "true";
  const view = keptView(root.dataset.view);
  const plan = new Plan(await answer.json());
  const scale = new Scale(plan);
  const row = parseFloat(getComputedStyle(root).getPropertyValue("--plan-row")) || 32;
  const grid = new Grid(root, plan, row, mayEdit);
  const bars = new Bars(root, plan, scale, row, view.options);
  const viewport = new Viewport(root, plan, scale, grid, bars, new Edges(root, plan, bars, row), row);
  const server = new Server(root, plan);
  const cells = new Cells(grid, plan, server, mayEdit, suggestions(root));
  const status = root.querySelector(".gg-status");
  const tell = (text, level = "silent", takeBack = null) => {
    status.textContent = text;
    if (level !== "silent") document.body.dispatchEvent(new CustomEvent("toast", { detail: { text, level, takeBack } }));
  };
  const outline = new OutlineEdits(root, { plan, grid, server, cells, mayEdit, tell });

  const open = (id) => {
    if (root.dataset.pageUrl) { // the roadmap: a project's plan, a milestone's project
      const task = plan.tasks.get(id);
      if (task.kind === 1) plan.toggle(id);
      else window.location.assign(root.dataset.pageUrl.replace("00000000-0000-0000-0000-000000000000", task.kind === 2 ? task.parent : id));
      return;
    }
    const url = root.dataset.taskUrl.replace("00000000-0000-0000-0000-000000000000", id);
    window.htmx.ajax("GET", url, { target: "#panel", source: root });
  };
  const keyboard = new Keyboard({ grid, plan, viewport, cells, outline, server, mayEdit });
  keyboard.onOpen = open;
  const drag = new Drag(root, { plan, bars, scale, grid, server, viewport, mayEdit });
  drag.onOpen = open;
  new RowDrag(root, { plan, grid, outline, viewport, mayEdit });
  new Clashes(root, plan, server);
  new Clipboard({ grid, plan, server, cells, mayEdit, tell });
  root.querySelector("[data-command=open]").addEventListener("click", () => plan.tasks.has(grid.at.row) && open(grid.at.row));
  root.querySelector("[data-command=why]")?.addEventListener("click", () => {
    const url = `${root.dataset.taskUrl.replace("00000000-0000-0000-0000-000000000000", grid.at.row)}why/`;
    if (plan.tasks.has(grid.at.row)) window.htmx.ajax("GET", url, { target: "#panel", source: root });
  });

  // What was refused is said beside its row until it is read.
  const problem = root.querySelector(".gg-problem");
  const sayProblem = (id, message) => {
    plan.problems.clear();
    if (id) plan.problems.set(id, message);
    problem.querySelector("span").textContent = message;
    root.querySelector(".gg-alert").textContent = message;
    problem.hidden = false;
    problem.style.marginLeft = `${grid.pane.scrollLeft}px`;
    const place = plan.places.get(id);
    problem.style.transform = place === undefined ? "" : `translateY(${(place + 1) * row}px)`;
    if (place !== undefined) viewport.reach(place);
    grid.refresh();
  };
  problem.querySelector("button").addEventListener("click", () => {
    problem.hidden = true;
    plan.problems.clear();
    plan.changed();
    grid.focus(grid.at.row);
  });
  cells.onProblem = sayProblem;
  cells.onExplain = (text) => tell(text, "info");
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") problem.hidden = true;
  });
  server.addEventListener("refused", (event) => {
    const { row: id, message } = event.detail;
    if (plan.tasks.has(id)) sayProblem(id, message);
    else tell(message, "error");
  });
  server.addEventListener("tell", (event) => tell(event.detail.text, event.detail.level));
  server.addEventListener("edited", (event) => {
    problem.hidden = true;
    plan.problems.clear();
    const { ids, operations, made } = event.detail;
    if (operations.some(({ op }) => op === "delete")) return; // it is said with what undoes it
    const named = operations[0]?.id ?? operations[0]?.successor ?? Object.values(made)[0] ?? ids[0];
    const task = plan.tasks.get(named);
    if (!task) return;
    const also = ids.filter((id) => id !== named).length;
    const key = task.kind === 2 ? "new_date" : "new_dates";
    tell(`${said(key, { task: task.name, start: dateWords(task.start), end: endWords(task) })} ${also ? counted("also", also) : ""}`);
  });
  server.addEventListener("others", (event) => grid.flash(event.detail.ids));
  document.body.addEventListener("live", () => server.refresh());

  // Early and late dates are counted for those who look at them.
  const askDates = () => {
    const wanted = grid.columns.some((name) => COLUMNS[name].counted);
    if (wanted && !plan.wantsDates) server.refresh();
    plan.wantsDates = wanted;
  };

  // --- drawing again

  const redraw = (what) => {
    if (what === "zoom") {
      const day = viewport.middleDay;
      scale.zoom = view.zoom;
      scale.fit(viewport.width);
      viewport.resize();
      viewport.goTo(day);
    } else if (what === "columns") {
      viewport.resize();
      askDates();
    } else bars.refresh();
    viewport.edge();
  };
  const shown = () => [plan.visible.length, ...plan.extent()].join();
  let last = "";
  let asked = 0;
  plan.addEventListener("change", () => {
    if (asked) return;
    asked = window.requestAnimationFrame(() => {
      asked = 0;
      if (shown() !== last) {
        // The plan is longer or wider: the window stays on the same day.
        const day = viewport.middleDay;
        const before = scale.first;
        last = shown();
        scale.fit(viewport.width);
        viewport.resize();
        if (scale.first !== before) viewport.goTo(day);
      } else {
        grid.refresh();
        bars.refresh();
        viewport.edge();
      }
    });
  });

  const address = new URLSearchParams(window.location.search);
  plan.search = address.get("q") ?? "";
  plan.filter = address.get("show") ?? "";
  if (plan.search || plan.filter) plan.show();
  view.zoom = ZOOMS.includes(view.zoom) ? view.zoom : fittingZoom(plan, viewport.width / 2);
  scale.zoom = view.zoom;
  grid.setColumns(chosenColumns(view.columns || root.dataset.columns));
  viewport.setLeft(view.width || (grid.full <= viewport.width * 0.67 ? grid.full : viewport.width * 0.55));
  scale.fit(viewport.width);
  viewport.size();
  const [first, end] = plan.extent();
  if (!restore(plan, grid, viewport)) viewport.openAt(plan.said.today >= first && plan.said.today <= end ? plan.said.today : first);
  grid.at.row ??= plan.visible[0]?.id ?? null;
  viewport.draw();
  last = shown();
  const toolbar = new Toolbar(root, { plan, grid, outline, server, viewport, view, usual: OPTIONS, redraw });
  for (const button of root.querySelectorAll("[data-zoom]")) button.setAttribute("aria-pressed", String(button.dataset.zoom === view.zoom));
  splitter(root, viewport, view, toolbar);
  root.querySelector(".gg-add")?.addEventListener("click", () => outline.insert(plan.visible.at(-1)?.id ?? null));
  root.querySelector("[role=treegrid]").removeAttribute("aria-busy");
  root.dataset.ready = "true";
  performance.mark("gantt-ready");
  // The server makes itself ready for the first edit while the person looks.
  if (mayEdit) window.setTimeout(() => server.refresh(), 300);
  askDates();
  new Overload(root, plan, server, bars, grid);
  if (!root.dataset.pageUrl) new PageParts(plan);
  new FinishMarks(root, plan, server);
}

// What is offered as one types, by column.
function suggestions(root) {
  const people = new People(root);
  const found = { people, constraint: new Kinds(root) };
  for (const [column, field] of FIELDS) {
    if (field.kind === "person") found[column] = people;
    else if (["choice", "choices", "yes_no"].includes(field.kind)) found[column] = new Options(root, field);
  }
  return found;
}

// The line between the table and the chart: by hand or by arrows.
function splitter(box, viewport, view, toolbar) {
  const bar = box.querySelector(".gg-split");
  const set = (width) => {
    viewport.setLeft(width);
    view.width = viewport.leftWidth;
    bar.setAttribute("aria-valuenow", String(viewport.leftWidth));
    viewport.resize();
    toolbar.keep();
  };
  bar.setAttribute("aria-valuenow", String(viewport.leftWidth));
  bar.addEventListener("pointerdown", (event) => {
    bar.setPointerCapture(event.pointerId);
    const from = event.clientX - viewport.leftWidth;
    const move = (at) => set(at.clientX - from);
    bar.addEventListener("pointermove", move);
    bar.addEventListener("pointerup", () => bar.removeEventListener("pointermove", move), { once: true });
  });
  bar.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -24, ArrowRight: 24 }[event.key];
    if (!by) return;
    event.preventDefault();
    set(viewport.leftWidth + by);
  });
}

// A page that comes back after the task's panel was saved is where it was; says whether it was there before.
function restore(plan, grid, viewport) {
  const key = `t4v-gantt-${root.dataset.project}`;
  window.addEventListener("pagehide", () => {
    try {
      sessionStorage.setItem(key, JSON.stringify({ folded: [...plan.folded], row: grid.at.row, top: viewport.box.scrollTop, day: viewport.middleDay }));
    } catch {
      // Storage may be refused: the page opens at its beginning.
    }
  });
  try {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
    if (!kept) return false;
    plan.folded = new Set(kept.folded.filter((id) => plan.tasks.has(id)));
    if (kept.row && plan.tasks.has(kept.row)) grid.at.row = kept.row;
    if (plan.folded.size) {
      plan.show();
      viewport.size();
    }
    viewport.box.scrollTop = kept.top;
    if (kept.day) viewport.goTo(kept.day);
    return Boolean(kept.day);
  } catch {
    return false; // as above
  }
}

// A phone reads the table that the server draws; a wider window gets the editor, when it becomes wide too.
if (root) {
  const wide = window.matchMedia("(min-width: 721px)");
  if (wide.matches) start();
  else wide.addEventListener("change", (event) => event.matches && start(), { once: true });
}
