// A list of options under a cell: opened, placed and closed. `input` is the cell's while it is typed in. A class of it says
// what choosing does (`take`).

import { chooser } from "../listing.js";

export class CellList {
  constructor(list) {
    this.list = list;
    if (!list) return;
    list.popover = "manual";
    // The focus stays in the cell, whose text would else be sent.
    for (const name of ["pointerdown", "mousedown"]) list.addEventListener(name, (event) => event.preventDefault());
    const follow = () => this.isOpen && this.place();
    window.addEventListener("scroll", follow, { capture: true, passive: true });
    window.addEventListener("resize", follow);
  }

  bind(input, task) {
    Object.assign(this, { input, task, choice: chooser(input, this.list) });
    const said = { role: "combobox", "aria-autocomplete": "list", "aria-controls": this.list.id, "aria-expanded": "false" };
    for (const [name, value] of Object.entries(said)) input.setAttribute(name, value);
  }

  detach() {
    this.close();
    this.input = null;
  }

  // The options of the items, whose words are the nodes that `draw` makes, or the line `none` without any; the one at
  // `chosen` is the one that Enter takes.
  fill(items, draw, chosen, none = []) {
    const options = items.map((item) => {
      const option = document.createElement("div");
      option.className = "option";
      option.setAttribute("role", "option");
      option.item = item;
      option.append(...draw(item));
      return option;
    });
    this.list.replaceChildren(...(options.length ? options : none));
    this.choice.prepare((option) => this.take(option.item));
    this.choice.select(chosen);
    this.open();
  }

  get isOpen() {
    return Boolean(this.input) && this.list.matches(":popover-open");
  }

  open() {
    if (document.activeElement !== this.input) return;
    if (!this.isOpen) this.list.showPopover();
    this.input.setAttribute("aria-expanded", "true");
    this.place();
  }

  close() {
    if (!this.isOpen) return;
    this.list.hidePopover();
    this.choice.select(null);
    this.input.setAttribute("aria-expanded", "false");
  }

  place() {
    const box = this.input.getBoundingClientRect();
    const [below, above] = [window.innerHeight - box.bottom - 8, box.top - 8];
    const up = below < 180 && above > below;
    const { style } = this.list;
    style.minWidth = `${box.width}px`;
    style.maxHeight = `${Math.min(320, up ? above : below)}px`;
    style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - this.list.offsetWidth - 8))}px`;
    style.top = up ? `${box.top - this.list.offsetHeight - 4}px` : `${box.bottom + 4}px`;
  }
}
