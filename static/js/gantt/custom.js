// The custom fields of tasks as columns: how each kind is read and written in a cell.

import { decimalsWords, isoWords, said, words } from "./words.js";

const MENTION = /@\[([^\]\n]{1,200})\]\(person:[0-9a-f-]{36}\)/g;

function labels(field, value) {
  const names = new Map(field.options);
  return (Array.isArray(value) ? value : [value]).map((key) => names.get(key) ?? key);
}

// A stored value as it is read, or (`typed`) as it is written in its cell.
function text(field, value, plan, typed) {
  if (value === undefined || value === null || value === "") return "";
  switch (field.kind) {
    case "number":
    case "money": {
      const digits = String(value);
      if (typed) return decimalsWords(digits, 0, 6, false);
      const number = decimalsWords(digits.replace("-", ""), field.decimals, field.decimals);
      return `${digits.startsWith("-") ? "\u2212" : ""}${field.pattern.replace("%(number)s", number)}`;
    }
    case "date":
      return isoWords(value);
    case "yes_no":
      return said(value ? "yes" : "no");
    case "choice":
    case "choices":
      return labels(field, value).join(typed ? "; " : ", ");
    case "person":
      return plan.named[value] ?? (typed ? "" : said("deleted_person"));
    case "long_text":
      return String(value).replace(MENTION, "@$1").replace(/\s+/g, " ");
    default:
      return String(value);
  }
}

const WIDTHS = { number: 96, money: 112, date: 92, yes_no: 72 };
const NUMBERS = new Set(["number", "money", "date"]);

export const FIELDS = new Map((words.fields ?? []).map((field) => [field.column, field]));

// The columns, as those of `columns.js`.
export const CUSTOM = Object.fromEntries(
  [...FIELDS].map(([name, field]) => [
    name,
    {
      width: WIDTHS[field.kind] ?? 140,
      number: NUMBERS.has(field.kind),
      edit: () => field.kind !== "long_text",
      text: (task, plan) => text(field, task.custom?.[field.key], plan, false),
      raw: (task, plan) => text(field, task.custom?.[field.key], plan, true),
    },
  ]),
);
