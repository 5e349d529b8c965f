// The kinds of constraint, offered as one types in their cell: `Début au plus tôt le 18/01/2027`, or its short form
// `DNA 18/01/2027`. The date that is there, or the task's own, comes with the kind.

import { fold } from "./model.js";
import { Offer } from "./offer.js";
import { dateWords, endWords, words } from "./words.js";

const DATE = /\d[\d/.\- ]*\d\s*$|\d{1,2}\s+\p{L}+\.?\s+\d{4}\s*$/u;

export class Kinds extends Offer {
  constructor(root) {
    super(root.querySelector(".gg-kinds"));
  }

  // What is typed before the date; nothing while the cell holds what it held.
  get typed() {
    return this.input.value === this.held ? "" : fold(this.input.value.replace(DATE, "").trim());
  }

  found() {
    const { typed } = this;
    const found = words.kinds.filter(({ code, label }) => fold(label).includes(typed) || fold(code).startsWith(typed));
    const done = found.length === 1 && typed && [found[0].code, found[0].label].some((text) => fold(text) === typed);
    return done ? [] : found.map((kind) => ({ ...kind, note: kind.code }));
  }

  take({ label, dated, ends }) {
    const date = DATE.exec(this.input.value)?.[0].trim() ?? (ends ? endWords(this.task) : dateWords(this.task.start));
    this.input.value = dated ? `${label} ${date}` : label;
    if (dated) this.input.setSelectionRange(label.length + 1, this.input.value.length);
    this.close();
  }
}
