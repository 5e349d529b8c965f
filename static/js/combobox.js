// A choice among many rows, found by typing (ARIA: combobox with a listbox). Two forms that the server writes:
// - select[data-combobox]: every choice is in the page; the select stays, hidden, and holds the value;
// - .combobox[data-url]: the server is asked as one types; a hidden field holds the key. Without this script its text
//   field is sent as it is, and the server looks for the row of that name.

import { asker, chooser, drawItem, marked, plain } from "./listing.js";

const MOST = 60;
const words = document.getElementById("palette-list")?.dataset ?? {};
let number = 0;

function makeList() {
  const list = document.createElement("div");
  list.className = "combobox-list";
  number += 1;
  list.id = `combobox-list-${number}`;
  list.setAttribute("role", "listbox");
  list.popover = "manual";
  return list;
}

// What both forms do: `read(text)` gives items or asks for them, `choose(item)` keeps one, `leave(text)` ends typing.
function behave(input, list, { read, choose, leave, shown }) {
  const choice = chooser(input, list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  input.autocomplete = "off";
  input.spellcheck = false;
  list.setAttribute("aria-label", document.getElementById("palette-list")?.ariaLabel ?? "");

  function place() {
    const box = (input.closest(".chip") ?? input).getBoundingClientRect();
    const below = window.innerHeight - box.bottom - 8;
    const above = box.top - 8;
    const up = below < 180 && above > below;
    list.style.minWidth = `${box.width}px`;
    list.style.maxHeight = `${Math.min(320, up ? above : below)}px`;
    list.style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - list.offsetWidth - 8))}px`;
    list.style.top = up ? `${box.top - list.offsetHeight - 4}px` : `${box.bottom + 4}px`;
  }
  const isOpen = () => list.matches(":popover-open");
  function open() {
    if (isOpen()) return;
    list.showPopover();
    input.setAttribute("aria-expanded", "true");
    place();
  }
  function close() {
    if (!isOpen()) return;
    list.hidePopover();
    input.setAttribute("aria-expanded", "false");
    choice.select(null);
  }
  function take(option) {
    if (!option) return;
    choose(option.item);
    input.value = shown();
    close();
  }
  const api = {
    show(items, note = "") {
      const options = items.slice(0, MOST).map((item) => {
        const option = document.createElement("div");
        option.className = "option";
        option.setAttribute("role", "option");
        option.item = item;
        option.append(...drawItem(item));
        return option;
      });
      if (!options.length || note) {
        const line = document.createElement("div");
        line.className = "option-none";
        line.textContent = note || words.none;
        options.push(line);
      }
      list.replaceChildren(...options);
      choice.prepare(take);
      choice.select(items.length && input.value.trim() && input.value !== shown() ? 0 : null);
      if (document.activeElement === input) open();
      if (isOpen()) place();
    },
    shown,
  };
  const search = () => read(input.value === shown() ? "" : input.value.trim(), api);

  input.addEventListener("input", (event) => {
    event.stopPropagation();
    search();
  });
  // A filter applies itself when its value changes, not when its text does.
  input.addEventListener("change", (event) => event.stopPropagation());
  input.addEventListener("focus", () => input.select());
  input.addEventListener("click", () => !isOpen() && search());
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (isOpen()) choice.move(event.key === "ArrowDown" ? 1 : -1);
      else search();
    } else if (event.key === "Enter" && isOpen() && choice.current) take(choice.current);
    else if (event.key === "Escape" && isOpen()) {
      input.value = shown();
      close();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  input.addEventListener("blur", () => {
    close();
    if (input.value !== shown()) leave(input.value.trim());
  });
  for (const name of ["scroll", "resize"]) window.addEventListener(name, () => isOpen() && place(), { capture: true, passive: true });
  return api;
}

function changed(field) {
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function ofSelect(select) {
  const input = document.createElement("input");
  input.type = "text";
  input.className = "combobox-input";
  for (const name of ["id", "aria-label", "aria-describedby", "aria-invalid"]) {
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  }
  select.removeAttribute("id");
  // A hidden field cannot say that it is missing.
  input.required = select.required;
  select.required = false;
  input.disabled = select.disabled;
  input.autofocus = select.autofocus;
  const list = makeList();
  select.hidden = true;
  const box = document.createElement("span");
  box.className = "combobox";
  select.replaceWith(box);
  box.append(select, input, list);
  const items = [...select.options].map((option) => ({
    value: option.value,
    title: option.label.trim(),
    detail: option.dataset.detail ?? "",
    initials: option.dataset.initials,
    hue: option.dataset.hue,
  }));
  const empty = items.find((item) => item.value === "");
  input.placeholder = empty?.title ?? "";
  const shown = () => {
    const item = items[select.selectedIndex];
    return item && item.value !== "" ? item.title : "";
  };
  const keep = (value) => {
    if (select.value === value) return;
    select.value = value;
    changed(select);
  };
  behave(input, list, {
    shown,
    read(text, api) {
      const asked = plain(text).split(/\s+/).filter(Boolean);
      const answers = (item) => {
        const held = ` ${plain(`${item.title} ${item.detail}`).replace(/[^\p{L}\p{N}.]+/gu, " ")}`;
        return asked.every((word) => held.includes(` ${word}`));
      };
      const found = items.filter((item) => item.value !== "" && answers(item));
      api.show(asked.length ? found.map((item) => ({ ...item, parts: marked(item.title, asked) })) : items);
    },
    choose: (item) => keep(item.value),
    leave(text) {
      if (!text && empty) keep("");
      input.value = shown();
    },
  });
  input.value = shown();
  input.takeValue = (value) => {
    select.value = value;
    input.value = shown();
  };
  if (select.form) select.form.addEventListener("reset", () => window.setTimeout(() => (input.value = shown())));
}

function ofServer(box) {
  const input = box.querySelector("input[type=text]");
  const hidden = box.querySelector("input[type=hidden]");
  const typedName = input.name;
  const list = makeList();
  box.append(list);
  let label = hidden.value ? input.value : "";
  // The text is sent only when it names a row that has not been chosen in the list.
  const name = () => (input.name = label === input.value ? "" : typedName);
  const shown = () => label;
  const keep = (key, text) => {
    label = text;
    input.value = text;
    name();
    if (hidden.value === key) return;
    hidden.value = key;
    changed(hidden);
  };
  const first = JSON.parse(box.dataset.first).map(([id, title]) => ({ id, title }));
  const ask = asker(
    (text) => fetch(`${box.dataset.url}&${new URLSearchParams({ q: text })}`, { headers: { Accept: "application/json" } }),
    (answer, text) => {
      if (answer === null) api.show([], words.failed);
      else api.show(text ? answer.items : [...first, ...answer.items]);
    },
  );
  const api = behave(input, list, {
    shown,
    read: (text) => ask(text),
    choose: (item) => keep(item.id, item.id ? item.title : ""),
    leave(text) {
      if (!text) keep("", "");
      else name();
    },
  });
  input.takeValue = (key, text) => keep(key, key ? text : "");
  name();
}

// A choice of several rows: one more combobox as soon as none is left empty.
function ofSeveral(box) {
  const spare = box.lastElementChild.cloneNode(true);
  const values = () => [...box.querySelectorAll("select, input[type=hidden]")];
  const field = spare.matches("select") ? spare : spare.querySelector("input[type=text]");
  const [stem] = field.id.split(/_\d+$/);
  const label = (field.getAttribute("aria-label") ?? "").replace(/\d+$/, "");
  box.addEventListener("change", () => {
    const held = values();
    if (!held.every((one) => one.value)) return;
    const added = spare.cloneNode(true);
    const named = added.matches("select") ? added : added.querySelector("input[type=text]");
    named.id = `${stem}_${held.length}`;
    named.setAttribute("aria-label", `${label}${held.length + 1}`);
    box.append(added);
    prepare(box);
  });
}

function prepare(scope) {
  for (const box of scope.querySelectorAll("[data-rows]:not([data-ready])")) {
    box.dataset.ready = "true";
    ofSeveral(box);
  }
  for (const select of scope.querySelectorAll("select[data-combobox]:not([hidden])")) ofSelect(select);
  for (const box of scope.querySelectorAll(".combobox[data-url]:not([data-ready])")) {
    box.dataset.ready = "true";
    ofServer(box);
  }
}

if (HTMLElement.prototype.showPopover) {
  prepare(document);
  document.addEventListener("htmx:afterSettle", (event) => prepare(event.target));
}
