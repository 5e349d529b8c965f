// The left half: an ARIA treegrid whose rows exist only around the window. The cell with the focus is kept in the page
// wherever one scrolls, so that the keyboard is never lost.

import { COLUMNS } from "./columns.js";
import { MILESTONE, SUMMARY } from "./model.js";
import { about, said } from "./words.js";

const INDENT = 16;

export class Grid {
  constructor(root, plan, row, mayEdit) {
    this.plan = plan;
    this.row = row;
    this.mayEdit = mayEdit;
    this.pane = root.querySelector(".gg-left");
    this.box = root.querySelector("[role=treegrid]");
    this.heads = root.querySelector(".gg-heads");
    this.rows = root.querySelector(".gg-rows");
    this.pane.addEventListener("scroll", () => (this.heads.parentElement.scrollLeft = this.pane.scrollLeft), { passive: true });
    this.drawn = new Map();
    this.spare = [];
    this.at = { row: null, column: "name" }; // where the focus is, or comes back to
    this.window = { first: 0, last: -1 };
    this.editing = null;
    this.flashing = new Set();
  }

  setColumns(names) {
    this.columns = names;
    const widths = names.map((name) => COLUMNS[name].width);
    this.full = widths.reduce((sum, width) => sum + width, 0);
    const tracks = names.map((name) => (name === "name" ? `minmax(${COLUMNS[name].width}px, 1fr)` : `${COLUMNS[name].width}px`));
    for (const part of [this.pane, this.heads]) {
      part.style.setProperty("--gg-columns", tracks.join(" "));
      part.style.setProperty("--gg-full", `${this.full}px`);
      part.style.setProperty("--gg-number", `${COLUMNS.number.width}px`);
    }
    this.heads.setAttribute("role", "row"); // not before: a row without cells is none
    this.heads.setAttribute("aria-rowindex", "1");
    this.heads.replaceChildren(
      ...names.map((name, index) => {
        const cell = document.createElement("div");
        cell.setAttribute("role", "columnheader");
        cell.setAttribute("aria-colindex", String(index + 1));
        cell.className = COLUMNS[name].number ? "gg-cell gg-number" : "gg-cell";
        cell.dataset.column = name;
        cell.textContent = said(`column_${name}`);
        cell.title = [cell.textContent, about(name)].filter(Boolean).join("\n");
        if (about(name)) cell.setAttribute("aria-description", about(name));
        return cell;
      }),
    );
    this.box.setAttribute("aria-colcount", String(names.length));
    if (!names.includes(this.at.column)) this.at.column = "name";
    for (const element of this.drawn.values()) element.remove();
    this.drawn.clear();
    this.spare = [];
    this.refresh();
  }

  show(first, last) {
    this.window = { first, last };
    const wanted = new Set();
    for (let place = first; place <= last; place += 1) if (this.plan.visible[place]) wanted.add(this.plan.visible[place].id);
    if (this.at.row !== null && this.plan.places.has(this.at.row)) wanted.add(this.at.row);
    // A row that has left the window becomes one that enters it, where it stands in the page.
    for (const [id, element] of this.drawn) {
      if (wanted.has(id) || this.editing?.id === id) continue; // what is being typed stays until it is sent or given up
      this.drawn.delete(id);
      this.spare.push(element);
    }
    for (const id of wanted) this.draw(this.plan.visible[this.plan.places.get(id)]);
    for (const element of this.spare.splice(0)) element.remove();
    this.box.setAttribute("aria-rowcount", String(this.plan.visible.length + 1));
  }

  refresh() {
    if (this.columns) this.show(this.window.first, Math.min(this.window.last, this.plan.visible.length - 1));
  }

  draw(task) {
    const { plan } = this;
    let element = this.drawn.get(task.id);
    if (!element) {
      element = this.spare.pop() ?? this.rows.appendChild(this.make());
      this.drawn.set(task.id, element);
      element.dataset.id = task.id;
    }
    const place = plan.places.get(task.id);
    const holds = plan.isSummary(task);
    element.style.transform = `translateY(${place * this.row}px)`;
    const siblings = plan.siblings(task);
    const about = {
      "aria-rowindex": place + 2,
      "aria-level": task.depth + 1,
      "aria-setsize": siblings.length,
      "aria-posinset": task.rank ?? siblings.length,
      "aria-selected": plan.selected.has(task.id),
      "aria-expanded": holds ? !plan.folded.has(task.id) : null,
    };
    for (const [name, value] of Object.entries(about)) {
      if (value === null) element.removeAttribute(name);
      else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
    }
    const css = ["gg-line"];
    if (holds || task.kind === SUMMARY) css.push("gg-summary");
    if (task.kind === MILESTONE) css.push("gg-milestone");
    if (plan.selected.has(task.id)) css.push("gg-selected");
    if (plan.problems.has(task.id)) css.push("gg-wrong");
    if (this.flashing.has(task.id)) css.push("gg-flash");
    if (task.draft) css.push("gg-draft");
    if (element.className !== css.join(" ")) element.className = css.join(" ");
    this.columns.forEach((name, index) => this.drawCell(element.children[index], name, task, holds));
  }

