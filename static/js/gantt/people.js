// Persons suggested as one types in a cell (ARIA: combobox with a listbox): `Alice Martin 50 %; Bob`, each part in its
// turn. Beside each name, how loaded they are while the task lasts, for those who may know it.

import { asker, drawItem } from "../listing.js";
import { CellList } from "./cell_list.js";
import { fold } from "./model.js";

const SHARE = /\s*[[(]?\s*\d{1,4}(?:[.,]\d{1,2})?\s*%\s*[\])]?\s*$/;
const MOST = 12;
const words = document.getElementById("palette-list");

export class People extends CellList {
  constructor(root) {
    super(root.querySelector(".gg-people"));
    this.url = root.dataset.peopleUrl;
    this.loadUrl = root.dataset.overloadUrl;
    this.loads = new Map();
    this.ask = asker(
      (text) => fetch(`${this.url}&${new URLSearchParams({ q: text })}`, { headers: { Accept: "application/json" } }),
      (answer, text) => this.input && this.show(answer?.items ?? [], text, answer === null),
    );
  }

  attach(input, task) {
    if (!this.url || !this.list?.showPopover) return;
    this.bind(input, task);
    input.addEventListener("input", () => this.search());
    if (!input.value) this.search();
    else if (!task.people.length) this.search(); // a first letter opened the cell
  }

  // The part of the text that the caret is in: where it begins and ends, the name, the share of time as typed.
  get part() {
    const { value, selectionStart } = this.input;
    const from = value.lastIndexOf(";", selectionStart - 1) + 1;
    const end = value.indexOf(";", selectionStart);
    const to = end < 0 ? value.length : end;
    const text = value.slice(from, to);
    const share = SHARE.exec(text)?.[0].trim() ?? "";
    return { from, to, name: text.replace(SHARE, "").trim(), share };
  }

  search() {
    this.ask(this.part.name);
  }

  show(found, text, failed) {
    if (text !== this.part.name) return;
    const others = new Set(this.input.value.split(";").map((part) => fold(part.replace(SHARE, "").trim())));
    others.delete(fold(text));
    const items = found.filter((item) => !others.has(fold(item.title))).slice(0, MOST);
    if (items.length === 1 && fold(items[0].title) === fold(text)) {
      this.close();
      return;
    }
    const none = document.createElement("div");
    none.className = "option-none";
    none.textContent = failed ? words.dataset.failed : words.dataset.none;
    this.fill(items, drawItem, items.length && text ? 0 : null, [none]);
    this.weigh(items);
  }

  // How loaded they are, once known: the list does not wait for it.
  async weigh(items) {
    if (!this.loadUrl || !items.length) return;
    const { start, finish, id } = this.task;
    const key = (item) => `${id} ${start} ${finish} ${item.id}`;
    const unknown = items.filter((item) => !this.loads.has(key(item)));
    if (unknown.length) {
      const asked = new URLSearchParams({ people: unknown.map((item) => item.id).join(), from: Math.floor(start / 1440), to: Math.floor(finish / 1440) });
      const answer = await fetch(`${this.loadUrl}?${asked}`, { headers: { Accept: "application/json" } }).catch(() => null);
      if (!answer?.ok) return; // the names are enough
      const { people } = await answer.json();
      for (const item of unknown) this.loads.set(key(item), people[item.id]);
    }
    for (const option of this.list.querySelectorAll("[role=option]")) {
      const load = this.loads.get(key(option.item));
      if (!load || option.querySelector(".gg-load")) continue;
      const said = document.createElement("span");
      said.className = load.over ? "gg-load gg-overloaded" : "gg-load";
      said.textContent = load.text;
      option.append(said);
    }
  }

  take(item) {
    const { from, to, share } = this.part;
    const { value } = this.input;
    const text = `${from ? " " : ""}${item.title}${share ? ` ${share}` : ""}`;
    this.input.value = value.slice(0, from) + text + value.slice(to);
    this.input.setSelectionRange(from + text.length, from + text.length);
    this.close();
  }

  // Whether the key was for the list.
  onKey(event) {
    if (!this.input || event.isComposing) return false;
    const { current } = this.choice;
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp":
        if (this.isOpen) this.choice.move(event.key === "ArrowDown" ? 1 : -1);
        else this.search();
        break;
      case "Escape":
        if (!this.isOpen) return false;
        this.close();
        break;
      case "Tab":
        if (this.isOpen && current) this.take(current.item);
        return false;
      case "Enter":
        if (!this.isOpen || !current || fold(current.item.title) === fold(this.part.name)) return false;
        this.take(current.item);
        break;
      default:
        return false;
    }
    event.preventDefault();
    return true;
  }

  close() {
    this.ask.drop();
    super.close();
  }
}
