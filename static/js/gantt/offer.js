// What a cell offers as one types in it (ARIA: combobox with a listbox). A class of it says what it finds for the text
// (`found`: [{ label, note, … }]) and what choosing does (`take`).

import { CellList } from "./cell_list.js";

export class Offer extends CellList {
  attach(input, task) {
    if (!this.list?.showPopover) return;
    this.held = input.value;
    this.bind(input, task);
    input.addEventListener("input", () => this.show());
    this.show();
  }

  show() {
    const found = this.found();
    if (found.length) this.fill(found, draw, this.typed ? 0 : null);
    else this.close();
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
}

function draw(item) {
  const label = document.createElement("span");
  label.className = "option-words";
  label.textContent = item.label;
  if (!item.note) return [label];
  const note = document.createElement("span");
  note.className = "gg-load";
  note.textContent = item.note;
  return [label, note];
}
