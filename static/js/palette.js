// Ctrl-K: every page and action that the person may use, filtered as they type.

const dialog = document.getElementById("palette");

function plain(text) {
  return text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();
}

function start() {
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  const none = dialog.querySelector(".palette-none");
  const items = JSON.parse(document.getElementById("palette-items").textContent);
  let selected = 0;
  let shown = [];

  function select(index) {
    if (!shown.length) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    selected = (index + shown.length) % shown.length;
    [...list.children].forEach((option, position) => option.setAttribute("aria-selected", String(position === selected)));
    const option = list.children[selected];
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function draw() {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    const rank = (item) => (words.every((word) => ` ${plain(item.label)}`.includes(` ${word}`)) ? 0 : 1);
    shown = items
      .filter((item) => words.every((word) => plain(`${item.label} ${item.group}`).includes(word)))
      .sort((one, other) => rank(one) - rank(other));
    list.replaceChildren(
      ...shown.map((item, index) => {
        const option = document.createElement("div");
        option.className = "palette-item";
        option.id = `palette-${index}`;
        option.setAttribute("role", "option");
        const area = document.createElement("span");
        area.className = "palette-area";
        area.textContent = item.kind === "action" ? list.dataset.action : item.group;
        option.append(item.label, area);
        option.addEventListener("click", () => window.location.assign(item.url));
        option.addEventListener("pointermove", () => selected !== index && select(index));
        return option;
      }),
    );
    none.hidden = shown.length > 0;
    select(0);
  }

  function open() {
    input.value = "";
    draw();
    dialog.showModal();
    input.focus();
  }

  input.addEventListener("input", draw);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") select(selected + 1);
    else if (event.key === "ArrowUp") select(selected - 1);
    else if (event.key === "Enter" && shown.length) window.location.assign(shown[selected].url);
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
