// Mentions: in a text of several lines, `@` offers people. The page shows `@Name`; what is sent is
// `@[Name](person:<key>)`, kept in a hidden field beside the text that one sees.

import { asker, chooser, drawItem } from "./listing.js";

const TOKEN = /@\[([^\]\[\n]{1,200})\]\(person:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\)/g;
// What is being typed: an @ at the start of a word, then letters, at most two spaces (a first and a last name).
const TYPED = /(^|[\s(])@([\p{L}\p{N}'’.-]*(?: [\p{L}\p{N}'’.-]+){0,2})$/u;
const words = document.getElementById("palette-list")?.dataset ?? {};
let number = 0;

function prepare(area) {
  const names = new Map();
  const hidden = document.createElement("textarea");
  hidden.hidden = true;
  hidden.name = area.name;
  area.removeAttribute("name");
  // Its length counts the keys, which nobody typed: the server says so if the text is too long.
  area.removeAttribute("maxlength");
  const list = document.createElement("div");
  list.className = "combobox-list";
  number += 1;
  list.id = `mention-list-${number}`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "@");
  list.popover = "manual";
  area.after(hidden, list);
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-controls", list.id);

  // Two persons of one name cannot be told apart in what is shown: the second stays written in full.
  function shown(text) {
    return text.replace(TOKEN, (token, name, key) => {
      if ((names.get(name) ?? key) !== key) return token;
      names.set(name, key);
      return `@${name}`;
    });
  }
  function sent(text) {
    let coded = text;
    const parts = [];
    // The longest names first: `@Anne` must not eat the beginning of `@Anne Martin`.
    for (const name of [...names.keys()].sort((one, other) => other.length - one.length)) {
      coded = coded.split(`@${name}`).reduce((before, after) => {
        // A name that goes on is another word.
        if (/^[\p{L}\p{N}]/u.test(after)) return `${before}@${name}${after}`;
        parts.push(`@[${name}](person:${names.get(name)})`);
        return `${before}\u0000${parts.length - 1}\u0000${after}`;
      });
    }
    return coded.replace(/\u0000(\d+)\u0000/g, (_mark, index) => parts[Number(index)]);
  }

  area.value = shown(area.value);
  area.defaultValue = area.value;
  const keep = () => {
    hidden.value = sent(area.value);
  };
  keep();

  area.takeValue = (text) => {
    area.value = shown(text);
    keep();
  };

  const choice = chooser(area, list);
  let typed = null;
  const isOpen = () => list.matches(":popover-open");
  function close() {
    typed = null;
    if (isOpen()) list.hidePopover();
    choice.select(null);
  }
  function take(option) {
    if (!option || !typed) return;
    const { id, title } = option.item;
    const name = title.replace(/\[/g, "(").replace(/\]/g, ")");
    const other = names.get(name);
    let text = `@${name}`;
    if (other && other !== id) text = `@[${name}](person:${id})`;
    else names.set(name, id);
    area.setRangeText(`${text} `, typed.start, area.selectionStart, "end");
    close();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  function place() {
    const caret = caretOf(area);
    list.style.maxHeight = "280px";
    const below = window.innerHeight - caret.bottom;
    list.style.left = `${Math.max(8, Math.min(caret.left, window.innerWidth - list.offsetWidth - 8))}px`;
    list.style.top = below > list.offsetHeight + 8 ? `${caret.bottom + 4}px` : `${caret.top - list.offsetHeight - 4}px`;
  }
  const ask = asker(
    (text) => fetch(`${area.dataset.mentions}&${new URLSearchParams({ q: text })}`, { headers: { Accept: "application/json" } }),
    (answer, text) => {
      if (!typed || typed.text !== text) return;
      const items = answer?.items ?? [];
      // Nobody of that name: an @ in an address or a sentence is no mention.
      if (answer && !items.length) return close();
      list.replaceChildren(
        ...items.slice(0, 8).map((item) => {
          const option = document.createElement("div");
          option.className = "option";
          option.setAttribute("role", "option");
          option.item = item;
          option.append(...drawItem(item));
          return option;
        }),
      );
      if (!answer) {
        const line = document.createElement("div");
        line.className = "option-none";
        line.textContent = words.failed;
        list.append(line);
      }
      choice.prepare(take);
      if (!isOpen()) list.showPopover();
      choice.select(answer ? 0 : null);
      place();
    },
  );

  area.addEventListener("input", () => {
    keep();
    const before = area.value.slice(0, area.selectionStart);
    const match = TYPED.exec(before);
    if (!match || names.has(match[2].trim())) return close();
    typed = { text: match[2], start: before.length - match[2].length - 1 };
    ask(typed.text);
  });
  area.addEventListener("keydown", (event) => {
    if (!isOpen() || event.isComposing) return;
    if (event.key === "ArrowDown") choice.move(1);
    else if (event.key === "ArrowUp") choice.move(-1);
    else if ((event.key === "Enter" || event.key === "Tab") && choice.current) take(choice.current);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  area.addEventListener("blur", close);
  window.addEventListener("scroll", () => isOpen() && place(), { capture: true, passive: true });
  area.form?.addEventListener("reset", () => window.setTimeout(keep));
}

// Where the caret is on the screen: the text before it, laid out in a box of the same shape.
function caretOf(area) {
  const box = area.getBoundingClientRect();
  const style = window.getComputedStyle(area);
  const copy = document.createElement("div");
  for (const name of ["font", "letterSpacing", "padding", "border", "boxSizing", "lineHeight", "textIndent"]) copy.style[name] = style[name];
  Object.assign(copy.style, { position: "fixed", visibility: "hidden", whiteSpace: "pre-wrap", overflowWrap: "anywhere", width: `${box.width}px`, left: `${box.left}px`, top: `${box.top}px` });
  copy.textContent = area.value.slice(0, area.selectionStart);
  const mark = document.createElement("span");
  mark.textContent = "\u200b";
  copy.append(mark);
  document.body.append(copy);
  const at = mark.getBoundingClientRect();
  copy.remove();
  const top = Math.min(Math.max(at.top - area.scrollTop, box.top), box.bottom - 20);
  return { left: at.left, top, bottom: Math.min(top + at.height, box.bottom) };
}

function prepareAll(scope) {
  for (const area of scope.querySelectorAll("textarea[data-mentions][name]")) prepare(area);
}

if (HTMLElement.prototype.showPopover) {
  prepareAll(document);
  document.addEventListener("htmx:afterSettle", (event) => prepareAll(event.target));
}
