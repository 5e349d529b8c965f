// What lists of rows found by the server share: drawing a row, moving among options, asking while one types.

const PAUSE = 120;

// A question to the server: waits for a pause in typing, and only the latest answer counts; `drop` wants none.
export function asker(ask, show) {
  let timer = 0;
  let latest = 0;
  const drop = () => {
    window.clearTimeout(timer);
    latest += 1;
  };
  const put = (...question) => {
    drop();
    const number = latest;
    timer = window.setTimeout(async () => {
      let answer = null;
      try {
        const response = await ask(...question);
        if (response.ok) answer = await response.json();
      } catch {
        // No network, or the page is being left: said as a failure below.
      }
      if (number === latest) show(answer, ...question);
    }, PAUSE);
  };
  return Object.assign(put, { drop });
}

function element(name, css, text = "") {
  const made = document.createElement(name);
  if (css) made.className = css;
  if (text) made.textContent = text;
  return made;
}

// The title with what was typed marked, an avatar for a person, the code and the detail beside it.
export function drawItem(item) {
  const nodes = [];
  if (item.initials) {
    const avatar = element("span", `avatar avatar-${item.hue}`, item.initials);
    avatar.setAttribute("aria-hidden", "true");
    nodes.push(avatar);
  }
  const words = element("span", "option-words");
  const title = element("span", "option-title");
  for (const [part, marked] of item.parts ?? [[item.title, false]]) title.append(marked ? element("mark", "", part) : part);
  words.append(title);
  const beside = [item.code, item.detail].filter(Boolean).join(" · ");
  if (beside) words.append(element("span", "option-detail", beside));
  nodes.push(words);
  return nodes;
}

// The options of a listbox, one of them chosen by the arrows; `input` keeps the focus and says which.
export function chooser(input, list) {
  let selected = -1;
  const options = () => [...list.querySelectorAll("[role=option]")];
  const chooser = {
    select(index) {
      const all = options();
      selected = all.length && index !== null ? (index + all.length) % all.length : -1;
      all.forEach((option, position) => option.setAttribute("aria-selected", String(position === selected)));
      if (selected < 0) input.removeAttribute("aria-activedescendant");
      else {
        input.setAttribute("aria-activedescendant", all[selected].id);
        all[selected].scrollIntoView({ block: "nearest" });
      }
    },
    move(step) {
      chooser.select(selected < 0 ? (step > 0 ? 0 : -1) : selected + step);
    },
    get current() {
      return options()[selected] ?? null;
    },
    // Gives each option its id, and the pointer the same effect as the arrows.
    prepare(choose) {
      options().forEach((option, index) => {
        option.id = `${list.id}-${index}`;
        option.setAttribute("aria-selected", "false");
        option.addEventListener("pointermove", () => selected !== index && chooser.select(index));
        // The focus stays in the field.
        option.addEventListener("pointerdown", (event) => event.preventDefault());
        option.addEventListener("click", (event) => {
          event.preventDefault(); // within a label, a click would come back to the field
          choose(option);
        });
      });
    },
  };
  return chooser;
}

// The title in parts, as the server gives them: the beginning of each word that answers is marked.
export function marked(title, asked) {
  const parts = [];
  let done = 0;
  for (const word of title.matchAll(/[\p{L}\p{N}\p{M}]+/gu)) {
    const best = asked.filter((one) => plain(word[0]).startsWith(one)).sort((one, other) => other.length - one.length)[0];
    if (!best) continue;
    let length = 1;
    while (plain(word[0].slice(0, length)).length < best.length) length += 1;
    parts.push([title.slice(done, word.index), false], [word[0].slice(0, length), true]);
    done = word.index + length;
  }
  parts.push([title.slice(done), false]);
  return parts;
}

// Without accents or case; the server folds the same way.
export function plain(text) {
  return text.normalize("NFKD").replace(/\p{Diacritic}/gu, "").toLowerCase().replace(/œ/g, "oe").replace(/æ/g, "ae").replace(/ß/g, "ss");
}
