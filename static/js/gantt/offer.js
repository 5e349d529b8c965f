// What a cell offers as one types in it (ARIA: combobox with a listbox). A class of it says what it finds for the text
// (`found`: [{ label, note, … }]) and what choosing does (`take`).

import { chooser } from "../listing.js";

export class Offer {
  constructor(list) {
    this.list = list;
    if (!list) return;
    list.popover = "manual";
    // The focus stays in the cell, whose text would else be sent.
    for (const name of ["pointerdown", "mousedown"]) list.addEventListener(name, (event) => event.preventDefault());
    window.addEventListener("scroll", () => this.isOpen && this.place(), { capture: true, passive: true });
  }

  attach(input, task) {
    if (!this.list?.showPopover) return;
    Object.assign(this, { input, task, held: input.value, choice: chooser(input, this.list) });
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": this.list.id, "aria-expanded": "false" })) input.setAttribute(name, value);
    input.addEventListener("input", () => this.show());
    this.show();
  }

  detach() {
    this.close();
    this.input = null;
  }

  show() {
    const found = this.found();
    if (!found.length) {
      this.close();
      return;
    }
    this.list.replaceChildren(
      ...found.map((item) => {
        const option = document.createElement("div");
        option.className = "option";
        option.setAttribute("role", "option");
        option.item = item;
        const label = document.createElement("span");
        label.className = "option-words";
        label.textContent = item.label;
        option.append(label);
        if (item.note) {
          const note = document.createElement("span");
          note.className = "gg-load";
          note.textContent = item.note;
          option.append(note);
        }
        return option;
      }),
    );
    this.choice.prepare((option) => this.take(option.item));
    this.choice.select(this.typed ? 0 : null);
    this.open();
  }

  // Whether Enter, having chosen, also ends the typing.
  get ends() {
    return false;
  }

  // Whether the key was for the list.
  onKey(event) {
    if (!this.input || event.isComposing) return false;
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp":
        if (this.isOpen) this.choice.move(event.key === "ArrowDown" ? 1 : -1);
        else this.show();
        break;
      case "Escape":
        if (!this.isOpen) return false;
        this.close();
        break;
      case "Enter":
        if (!this.isOpen || !this.choice.current) return false;
        this.take(this.choice.current.item);
        if (this.ends) return false;
        break;
      default:
        return false;
    }
    event.preventDefault();
    return true;
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
    const up = window.innerHeight - box.bottom < this.list.offsetHeight + 8 && box.top > this.list.offsetHeight + 8;
    const { style } = this.list;
    style.minWidth = `${box.width}px`;
    style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - this.list.offsetWidth - 8))}px`;
    style.top = up ? `${box.top - this.list.offsetHeight - 4}px` : `${box.bottom + 4}px`;
  }
}
