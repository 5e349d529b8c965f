// The options of a custom field, offered as one types in its cell; of several, each part in its turn: `A; B`.

import { fold } from "./model.js";
import { Offer } from "./offer.js";
import { said } from "./words.js";

export class Options extends Offer {
  constructor(root, field) {
    super(root.querySelector(".gg-options"));
    this.several = field.kind === "choices";
    this.labels = field.kind === "yes_no" ? [said("yes"), said("no")] : field.options.map(([, label]) => label);
  }

  get ends() {
    return !this.several;
  }

  // Where the part that the caret is in begins and ends.
  get part() {
    const { value, selectionStart } = this.input;
    if (!this.several) return [0, value.length];
    const end = value.indexOf(";", selectionStart);
    return [value.lastIndexOf(";", selectionStart - 1) + 1, end < 0 ? value.length : end];
  }

  // Nothing while the cell holds what it held: all the options are then offered.
  get typed() {
    return this.input.value === this.held ? "" : fold(this.input.value.slice(...this.part).trim());
  }

  found() {
    const { typed } = this;
    const [from, to] = this.part;
    const others = this.several ? `${this.input.value.slice(0, from)};${this.input.value.slice(to)}` : "";
    const taken = new Set(others.split(";").map((one) => fold(one.trim())));
    const found = this.labels.filter((label) => fold(label).includes(typed) && !taken.has(fold(label)));
    return typed && found.length === 1 && fold(found[0]) === typed ? [] : found.map((label) => ({ label }));
  }

  take({ label }) {
    const [from, to] = this.part;
    const { value } = this.input;
    const text = `${from ? " " : ""}${label}`;
    this.input.value = value.slice(0, from) + text + value.slice(to);
    this.input.setSelectionRange(from + text.length, from + text.length);
    this.close();
  }
}
