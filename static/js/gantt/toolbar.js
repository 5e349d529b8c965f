// The buttons above the plan: commands, what is looked for, what is shown; kept for the person.

import { COLUMNS, chosenColumns, isOfPlans } from "./columns.js";
import { counted, said } from "./words.js";

const PAUSE = 150;

export class Toolbar {
  constructor(root, { plan, grid, outline, server, viewport, view, usual, redraw }) {
    Object.assign(this, { root, plan, view, usual, redraw });
    const commands = {
      insert: () => outline.insert(plan.tasks.has(grid.at.row) ? grid.at.row : null),
      indent: () => outline.indent(),
      outdent: () => outline.indent(true),
      up: () => outline.shift(-1),
      down: () => outline.shift(1),
      delete: () => outline.remove(),
      undo: () => server.undo(),
      redo: () => server.undo(true),
      fold: () => plan.foldAll(true),
      unfold: () => plan.foldAll(false),
      bar: () => viewport.goToBar(grid.focused),
      today: () => viewport.goTo(plan.said.today),
    };
    root.querySelector(".gg-tools").addEventListener("click", (event) => {
      const button = event.target.closest("[data-command], [data-dialog-open]");
      if (!button) return;
      const menu = button.closest("details");
      if (menu) { // it has done its work; the next press of a key opens it again
        menu.open = false;
        menu.querySelector("summary").focus();
      }
      commands[button.dataset.command]?.();
    });
    for (const button of root.querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => this.setZoom(button.dataset.zoom));
    }
    this.find(root.querySelector("[data-find]"), root.querySelector("[data-filter]"));
    this.columns(root.querySelector("[data-columns]"), grid);
    this.options(root.querySelector("[data-options]"));
    this.count = root.querySelector("[data-count]");
    plan.addEventListener("change", () => this.say());
    this.say();
  }

  say() {
    const { plan } = this;
    const looked = plan.search || plan.filter;
    const text = plan.selected.size > 1 ? counted("selected", plan.selected.size) : looked ? counted("found", plan.visible.length) : "";
    if (this.count.textContent !== text) this.count.textContent = text;
    const none = this.root.querySelector(".gg-none");
    const invites = this.root.dataset.mayEdit === "true" && !plan.order.length && !plan.draft;
    none.hidden = !invites && !(looked && plan.visible.length === 0);
    none.textContent = said(invites ? "empty_plan" : "none_found");
  }

  // What is looked for is in the address, to be shared or come back to.
  find(field, filter) {
    let timer = 0;
    field.value = this.plan.search;
    filter.value = this.plan.filter;
    if (filter.selectedIndex < 0) filter.value = this.plan.filter = "";
    field.addEventListener("input", () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => {
        this.plan.search = field.value.trim();
        this.plan.show();
        this.address();
      }, PAUSE);
    });
    filter.addEventListener("change", () => {
      this.plan.filter = filter.value;
      this.plan.show();
      this.address();
    });
  }

  address() {
    const url = new URL(window.location.href);
    for (const [name, value] of [["q", this.plan.search], ["show", this.plan.filter]]) {
      if (value) url.searchParams.set(name, value);
      else url.searchParams.delete(name);
    }
    window.history.replaceState(window.history.state, "", url);
  }

  setZoom(zoom) {
    this.view.zoom = zoom;
    for (const button of this.root.querySelectorAll("[data-zoom]")) button.setAttribute("aria-pressed", String(button.dataset.zoom === zoom));
    this.redraw("zoom");
    this.keep();
  }

  columns(menu, grid) {
    const { plan } = this;
    const chosen = new Set(grid.columns);
    for (const name of Object.keys(COLUMNS)) {
      if (name === "number" || name === "name" || (plan.said.roadmap && isOfPlans(name))) continue;
      const line = document.createElement("label");
      line.className = "menu-item";
      const box = document.createElement("input");
      box.type = "checkbox";
      box.checked = chosen.has(name);
      box.addEventListener("change", () => {
        if (box.checked) chosen.add(name);
        else chosen.delete(name);
        this.view.columns = chosenColumns([...chosen].join(",") || "name").join(",");
        grid.setColumns(chosenColumns(this.view.columns));
        this.redraw("columns");
        this.keep();
      });
      line.append(box, said(`column_${name}`));
      menu.append(line);
    }
  }

  options(menu) {
    for (const box of menu.querySelectorAll("input")) {
      box.checked = this.view.options[box.name];
      box.addEventListener("change", () => {
        this.view.options[box.name] = box.checked;
        this.redraw("options");
        this.keep();
      });
    }
  }

  // On the server, for this person, wherever they open a plan next.
  keep() {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      const { columns, zoom, width, options } = this.view;
      const toggled = Object.keys(options).filter((name) => options[name] !== this.usual[name]).join(",");
      fetch(this.root.dataset.viewUrl, {
        method: "POST",
        headers: { "X-CSRFToken": document.body.dataset.csrf },
        body: new URLSearchParams({ columns, zoom, width: String(width), toggled }),
      }).catch(() => {}); // how one sees a plan is not worth a message
    }, 600);
  }
}
