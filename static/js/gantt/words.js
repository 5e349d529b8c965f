// How the plan is written in the person's language. The sentences come with the page.

import { dateOf } from "./scale.js";

export const words = JSON.parse(document.getElementById("gantt-words")?.textContent ?? "{}");
const french = words.language !== "en";
const decimals = new Intl.NumberFormat(french ? "fr-FR" : "en-GB", { maximumFractionDigits: 2 });

const two = (number) => String(number).padStart(2, "0");

export function said(key, values = {}) {
  return (words.texts[key] ?? key).replace(/%\((\w+)\)s/g, (_all, name) => values[name] ?? "");
}

// What a column says; empty for one whose head says it all.
export const about = (column) => words.texts[`about_${column}`] ?? "";

// One or several, as each language counts.
export function counted(key, count, values = {}) {
  const one = french ? count < 2 : count === 1;
  return said(`${key}_${one ? "one" : "many"}`, { ...values, count: decimals.format(count) });
}

export function dateWords(minute) {
  const date = dateOf(Math.floor(minute / 1440));
  const [day, month, year] = [date.getUTCDate(), date.getUTCMonth(), date.getUTCFullYear()];
  return french ? `${two(day)}/${two(month + 1)}/${year}` : `${day}\u00a0${words.months[month]}\u00a0${year}`;
}

// The last day of a span: what ends at midnight ends the day before.
export const endWords = (task) => dateWords(task.finish > task.start && task.finish % 1440 === 0 ? task.finish - 1 : task.finish);

// That progress has split a task; nothing for any other.
export const splitWords = (task) => (task.split?.length ? said("split", { stop: dateWords(task.split[0]), resume: dateWords(task.split[1]) }) : "");

// A stored number, exact to its last digit, with at least and at most so many decimals.
export function decimalsWords(text, least, most, grouped = true) {
  const format = new Intl.NumberFormat(french ? "fr-FR" : "en-GB", { minimumFractionDigits: least, maximumFractionDigits: most, useGrouping: grouped });
  return format.format(text).replace("-", "\u2212").replace(/\u202f/g, "\u00a0");
}

// `2026-03-12` as a date.
export const isoWords = (text) => dateWords(Math.round(Date.parse(`${text}T00:00Z`) / 60000));

export const daysWords = (minutes, day, sign = false) => {
  const count = Math.round((minutes / day) * 100) / 100;
  return `${sign && count > 0 ? "+" : ""}${decimals.format(count).replace("-", "\u2212")}\u00a0${french ? "j" : "d"}`;
};

// Days of the calendar, said as such: beside days of work, the two are told apart.
export function calendarDaysWords(count) {
  const words = french ? (Math.abs(count) < 2 ? "j calendaire" : "j calendaires") : Math.abs(count) === 1 ? "calendar day" : "calendar days";
  return `${count > 0 ? "+" : ""}${decimals.format(count).replace("-", "\u2212")}\u00a0${words}`;
}

export const percentWords = (share) => `${Math.round(share / 100)}${french ? "\u00a0%" : "%"}`;

export function peopleWords(task, separator = ", ", most = Infinity) {
  const shown = task.people.length > most ? task.people.slice(0, most - 1) : task.people;
  const names = shown.map(([name, units]) => (units === 100 ? name : `${name} ${units}${french ? "\u00a0%" : "%"}`));
  return (shown === task.people ? names : [...names, `+${task.people.length - shown.length}`]).join(separator);
}

export function predecessorWords(task, plan) {
  return task.predecessors
    .filter(([id]) => plan.tasks.has(id) || plan.outside[id]?.[0])
    .map(([id, , text]) => [plan.tasks.get(id)?.number ?? 1e9, `${plan.tasks.get(id)?.number ?? plan.outside[id][0]}${text}`])
    .sort((one, other) => one[0] - other[0])
    .map(([, text]) => text)
    .join("; ");
}

export function tickWords(unit, day, width) {
  const date = dateOf(day);
  const year = date.getUTCFullYear();
  const month = words.months[date.getUTCMonth()];
  switch (unit) {
    case "day":
      return String(date.getUTCDate());
    case "week":
      return width > 100 ? `${date.getUTCDate()} ${month} ${year}` : String(date.getUTCDate());
    case "month":
      return width > 60 ? `${month} ${year}` : month;
    case "quarter":
      return width > 60 ? `T${Math.floor(date.getUTCMonth() / 3) + 1} ${year}`.replace("T", french ? "T" : "Q") : `${french ? "T" : "Q"}${Math.floor(date.getUTCMonth() / 3) + 1}`;
    default:
      return String(year);
  }
}
