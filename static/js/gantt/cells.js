// Typing in a cell: Enter goes down, Tab goes on, Escape gives up. What is refused stays typed, with its sentence.

import { COLUMNS, rawText, readOnlyBecause } from "./columns.js";
import { isTyped } from "./outside.js";
import { about, predecessorWords, said } from "./words.js";

export class Cells {
  constructor(grid, plan, server, mayEdit, suggestions) {
    Object.assign(this, { grid, plan, server, mayEdit, suggestions }); // by column: what offers words as one types
    grid.rows.addEventListener("dblclick", (event) => {
      const cell = event.target.closest(".gg-cell");
      if (!cell || event.target.closest(".gg-fold, input")) return;
      const { id } = cell.parentElement.dataset;
      if (!this.open(id, cell.dataset.column)) this.explain(id, cell.dataset.column);
    });
  }

  // Opens a cell; `text` replaces what it holds (a first letter typed), else it is selected.
  open(id, column, text = null) {
    const task = this.plan.draft?.id === id ? this.plan.draft : this.plan.tasks.get(id);
    if (!task || !this.mayEdit || !COLUMNS[column]?.edit?.(task)) return false;
    this.grid.focus(id, column);
    const cell = this.grid.cell(id, column);
    if (!cell) return false;
    const held = task.draft ? "" : rawText(column, task, this.plan);
    const input = document.createElement("input");
    input.className = "gg-input";
    input.value = text ?? held;
    input.maxLength = column === "name" ? 255 : 500;
    input.spellcheck = column === "name";
    input.autocomplete = "off";
    input.setAttribute("aria-label", said("editing", { column: said(`column_${column}`), task: task.name || said("new_task") }));
    if (task.draft) input.placeholder = said("new_task");
    this.grid.editing = { id, cell, input, column, held, version: task.version, read: this.read(task, column) };
    cell.append(input);
    cell.classList.add("gg-editing");
    input.focus();
    if (text === null) input.select();
    this.suggestions[column]?.attach(input, task);
    input.addEventListener("keydown", (event) => this.onKey(event));
    input.addEventListener("blur", () => {
      const { editing } = this.grid;
      // What was refused and stays as it was would be refused again: who leaves it gives it up.
      if (editing?.input === input) this.close(input.value !== editing.refused, false);
    });
    return true;
  }

  // Why nothing can be typed here.
  explain(id, column) {
    const task = this.plan.tasks.get(id);
    if (task && this.mayEdit && !this.grid.editing && column !== "number") this.onExplain?.([about(column), said(readOnlyBecause(column, task))].filter(Boolean).join(" "));
  }

  // What a list held when it was opened: what others add meanwhile stays.
  read(task, column) {
    if (column === "predecessors") return task.predecessors.map(([id]) => id).filter((id) => isTyped(this.plan, id));
    if (column === "people") return task.people.map(([name]) => name);
    return null;
  }

  onKey(event) {
    event.stopPropagation();
    const { id, column } = this.grid.editing;
    if (this.suggestions[column]?.onKey(event)) return;
    if (event.key === "Escape") {
      event.preventDefault();
      this.close(false);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const draft = this.plan.draft;
      const empty = draft && !this.grid.editing.input.value.trim();
      this.close(true);
      if (draft && !empty) return; // the next line opens by itself
      const next = this.plan.visible[(this.plan.places.get(id) ?? -2) + 1];
      if (next && !draft) this.grid.focus(next.id, column);
    } else if (event.key === "Tab") {
      event.preventDefault();
      const step = event.shiftKey ? -1 : 1;
      const columns = this.grid.columns;
      this.close(true);
      const task = this.plan.tasks.get(id);
      for (let place = columns.indexOf(column) + step; task && columns[place]; place += step) {
        if (COLUMNS[columns[place]].edit?.(task)) {
          this.open(id, columns[place]);
          return;
        }
      }
    }
  }

  close(keep, focus = true) {
    const editing = this.grid.editing;
    if (!editing) return;
    this.grid.editing = null;
    const { id, cell, input, column, held } = editing;
    this.suggestions[column]?.detach();
    const text = input.value.trim();
    input.remove();
    cell.classList.remove("gg-editing");
    if (this.plan.draft?.id === id) {
      this.onDraft?.(keep ? text : "", focus);
      return;
    }
    this.grid.refresh();
    if (focus) this.grid.focus(id, column, false);
    if (keep && text !== held.trim()) this.send(editing, text);
  }

  send({ id, column, version, read }, text) {
    const values = {};
    values[column] = column === "predecessors" ? this.parts(text) : text;
    if (read !== null) values[`${column}_read`] = read;
    const task = this.plan.tasks.get(id);
    const name = task?.name;
    if (column === "name" && task) task.name = text || task.name; // shown at once
    this.server.edit([{ op: "change", id, version, values }], (error) => {
      if (error && column === "name" && task) task.name = name;
      if (error && (error.offline || error.row === id)) this.again(id, column, text, error.message);
    });
  }

  // The text that was refused is typed again, with its sentence under it.
  again(id, column, text, message) {
    if (this.grid.editing) return;
    if (this.open(id, column, text)) this.grid.editing.refused = text;
    this.suggestions[column]?.close(); // Escape gives up: it has no list to close first
    this.onProblem?.(id, message);
  }

  // Numbers of lines are sent as the tasks that they name here, whatever the order is there by now.
  parts(text, numbers = null) {
    return text.split(";").map((part) => part.trim()).filter(Boolean).map((part) => {
      const away = /^([^:]{1,20}):\s*(\d{1,6})(.*)$/.exec(part);
      if (away) { // a line of another project: known by its key if it was there already
        const place = `${away[1].trim()}:${away[2]}`.toLowerCase();
        const known = Object.entries(this.plan.outside).find(([, [typed]]) => typed.toLowerCase() === place);
        return known ? [known[0], away[3].trim()] : ["", part];
      }
      const match = /^(\d{1,6})(.*)$/.exec(part);
      const id = match ? (numbers?.get(Number(match[1])) ?? this.plan.order[Number(match[1]) - 1]) : null;
      return id ? [id, match[2].trim()] : ["", part];
    });
  }

  static unchanged(task, plan, column, text) {
    return column === "predecessors" ? predecessorWords(task, plan) === text : rawText(column, task, plan) === text;
  }
}
