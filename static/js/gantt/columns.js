// The columns of the table: what each shows, how wide it is, and which of them can be typed in.

import { CUSTOM, FIELDS } from "./custom.js";
import { SUMMARY, MILESTONE } from "./model.js";
import { calendarDaysWords, dateWords, daysWords, endWords, peopleWords, percentWords, predecessorWords, said } from "./words.js";

const free = (task) => task.kind !== SUMMARY;

// One of the four dates of a task that the server counts on request.
const counted = (place) => ({
  width: 124,
  number: true,
  counted: true,
  text: (task, plan) => {
    const dates = plan.dated.get(task.id);
    if (!dates) return "";
    const [start, finish] = place < 2 ? [dates[0], dates[1]] : [dates[2], dates[3]];
    return place % 2 ? endWords({ start, finish }) : dateWords(start);
  },
});

export const COLUMNS = {
  number: { width: 44, number: true, text: (task) => String(task.number ?? "") },
  wbs: { width: 64, text: (task) => task.wbs ?? "" },
  name: { width: 200, edit: () => true, text: (task) => task.name },
  duration: { width: 76, number: true, edit: (task) => task.kind === 0, text: (task, plan) => (task.kind === MILESTONE ? "" : daysWords(task.duration, plan.said.day)) },
  start: { width: 90, number: true, edit: free, text: (task) => dateWords(task.start) },
  finish: { width: 90, number: true, edit: (task) => task.kind === 0, text: endWords },
  predecessors: { width: 108, edit: () => true, text: (task, plan) => predecessorWords(task, plan) },
  percent: { width: 52, number: true, edit: free, text: (task, plan) => (plan.said.roadmap && task.kind === SUMMARY ? "" : percentWords(task.percent)) },
  people: { width: 132, edit: (task) => task.kind === 0, text: (task) => peopleWords(task), raw: (task) => peopleWords(task, "; ") },
  float: { width: 76, number: true, text: (task, plan) => (task.float === null || task.kind === SUMMARY ? "" : daysWords(task.float, plan.said.day)) },
  baseline: { width: 96, number: true, text: (task) => (task.baselineFinish === null ? "" : dateWords(task.baselineFinish)) },
  slip: { width: 132, number: true, text: (task) => (task.baselineFinish === null ? "" : calendarDaysWords(Math.floor(task.finish / 1440) - Math.floor(task.baselineFinish / 1440))) },
  p80: { width: 96, number: true, text: (task, plan) => (plan.marks.has(task.id) ? dateWords(plan.marks.get(task.id).p80) : "") },
  work: { width: 76, number: true, text: (task, plan) => (task.work ? daysWords(task.work, plan.said.day) : "") },
  constraint: { width: 190, edit: free, text: (task) => (task.constraint ? said(`constraint_${task.constraint}`, { date: task.constraintAt === null ? "" : dateWords(task.constraintAt) }) : "") },
  deadline: { width: 92, number: true, edit: () => true, text: (task) => (task.deadline === null ? "" : dateWords(task.deadline)) },
  freeFloat: { width: 92, number: true, text: (task, plan) => (task.freeFloat === null || task.kind === SUMMARY ? "" : daysWords(task.freeFloat, plan.said.day)) },
  actualStart: { width: 96, number: true, text: (task) => (task.actualStart === null ? "" : dateWords(task.actualStart)) },
  actualFinish: { width: 96, number: true, text: (task) => (task.actualFinish === null ? "" : dateWords(task.actualFinish)) },
  earlyStart: counted(0),
  earlyFinish: counted(1),
  lateStart: counted(2),
  lateFinish: counted(3),
  ...CUSTOM,
};

const DERIVED = new Set([
  "number", "wbs", "float", "freeFloat", "baseline", "slip", "p80", "actualStart", "actualFinish", "earlyStart", "earlyFinish", "lateStart", "lateFinish",
]);

// What only a plan has, and not the roadmap.
export const isOfPlans = (name) => Boolean(COLUMNS[name].counted) || FIELDS.has(name);

export const STANDARD = ["number", "name", "duration", "start", "finish", "predecessors", "percent", "people"];

// The chosen columns, in the order of the list; the number and the name always.
export function chosenColumns(text) {
  const asked = new Set((text ? text.split(",") : STANDARD).concat("number", "name"));
  return Object.keys(COLUMNS).filter((name) => asked.has(name));
}

// Why a cell cannot be typed in: the key of a sentence.
export function readOnlyBecause(name, task) {
  if (name === "duration" && task.kind === MILESTONE) return "read_only_milestone";
  if (name === "finish" && task.kind === MILESTONE) return "read_only_milestone_finish";
  if (FIELDS.has(name)) return "read_only_long";
  if (task.kind === SUMMARY && COLUMNS[name].edit) return "read_only_summary";
  return name === "people" ? "read_only_people" : `read_only_${DERIVED.has(name) ? "derived" : name}`;
}

// What a cell holds when it is typed in.
export function rawText(name, task, plan) {
  const column = COLUMNS[name];
  return (column.raw ?? column.text)(task, plan);
}
