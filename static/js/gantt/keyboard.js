// The keys of a treegrid, and those of a plan.

import { COLUMNS } from "./columns.js";

export class Keyboard {
  constructor({ grid, plan, viewport, cells, outline, server, mayEdit }) {
    Object.assign(this, { grid, plan, viewport, cells, outline, server, mayEdit });
    this.anchor = null;
    grid.rows.addEventListener("keydown", (event) => this.onKey(event));
    grid.rows.addEventListener("mousedown", (event) => this.onPress(event));
    grid.rows.addEventListener("focusin", (event) => this.onFocus(event));
    document.addEventListener("keydown", (event) => this.onHistory(event));
    // In an empty plan nothing can have the focus: the key is the page's.
    document.addEventListener("keydown", (event) => {
      if (event.key === "Insert" && !plan.order.length && !plan.draft && event.target === document.body) outline.insert(null);
    });
  }

  onHistory(event) {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !this.mayEdit) return;
    if (event.target.closest?.("input, textarea, select, dialog, [contenteditable]")) return;
    if (key === "z" || key === "y") {
      event.preventDefault();
      this.server.undo(key === "y" || event.shiftKey);
    }
  }

  onFocus(event) {
    const cell = event.target.closest(".gg-cell");
    if (!cell || event.target.matches("input")) return;
    this.grid.at = { row: cell.parentElement.dataset.id, column: cell.dataset.column };
    this.grid.refresh();
  }

  onPress(event) {
    const cell = event.target.closest(".gg-cell");
    if (!cell || event.button !== 0 || event.target.matches("input")) return;
    const id = cell.parentElement.dataset.id;
    if (event.target.closest(".gg-fold")) {
      event.preventDefault();
      this.plan.toggle(id);
      this.grid.focus(id, "name", false);
      return;
    }
    if (event.shiftKey && this.anchor) {
      event.preventDefault();
      this.selectTo(id);
    } else if (event.ctrlKey || event.metaKey) {
      const chosen = new Set(this.plan.selected);
      if (!chosen.delete(id)) chosen.add(id);
      this.anchor = id;
      this.plan.select(chosen);
    } else {
      this.anchor = id;
      this.plan.select([id]);
    }
    this.grid.focus(id, cell.dataset.column, false);
  }

  selectTo(id) {
    const from = this.plan.places.get(this.anchor);
    const to = this.plan.places.get(id);
    if (from === undefined || to === undefined) return;
    this.plan.select(this.plan.visible.slice(Math.min(from, to), Math.max(from, to) + 1).map((task) => task.id));
  }

  go(place, extend = false) {
    const task = this.plan.visible[Math.max(0, Math.min(place, this.plan.visible.length - 1))];
    if (!task) return;
    if (extend) {
      this.anchor ??= this.grid.at.row;
      this.selectTo(task.id);
    } else {
      this.anchor = task.id;
      this.plan.select([task.id]);
    }
    this.grid.focus(task.id);
  }

  onKey(event) {
    if (event.target.matches("input")) return;
    const { grid, plan, outline } = this;
    const task = grid.focused;
    if (!task) return;
    const place = plan.places.get(task.id);
    const column = grid.columns.indexOf(grid.at.column);
    const control = event.ctrlKey || event.metaKey;
    let done = true;
    if (event.altKey && this.mayEdit && event.shiftKey && event.key === "ArrowRight") outline.indent();
    else if (event.altKey && this.mayEdit && event.shiftKey && event.key === "ArrowLeft") outline.indent(true);
    else if (event.altKey && this.mayEdit && event.key === "ArrowUp") outline.shift(-1);
    else if (event.altKey && this.mayEdit && event.key === "ArrowDown") outline.shift(1);
    else if (event.altKey && event.key === "Enter") this.viewport.goToBar(task);
    else if (event.altKey) done = false;
    else if (control && event.key.toLowerCase() === "a") plan.select(plan.visible.map((one) => one.id));
    else if (control && event.key === "Home") this.go(0);
    else if (control && event.key === "End") this.go(plan.visible.length - 1);
    else if (control && event.key === "Enter" && this.mayEdit) this.onOpen?.(task.id);
    else if (control && event.key === " ") this.toggleChosen(task.id);
    else if (control) done = false;
    else
      switch (event.key) {
        case "ArrowDown":
          this.go(place + 1, event.shiftKey);
          break;
        case "ArrowUp":
          this.go(place - 1, event.shiftKey);
          break;
        case "PageDown":
          this.go(place + this.viewport.page, event.shiftKey);
          break;
        case "PageUp":
          this.go(place - this.viewport.page, event.shiftKey);
          break;
        case "Home":
          grid.focus(task.id, grid.columns[0]);
          break;
        case "End":
          grid.focus(task.id, grid.columns.at(-1));
          break;
        case "ArrowRight":
          if (grid.at.column === "name" && plan.isSummary(task) && plan.folded.has(task.id)) plan.toggle(task.id, false);
          else if (column < grid.columns.length - 1) grid.focus(task.id, grid.columns[column + 1]);
          break;
        case "ArrowLeft":
          if (grid.at.column === "name" && plan.isSummary(task) && !plan.folded.has(task.id)) plan.toggle(task.id, true);
          else if (column > 0) grid.focus(task.id, grid.columns[column - 1]);
          break;
        case " ":
          this.toggleChosen(task.id);
          break;
        case "Escape":
          plan.problems.clear();
          plan.select([]);
          done = false;
          break;
        case "Enter":
        case "F2":
          if (!this.cells.open(task.id, grid.at.column)) this.onOpen?.(task.id);
          break;
        case "Insert":
          outline.insert(task.id);
          break;
        case "Delete":
          if (this.mayEdit) outline.remove();
          break;
        default:
          // A letter typed on a cell replaces what it holds, as in a spreadsheet.
          done = event.key.length === 1 && this.mayEdit;
          if (done && !this.cells.open(task.id, grid.at.column, event.key)) this.cells.explain(task.id, grid.at.column);
      }
    if (done) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  toggleChosen(id) {
    const chosen = new Set(this.plan.selected);
    if (!chosen.delete(id)) chosen.add(id);
    this.anchor = id;
    this.plan.select(chosen);
  }
}