  drawCell(cell, name, task, holds) {
    const isHere = this.at.row === task.id && this.at.column === name;
    if (cell.tabIndex !== (isHere ? 0 : -1)) cell.tabIndex = isHere ? 0 : -1;
    if (this.editing?.cell === cell) return;
    const dates = this.plan.pending.get(task.id);
    const text = task.draft && name !== "name" ? "" : COLUMNS[name].text(dates ? { ...task, ...dates } : task, this.plan);
    const words = name === "name" ? cell.lastChild : cell;
    if (words.textContent !== text) words.textContent = text;
    if (cell.title !== text) cell.title = text;
    if (name === "name") {
      cell.style.paddingLeft = `${8 + task.depth * INDENT}px`;
      cell.firstChild.hidden = !holds;
      cell.children[1].hidden = task.kind !== MILESTONE;
    }
    if (name === "slip" || name === "finish") cell.classList.toggle("plan-late", task.baselineFinish !== null && Math.floor(task.finish / 1440) > Math.floor((task.baselineFinish ?? 0) / 1440));
    if (name === "finish") {
      const mark = this.plan.marks.get(task.id)?.words ?? "";
      if ((cell.getAttribute("aria-description") ?? "") !== mark) cell.setAttribute("aria-description", mark);
      if (mark) cell.title = `${text}\n${mark}`;
    }
    if (name === "people") {
      const over = this.plan.overload.get(task.id) ?? "";
      cell.classList.toggle("gg-overloaded", Boolean(over));
      if (over) cell.title = over;
    }
    if (name === "float") cell.classList.toggle("plan-late", task.float < 0);
    const mayType = this.mayEdit && Boolean(COLUMNS[name].edit?.(task));
    if (name === "duration" && task.kind === MILESTONE && this.mayEdit) cell.title = said("read_only_milestone");
    if (cell.getAttribute("aria-readonly") !== String(!mayType)) cell.setAttribute("aria-readonly", String(!mayType));
  }

  make() {
    const element = document.createElement("div");
    element.setAttribute("role", "row");
    this.columns.forEach((name, index) => {
      const cell = document.createElement("div");
      cell.setAttribute("role", name === "name" ? "rowheader" : "gridcell");
      cell.setAttribute("aria-colindex", String(index + 1));
      cell.className = `gg-cell${COLUMNS[name].number ? " gg-number" : ""}`;
      cell.dataset.column = name;
      cell.tabIndex = -1;
      if (name === "name") {
        const fold = document.createElement("span");
        fold.className = "gg-fold";
        fold.setAttribute("aria-hidden", "true");
        const mark = document.createElement("span");
        mark.className = "gg-diamond";
        mark.setAttribute("aria-hidden", "true");
        mark.textContent = "◆";
        const words = document.createElement("span");
        words.className = "gg-name";
        cell.append(fold, mark, words);
      }
      element.append(cell);
    });
    return element;
  }

  cell(id = this.at.row, column = this.at.column) {
    const element = this.drawn.get(id);
    return element ? element.children[this.columns.indexOf(column)] : null;
  }

  // Brings a cell into the window and gives it the focus.
  focus(id, column = this.at.column, scroll = true) {
    if (!this.plan.places.has(id)) return;
    this.at = { row: id, column };
    this.refresh();
    if (scroll) this.onReach?.(this.plan.places.get(id));
    const cell = this.cell();
    if (!cell) return;
    cell.focus({ preventScroll: true });
    this.reachColumn(cell);
  }

  // The pane shows the column that has the focus, whatever its own width; the number and the name stay when there is room.
  reachColumn(cell) {
    const pane = this.pane;
    if (getComputedStyle(cell).position !== "sticky") {
      const name = this.heads.querySelector("[data-column=name]");
      const held = getComputedStyle(name).position === "sticky" ? name.offsetWidth + COLUMNS.number.width : 0;
      const start = cell.offsetLeft;
      if (start - held < pane.scrollLeft) pane.scrollLeft = start - held;
      else if (start + cell.offsetWidth > pane.scrollLeft + pane.clientWidth) pane.scrollLeft = start + cell.offsetWidth - pane.clientWidth;
    }
  }

  get focused() {
    return this.plan.tasks.get(this.at.row) ?? (this.plan.draft?.id === this.at.row ? this.plan.draft : null);
  }

  // What others have just changed is lit for a moment.
  flash(ids) {
    for (const id of ids) this.flashing.add(id);
    this.refresh();
    window.setTimeout(() => {
      for (const id of ids) this.flashing.delete(id);
      this.refresh();
    }, 1600);
  }
}
