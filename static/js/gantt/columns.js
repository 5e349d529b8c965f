// The columns of the table: what each shows, how wide it is, and which of them can be typed in.

import { SUMMARY, MILESTONE } from "./model.js";
import { dateWords, daysWords, endWords, peopleWords, percentWords, predecessorWords, said } from "./words.js";

const free = (task) => task.kind !== SUMMARY;

export const COLUMNS = {
  number: { width: 44, number: true, text: (task) => String(task.number ?? "") },
  wbs: { width: 64, text: (task) => task.wbs ?? "" },
  name: { width: 260, edit: () => true, text: (task) => task.name },
  duration: { width: 72, number: true, edit: (task) => task.kind === 0, text: (task, plan) => (task.kind === MILESTONE ? "" : daysWords(task.duration, plan.said.day)) },
  start: { width: 92, number: true, edit: free, text: (task) => dateWords(task.start) },
  finish: { width: 92, number: true, edit: (task) => task.kind === 0, text: endWords },
  predecessors: { width: 120, edit: () => true, text: (task, plan) => predecessorWords(task, plan) },
  percent: { width: 60, number: true, edit: free, text: (task, plan) => (plan.said.roadmap && task.kind === SUMMARY ? "" : percentWords(task.percent)) },
  people: { width: 160, edit: (task) => task.kind === 0, text: (task) => peopleWords(task), raw: (task) => peopleWords(task, "; ") },
  float: { width: 76, number: true, text: (task, plan) => (task.float === null || task.kind === SUMMARY ? "" : daysWords(task.float, plan.said.day)) },
  baseline: { width: 96, number: true, text: (task) => (task.baselineFinish === null ? "" : dateWords(task.baselineFinish)) },
  slip: { width: 76, number: true, text: (task) => (task.baselineFinish === null ? "" : daysWords(Math.floor(task.finish / 1440) - Math.floor(task.baselineFinish / 1440), 1, true)) },
  work: { width: 76, number: true, text: (task, plan) => (task.work ? daysWords(task.work, plan.said.day) : "") },
  constraint: { width: 150, text: (task) => (task.constraint ? said(`constraint_${task.constraint}`, { date: task.constraintAt === null ? "" : dateWords(task.constraintAt) }) : "") },
  deadline: { width: 92, number: true, text: (task) => (task.deadline === null ? "" : dateWords(task.deadline)) },
};

export const STANDARD = ["number", "name", "duration", "start", "finish", "predecessors", "percent", "people"];

// The chosen columns, in the order of the list; the number and the name always.
export function chosenColumns(text) {
  const asked = new Set((text ? text.split(",") : STANDARD).concat("number", "name"));
  return Object.keys(COLUMNS).filter((name) => asked.has(name));
}

// What a cell holds when it is typed in.
export function rawText(name, task, plan) {
  const column = COLUMNS[name];
  return (column.raw ?? column.text)(task, plan);
}
