// A week of time: each cell is saved when it is left; arrows and Enter go from cell to cell, Escape gives the saved
// value back, Ctrl+Z takes the last saved cell back. On a phone one day is shown at a time.

const root = document.querySelector("[data-timesheet]");

if (root) {
  const table = root.querySelector("table");
  const message = root.querySelector("[data-message]");
  const done = [];
  let last = Promise.resolve();

  const cells = () => [...root.querySelectorAll("input.time-cell")];
  const keyOf = (input) => input.closest("tr").dataset.row;

  function say(text, bad = false) {
    message.textContent = text;
    message.classList.toggle("time-bad", bad);
  }

  function show(sums) {
    for (const row of root.querySelectorAll("tr[data-row]")) {
      const total = sums.rows[row.dataset.row];
      if (total !== undefined) row.querySelector("[data-row-total]").textContent = total;
      const left = row.querySelector('input[data-day="remaining"]');
      if (left && sums.lines[row.dataset.row] !== undefined) left.dataset.version = sums.lines[row.dataset.row];
    }
    for (const day of sums.days) {
      for (const box of document.querySelectorAll(`[data-day-total="${day.day}"]`)) box.textContent = day.total;
      root.querySelector(`[data-day-box="${day.day}"]`)?.classList.toggle("time-over", day.over);
    }
    for (const box of document.querySelectorAll("[data-week-total]")) box.textContent = sums.total;
    const told = [...sums.limits, ...sums.days.map((day) => day.warning).filter(Boolean)];
    const warnings = told.map((text) => {
      const line = document.createElement("li");
      line.textContent = text;
      return line;
    });
    const used = document.querySelector("[data-package]");
    if (used) used.textContent = sums.package;
    root.querySelector("[data-warnings]").replaceChildren(...warnings);
  }

  async function send(input, text, { forced = false, undoing = false }) {
    // Somebody else wrote here since: only what is asked again goes.
    if (input.dataset.clash && !forced) return;
    delete input.dataset.clash;
    const body = new URLSearchParams({ key: keyOf(input), day: input.dataset.day, text, version: input.dataset.version });
    input.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(root.dataset.url, {
        method: "POST",
        headers: { "X-CSRFToken": document.body.dataset.csrf, Accept: "application/json" },
        body,
      });
      const told = await answer.json().catch(() => ({}));
      if (answer.ok) {
        if (!undoing) done.push({ input, text: input.dataset.saved });
        if (input.dataset.sent === text) delete input.dataset.sent;
        if (input.value.trim() === text) input.value = told.cell.text;
        input.dataset.saved = told.cell.text;
        input.dataset.version = told.cell.version;
        input.removeAttribute("aria-invalid");
        show(told);
        say(undoing ? root.dataset.undone : root.dataset.saved);
        return;
      }
      // What was typed stays; Escape takes what is there now.
      if (answer.status === 409) {
        input.dataset.version = told.version;
        input.dataset.saved = told.text;
        input.dataset.clash = "true";
      }
      input.setAttribute("aria-invalid", "true");
      say(told.detail ?? root.dataset.offline, true);
    } catch {
      input.setAttribute("aria-invalid", "true");
      say(root.dataset.offline, true);
    } finally {
      input.removeAttribute("aria-busy");
    }
  }

  // `sent` is what is on its way, or was refused: leaving the cell does not send it a second time, Enter does.
  function save(input, again = false) {
    const text = input.value.trim();
    const refused = input.getAttribute("aria-invalid") === "true";
    if (text === input.dataset.saved && !refused && input.dataset.sent === undefined) return;
    if (input.dataset.sent === text && !(again && refused)) return;
    const forced = again && Boolean(input.dataset.clash);
    input.dataset.sent = text;
    last = last.then(() => send(input, text, { forced }));
  }

  function undo() {
    const step = done.pop();
    if (!step) return;
    step.input.value = step.text;
    step.input.dataset.sent = step.text;
    step.input.focus();
    last = last.then(() => send(step.input, step.text, { undoing: true }));
  }

  function move(input, rows, columns) {
    const line = input.closest("tr");
    const lines = [...root.querySelectorAll("tbody tr")];
    const inRow = [...line.querySelectorAll("input.time-cell")].filter((one) => one.offsetParent);
    let target = null;
    if (columns) target = inRow[inRow.indexOf(input) + columns];
    else {
      for (let place = lines.indexOf(line) + rows; lines[place] && !target; place += rows) {
        target = lines[place].querySelector(`input[data-day="${input.dataset.day}"]`);
      }
    }
    if (!target) return false;
    target.focus();
    target.select();
    return true;
  }

  root.addEventListener("focusin", (event) => {
    if (event.target.matches("input.time-cell")) event.target.select();
  });
  root.addEventListener("focusout", (event) => {
    if (event.target.matches("input.time-cell")) save(event.target);
  });
  root.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.matches("input.time-cell") || event.altKey) return;
    const all = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    const start = all || (input.selectionStart === 0 && input.selectionEnd === 0);
    const end = all || input.selectionStart === input.value.length;
    if ((event.ctrlKey || event.metaKey) && event.key === "z" && input.value === input.dataset.saved) undo();
    else if (event.ctrlKey || event.metaKey) return;
    else if (event.key === "ArrowDown") move(input, 1, 0);
    else if (event.key === "ArrowUp") move(input, -1, 0);
    else if (event.key === "ArrowLeft" && start) move(input, 0, -1);
    else if (event.key === "ArrowRight" && end) move(input, 0, 1);
    else if (event.key === "Enter") {
      save(input, true);
      if (!input.hasAttribute("aria-invalid")) move(input, event.shiftKey ? -1 : 1, 0);
    } else if (event.key === "Escape") {
      input.value = input.dataset.saved;
      input.removeAttribute("aria-invalid");
      delete input.dataset.clash;
      delete input.dataset.sent;
      input.select();
      say("");
    } else return;
    event.preventDefault();
  });
  // What is being typed is not lost by leaving the page.
  window.addEventListener("pagehide", () => {
    const input = document.activeElement;
    if (root.dataset.url && input instanceof HTMLInputElement && input.matches(".time-cell")) {
      if (input.value.trim() !== input.dataset.saved && !input.dataset.clash) {
        const body = new URLSearchParams({ key: keyOf(input), day: input.dataset.day, text: input.value, version: input.dataset.version, csrfmiddlewaretoken: document.body.dataset.csrf });
        navigator.sendBeacon(root.dataset.url, body);
      }
    }
  });

  // One day at a time, on a phone.
  const picks = [...document.querySelectorAll("[data-pick]")];
  function pick(place) {
    table.dataset.shown = place;
    for (const button of picks) button.setAttribute("aria-pressed", String(button.dataset.pick === place));
  }
  for (const button of picks) button.addEventListener("click", () => pick(button.dataset.pick));
  const today = root.querySelector(".time-today");
  pick(today?.dataset.col ?? "0");

  // A form that acts on the week waits for what is being saved.
  document.addEventListener("submit", (event) => {
    const pending = cells().some((input) => input.hasAttribute("aria-busy"));
    if (!pending || event.defaultPrevented) return;
    event.preventDefault();
    const { submitter } = event;
    last.then(() => event.target.requestSubmit(submitter ?? undefined));
  });
}
