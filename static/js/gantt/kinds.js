// The kinds of constraint, offered as one types in their cell (ARIA: combobox with a listbox): `Début au plus tôt le
// 18/01/2027`, or its short form `DNA 18/01/2027`. The date that is there, or the task's own, comes with the kind.

import { chooser } from "../listing.js";
import { fold } from "./model.js";
import { dateWords, endWords, words } from "./words.js";

const DATE = /\d[\d/.\- ]*\d\s*$|\d{1,2}\s+\p{L}+\.?\s+\d{4}\s*$/u;

export class Kinds {
  constructor(root) {
    this.list = root.querySelector(".gg-kinds");
    if (!this.list) return;
    this.list.popover = "manual";
    // The focus stays in the cell, whose text would else be sent.
    for (const name of ["pointerdown", "mousedown"]) this.list.addEventListener(name, (event) => event.preventDefault());
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

  // What is typed before the date; nothing while the cell holds what it held.
  get typed() {
    return this.input.value === this.held ? "" : fold(this.input.value.replace(DATE, "").trim());
  }

  show() {
    const { typed } = this;
    const found = words.kinds.filter(({ code, label }) => fold(label).includes(typed) || fold(code).startsWith(typed));
    const done = found.length === 1 && typed && [found[0].code, found[0].label].some((text) => fold(text) === typed);
    if (!found.length || done) {
      this.close();
      return;
    }
    this.list.replaceChildren(
      ...found.map((kind) => {
        const option = document.createElement("div");
        option.className = "option";
        option.setAttribute("role", "option");
        option.kind = kind;
        const label = document.createElement("span");
        label.className = "option-words";
        label.textContent = kind.label;
        const code = document.createElement("span");
        code.className = "gg-load";
        code.textContent = kind.code;
        option.append(label, code);
        return option;
      }),
    );
    this.choice.prepare((option) => this.take(option.kind));
    this.choice.select(typed ? 0 : null);
    this.open();
  }

  take({ label, dated, ends }) {
    const date = DATE.exec(this.input.value)?.[0].trim() ?? (ends ? endWords(this.task) : dateWords(this.task.start));
    this.input.value = dated ? `${label} ${date}` : label;
    if (dated) this.input.setSelectionRange(label.length + 1, this.input.value.length);
    this.close();
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
        this.take(this.choice.current.kind);
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
