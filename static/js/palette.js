// Ctrl-K: rows of the organisation, pages and actions, as one types; what was opened last while nothing is typed.

import { asker, chooser, drawItem, plain } from "./listing.js";
import { recent, remember } from "./recent.js";

const dialog = document.getElementById("palette");
const MOST_NAMED = 3;
const MOST_PAGES = 6;

function start() {
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  const state = dialog.querySelector(".palette-none");
  const words = list.dataset;
  const pages = JSON.parse(document.getElementById("palette-items").textContent);
  const choice = chooser(input, list);
  // What the server has answered, and to which question.
  let found = { text: null, groups: [], more: "" };
  let failed = false;

  function matching(text) {
    const asked = plain(text).split(/\s+/).filter(Boolean);
    const rank = (item) => (asked.every((word) => ` ${plain(item.label)}`.includes(` ${word}`)) ? 0 : 1);
    return pages
      .filter((item) => asked.every((word) => plain(`${item.label} ${item.group}`).includes(word)))
      .sort((one, other) => rank(one) - rank(other));
  }

  function stillAnswering(text) {
    const asked = plain(text).split(/[^\p{L}\p{N}.]+/u).filter(Boolean);
    const answers = (item) => {
      const held = plain(`${item.title} ${item.code} ${item.detail}`);
      return asked.every((word) => held.includes(word));
    };
    return found.groups
      .map((one) => ({ label: one.label, items: text ? one.items.filter(answers) : [] }))
      .filter((one) => one.items.length);
  }

  function option(item) {
    const made = document.createElement("div");
    made.className = "palette-item";
    made.setAttribute("role", "option");
    made.dataset.url = item.url;
    if (item.id) made.dataset.key = item.id;
    made.append(...drawItem(item));
    if (item.area) {
      const area = document.createElement("span");
      area.className = "palette-area";
      area.textContent = item.area;
      made.append(area);
    }
    return made;
  }

  function group(label, items, index) {
    const made = document.createElement("div");
    made.setAttribute("role", "group");
    const head = document.createElement("div");
    head.className = "palette-group";
    head.id = `palette-group-${index}`;
    head.textContent = label;
    made.setAttribute("aria-labelledby", head.id);
    made.append(head, ...items.map(option));
    return made;
  }

  function draw() {
    const text = input.value.trim();
    const answered = found.text === text;
    // Until the answer comes, what was found before and still answers stays in place.
    const groups = answered ? [...found.groups] : stillAnswering(text);
    const own = matching(text).map((item) => ({
      title: item.label,
      url: item.url,
      area: item.kind === "action" ? words.action : item.group,
    }));
    // A page that is called so is what was meant: it is there at once, above the rows that come with the answer.
    const named = text ? own.filter((item) => plain(item.title).startsWith(plain(text))).slice(0, MOST_NAMED) : [];
    const others = own.filter((item) => !named.includes(item));
    if (named.length) groups.unshift({ label: words.pages, items: named });
    const shown = text ? others.slice(0, MOST_PAGES) : others;
    if (shown.length) groups.push({ label: named.length ? words.others : words.pages, items: shown });
    list.replaceChildren(...groups.map((one, index) => group(one.label, one.items, index)));
    if (answered && found.more && found.groups.length) {
      list.append(option({ title: words.more, url: found.more }));
    }
    choice.prepare(go);
    choice.select(0);
    list.setAttribute("aria-busy", String(!answered && !failed));
    state.hidden = groups.length > 0 && !failed;
    if (failed) state.textContent = words.failed;
    else state.textContent = answered ? words.none : words.searching;
  }

  function go(chosen) {
    if (!chosen) return;
    if (chosen.dataset.key) remember(chosen.dataset.key);
    window.location.assign(chosen.dataset.url);
  }

  const ask = asker(
    (text) => {
      const query = new URLSearchParams(text ? { q: text } : { recent: recent().join(",") });
      return fetch(`${words.url}?${query}`, { headers: { Accept: "application/json" } });
    },
    (answer, text) => {
      failed = answer === null;
      if (answer) found = { text, ...answer };
      draw();
    },
  );

  function search() {
    failed = false;
    if (words.url) ask(input.value.trim());
    draw();
  }

  function open() {
    input.value = "";
    dialog.showModal();
    input.focus();
    search();
  }

  input.addEventListener("input", search);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") choice.move(1);
    else if (event.key === "ArrowUp") choice.move(-1);
    else if (event.key === "Enter" && choice.current) go(choice.current);
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (dialog.open) dialog.close();
      else open();
    }
  });
  for (const button of document.querySelectorAll("[data-palette-open]")) button.addEventListener("click", open);
}

if (dialog) start();
