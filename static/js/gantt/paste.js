// Lines from and to a spreadsheet: tab-separated text, with or without a line of heads.

import { COLUMNS, rawText } from "./columns.js";
import { FIELDS } from "./custom.js";
import { fold } from "./model.js";
import { said, words } from "./words.js";

const DATE = /^(\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d{2}-\d{2}|\d{1,2} \p{L}{3,9}\.? \d{4})$/u;
const DURATION = /^\d+([.,]\d+)?\s*(mins?|h|hrs?|j|jours?|d|days?|s|sem|semaines?|w|wks?|weeks?)?\.?\??$/i;
const LINKS = /^\s*\d+([a-z]{2}([+-].*)?)?(\s*;\s*\d+([a-z]{2}([+-].*)?)?)*\s*$/i;
const GUESSED = ["name", "duration", "start", "finish", "predecessors", "percent", "people"];
// Those after the guessed ones come under their head only; a long text is cut in the table, and stays in its panel.
const TYPED = [...GUESSED, "constraint", "deadline", ...[...FIELDS].filter(([, field]) => field.kind !== "long_text").map(([name]) => name)];
const COPIED = ["number", ...GUESSED];

// Cells of a text copied from a spreadsheet; a cell with a line break or a tab stands between quotes.
export function cellsOf(text) {
  const rows = [[]];
  let cell = "";
  let quoted = false;
  const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let place = 0; place < source.length; place += 1) {
    const letter = source[place];
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (source[place + 1] === '"') {
        cell += '"';
        place += 1;
      } else quoted = false;
    } else if (letter === '"' && cell === "") quoted = true;
    else if (letter === "\t") {
      rows.at(-1).push(cell);
      cell = "";
    } else if (letter === "\n") {
      rows.at(-1).push(cell);
      rows.push([]);
      cell = "";
    } else cell += letter;
  }
  rows.at(-1).push(cell);
  return rows.filter((row) => row.some((one) => one.trim()));
}

// Which column of the plan each column of the text is: by its head, else by what it holds.
export function columnsOf(rows) {
  const known = new Map(words.heads.map(([head, column]) => [fold(head), column]));
  const heads = rows[0].map((text) => known.get(fold(text.trim())));
  if (heads.filter(Boolean).length >= Math.min(2, rows[0].length)) return { columns: heads, rows: rows.slice(1) };
  const width = Math.max(...rows.map((row) => row.length));
  const columns = ["name"];
  const left = new Set(GUESSED.slice(1));
  const take = (column) => (left.delete(column) ? column : null);
  for (let place = 1; place < width; place += 1) {
    const held = rows.map((row) => (row[place] ?? "").trim()).filter(Boolean);
    const all = (pattern) => held.length > 0 && held.every((text) => pattern.test(text));
    let column = null;
    if (all(DATE)) column = take("start") ?? take("finish");
    else if (all(/%$/)) column = take("percent");
    else if (left.has("duration") && all(DURATION)) column = take("duration");
    else if (all(LINKS)) column = take("predecessors");
    else if (held.length) column = take("people");
    columns.push(column);
  }
  return { columns, rows };
}

let pasted = 0;

// The operation that inserts the lines; numbers in predecessors count the pasted lines, or follow their own column.
export function insertion(text, cells, parent, after) {
  const found = columnsOf(cellsOf(text));
  const at = (row, column) => (row[found.columns.indexOf(column)] ?? "");
  const has = (column) => found.columns.includes(column);
  const keys = found.rows.map(() => `pasted-${(pasted += 1)}`);
  const numbers = new Map(found.rows.map((row, place) => [has("number") ? Number(at(row, "number")) : place + 1, keys[place]]));
  const levels = [];
  const rows = found.rows.map((row, place) => {
    const name = at(row, "name");
    const indent = /^[\s\u00a0]*/.exec(name)[0].replaceAll("\t", "    ").length;
    while (levels.length && levels.at(-1) >= indent) levels.pop();
    levels.push(indent);
    const values = {};
    for (const column of TYPED) {
      const typed = at(row, column).trim();
      if (!typed) continue;
      values[column] = column === "predecessors" ? cells.parts(typed.replaceAll(",", ";"), numbers) : typed;
    }
    if (/^0([.,]0+)?\s*(j|d|jours?|days?)?\.?$/i.test(values.duration ?? "")) values.kind = "milestone";
    // A summary's dates come from below.
    const next = /^[\s\u00a0]*/.exec(found.rows[place + 1] ? at(found.rows[place + 1], "name") : "")[0].replaceAll("\t", "    ").length;
    if (next > indent) for (const column of ["duration", "start", "finish", "percent", "people", "kind", "constraint"]) delete values[column];
    // A start with an end gives the length; a duration beside them would say it twice.
    if (values.start && values.finish) delete values.duration;
    return { key: keys[place], depth: levels.length, values };
  });
  return { op: "insert", parent, after, rows };
}

export class Clipboard {
  constructor({ grid, plan, server, cells, mayEdit, tell }) {
    document.addEventListener("copy", (event) => {
      if (!this.isHere(event, grid) || !plan.chosen().length) return;
      event.clipboardData.setData("text/plain", this.text(plan, grid));
      event.preventDefault();
      tell(said("copied"));
    });
    document.addEventListener("paste", (event) => {
      // Nothing in an empty plan can have the focus: what is pasted on the page is for it.
      const first = !plan.order.length && document.activeElement === document.body;
      if (!mayEdit || !(first || this.isHere(event, grid))) return;
      const text = event.clipboardData.getData("text/plain");
      if (!text.trim()) return;
      event.preventDefault();
      const task = plan.tasks.get(grid.at.row);
      if (!/[\t\n]/.test(text.trimEnd()) && task && COLUMNS[grid.at.column].edit?.(task) && grid.at.column !== "name") {
        cells.open(task.id, grid.at.column, text.trim());
        cells.close(true);
        return;
      }
      const last = plan.children.get("")?.at(-1) ?? "";
      const operation = insertion(text, cells, task?.parent ?? "", task?.id ?? last);
      if (!operation.rows.length) return;
      tell(said("pasting"));
      server.edit([operation], (error, made) => {
        if (error) return;
        const ids = operation.rows.map((row) => made[row.key]);
        queueMicrotask(() => {
          plan.select(ids);
          grid.focus(ids[0], "name");
        });
      });
    });
  }

  isHere(event, grid) {
    const target = event.target instanceof Element ? event.target : document.activeElement;
    return grid.box.contains(target) && !target.matches("input, textarea");
  }

  // The usual columns, then the others that are shown.
  text(plan, grid) {
    const columns = [...COPIED, ...grid.columns.filter((column) => !COPIED.includes(column))];
    const lines = [columns.map((column) => said(`column_${column}`))];
    for (const id of plan.chosen()) {
      const task = plan.tasks.get(id);
      lines.push(columns.map((column) => (column === "name" ? "  ".repeat(task.depth) : "") + rawText(column, task, plan)));
    }
    return lines.map((cells) => cells.map((cell) => (/[\t\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join("\t")).join("\n");
  }
}
