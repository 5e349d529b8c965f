// The right half: the head of the time scale, days off, bars and links; only what is in the window is in the page.

import { MILESTONE, SUMMARY } from "./model.js";
import { Links } from "./links.js";
import { Outside } from "./outside.js";
import { Ties } from "./ties.js";
import { boxes, doneOf, spansOf } from "./spans.js";
import { peopleWords, tickWords } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const BAR = 14;
const THIN = 7;
const GHOST = 4;
const NEAR = 240; // a mark this close to its bar has the bar's words after it
const MOST_PEOPLE = 3; // named beside a bar; the cell and the hover name them all

export function shape(name, attributes = {}, css = "") {
  const made = document.createElementNS(SVG, name);
  if (css) made.setAttribute("class", css);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function set(node, name, value) {
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

const pen = document.createElement("canvas").getContext("2d"); // measures words without laying the page out
const widths = new Map();

function widthOf(text, font) {
  if (!widths.has(text)) {
    pen.font = font;
    widths.set(text, pen.measureText(text).width);
  }
  return widths.get(text);
}

export class Bars {
  constructor(root, plan, scale, row, options) {
    this.plan = plan;
    this.scale = scale;
    this.row = row;
    this.options = options;
    this.head = root.querySelector(".gg-ticks");
    this.body = root.querySelector(".gg-chart");
    this.back = this.body.appendChild(shape("g"));
    this.links = new Links(this, this.body.appendChild(shape("g", {}, "gg-links")));
    this.outside = new Outside(this, this.body.appendChild(shape("g")));
    this.rows = this.body.appendChild(shape("g"));
    this.ties = new Ties(this, this.body.appendChild(shape("g")));
    this.front = this.body.appendChild(shape("g"));
    this.font = `12px ${getComputedStyle(root).fontFamily}`;
    this.drawn = new Map();
    this.spare = [];
    this.window = { first: 0, last: -1, from: 0, to: 0 };
  }

  // --- the time scale and what is behind the bars

  drawTime(from, to, height) {
    const { scale } = this;
    const ticks = [];
    const lines = [];
    for (const level of [0, 1]) {
      const top = level * 24;
      for (const [unit, day, x, width] of scale.ticks(level, from, to)) {
        ticks.push(shape("line", { x1: x, y1: top, x2: x, y2: top + 24 }, "gantt-tick"));
        if (width > 14) {
          // The word of a long period stays in sight as one scrolls through it.
          const at = level === 0 ? Math.max(x, Math.min((from + (to - from) * 0 - scale.first) * scale.width, x + width - 70)) : x;
          const word = shape("text", { x: at + 5, y: top + 16 }, level === 0 ? "gantt-major" : "");
          word.textContent = tickWords(unit, day, width);
          ticks.push(word);
        }
        if (level === 1 || !scale.showsRests) lines.push(shape("line", { x1: x, y1: 0, x2: x, y2: height }, "gantt-grid"));
      }
    }
    const rests = scale.rests(from, to).map(([x, width]) => shape("rect", { x, y: 0, width, height }, "gantt-rest"));
    const { today, data_date: dataDate } = this.plan.said;
    for (const [day, css] of [[today, "gantt-today"], [dataDate, "gg-data-date"]]) {
      if (day === null || day < from || day > to) continue;
      const x = scale.x(day * 1440);
      lines.push(shape("line", { x1: x, y1: 0, x2: x, y2: height }, css));
      ticks.push(shape("polygon", { points: `${x - 5},41 ${x + 5},41 ${x},48` }, `${css}-mark`));
    }
    this.back.replaceChildren(...rests, ...lines);
    this.head.replaceChildren(...ticks);
    Object.assign(this.window, { from: scale.x(from * 1440), to: scale.x(to * 1440) });
    this.links.draw();
    this.outside.draw();
    this.ties.draw();
  }

  // --- bars

  // The place of a task's bar in pixels; a milestone is a diamond around its instant.
  box(task, place = this.plan.places.get(task.id)) {
    const dates = this.plan.dates(task);
    const y = place * this.row + this.row / 2;
    const x1 = this.scale.x(dates.start);
    if (task.kind === MILESTONE) return { x1: x1 - BAR / 2, x2: x1 + BAR / 2, y, half: BAR / 2, milestone: true };
    const half = task.kind === SUMMARY ? THIN / 2 : BAR / 2;
    return { x1, x2: Math.max(this.scale.x(dates.finish), x1 + 2), y, half, milestone: false };
  }

  // The stretches of a task's bar in pixels; the last is wide enough to be seen.
  spans(task) {
    const spans = spansOf(task, this.plan.dates(task)).map((span) => span.map((minute) => this.scale.x(minute)));
    spans.at(-1)[1] = Math.max(spans.at(-1)[1], spans.at(-1)[0] + 2);
    return spans;
  }

  show(first, last) {
    const wanted = new Set();
    for (let place = first; place <= last; place += 1) {
      const task = this.plan.visible[place];
      if (task && !task.draft) wanted.add(task.id);
    }
    for (const [id, group] of this.drawn) {
      if (wanted.has(id)) continue;
      this.drawn.delete(id);
      this.spare.push(group);
    }
    for (const id of wanted) this.draw(this.plan.tasks.get(id));
    for (const group of this.spare.splice(0)) group.remove();
    Object.assign(this.window, { first, last });
    this.links.draw();
    this.outside.draw();
    this.ties.draw();
  }

  draw(task) {
    let group = this.drawn.get(task.id);
    if (!group) {
      group = this.spare.pop() ?? this.rows.appendChild(this.make());
      this.drawn.set(task.id, group);
      group.dataset.id = task.id;
    }
    const { scale, options } = this;
    const box = this.box(task);
    const { ghost, slack, joint, bar, done, diamond, words, back, late } = group.parts;
    const outlined = task.critical && task.kind !== SUMMARY ? " gantt-critical" : this.plan.isNearCritical(task) ? " gantt-near" : "";
    const critical = options.critical ? outlined : "";
    const pending = this.plan.pending.has(task.id) ? " gg-pending" : "";
    set(group, "class", `gg-row${pending}${this.plan.selected.has(task.id) ? " gg-chosen" : ""}`);
    const top = box.y - box.half;
    const milestone = task.kind === MILESTONE;
    bar.style.display = milestone ? "none" : "";
    diamond.style.display = milestone ? "" : "none";
    done.style.display = milestone ? "none" : "";
    joint.style.display = milestone ? "none" : "";
    if (milestone) {
      const x = (box.x1 + box.x2) / 2;
      set(diamond, "points", `${x},${box.y - 7} ${x + 7},${box.y} ${x},${box.y + 7} ${x - 7},${box.y}`);
      set(diamond, "class", `gantt-milestone gg-bar${critical}`);
    } else {
      const kind = task.kind === SUMMARY ? "gantt-summary" : "gantt-bar";
      const spans = this.spans(task);
      set(bar, "d", boxes(spans, top, box.half * 2));
      set(bar, "class", `${kind} gg-bar${critical}${task.manual ? " gg-manual" : ""}`);
      const percent = this.plan.pending.get(task.id)?.percent ?? task.percent;
      set(done, "d", percent ? boxes(doneOf(spans, percent, task.percent), top, box.half * 2) : "");
      set(done, "class", `${kind}-done${critical}`);
      set(joint, "d", spans.length > 1 ? `M${spans[0][1]} ${box.y}H${spans[1][0]}` : "");
      set(joint, "class", `gantt-joint${critical}`);
    }
    const hasGhost = options.baseline && task.baselineStart !== null;
    ghost.style.display = hasGhost ? "" : "none";
    if (hasGhost) {
      const x = scale.x(task.baselineStart);
      set(ghost, "x", milestone ? x - 4 : x);
      set(ghost, "y", box.y + BAR / 2 + 1);
      set(ghost, "width", milestone ? 8 : Math.max(scale.x(task.baselineFinish) - x, 3));
    }
    const hasSlack = options.float && task.float > 0 && task.kind !== SUMMARY && task.percent < 10000;
    slack.style.display = hasSlack ? "" : "none";
    if (hasSlack) {
      const to = scale.x(scale.after(task.finish, Math.min(task.float, this.plan.said.day * 1500)));
      set(slack, "d", `M${box.x2} ${box.y}H${to}m0 -4v8`);
    }
    const isLate = task.deadline !== null;
    late.style.display = isLate ? "" : "none";
    if (isLate) {
      const x = scale.x(task.deadline);
      set(late, "d", `M${x - 5} ${box.y - 6}h10l-5 9z`);
      set(late, "class", task.finish > task.deadline ? "gg-deadline gg-deadline-missed" : "gg-deadline");
    }
    const at80 = this.drawMark(group.parts, task, box);
    const text = this.besides(task);
    for (const part of [words, back]) part.style.display = text ? "" : "none";
    if (text) {
      const x = (at80 > box.x2 && at80 < box.x2 + NEAR ? at80 + 6 : box.x2) + 8;
      set(words, "x", x);
      set(back, "x", x - 2);
      set(back, "y", box.y - BAR / 2 - 1);
      set(back, "width", Math.ceil(widthOf(text, this.font)) + 4);
      set(words, "y", box.y + 4);
      if (words.textContent !== text) words.textContent = text;
      set(words, "class", text.startsWith("▲") ? "gg-words gg-over" : "gg-words");
    }
  }

  // P80: a dashed line to a hollow diamond, and an upright on the day that was promised; where it stands.
  drawMark({ reach, p80, promise, markTitle }, task, box) {
    const mark = this.options.marks ? this.plan.marks.get(task.id) : null;
    for (const part of [reach, p80, promise]) part.style.display = mark ? "" : "none";
    if (!mark) return 0;
    const x = this.scale.x(mark.p80);
    const late = mark.promised !== null && Math.floor(mark.p80 / 1440) > Math.floor(mark.promised / 1440) ? " gg-p80-late" : "";
    set(reach, "d", `M${box.x2} ${box.y}H${x}`);
    set(reach, "class", `gg-p80${late}`);
    set(p80, "points", `${x},${box.y - 6} ${x + 6},${box.y} ${x},${box.y + 6} ${x - 6},${box.y}`);
    set(p80, "class", `gg-p80${late}`);
    if (markTitle.textContent !== mark.words) markTitle.textContent = mark.words;
    if (mark.promised === null) promise.style.display = "none";
    else set(promise, "d", `M${this.scale.x(mark.promised)} ${box.y - 8}v16`);
    return x;
  }

  besides(task) {
    if (task.kind === SUMMARY) return "";
    if (task.kind === MILESTONE) return task.name.length > 40 ? `${task.name.slice(0, 39)}…` : task.name;
    const overload = this.options.overload && this.plan.overload.has(task.id) ? "▲ " : "";
    return this.options.people ? overload + peopleWords(task, ", ", MOST_PEOPLE) : overload;
  }

  make() {
    const group = shape("g");
    const parts = {
      ghost: shape("rect", { height: GHOST, rx: 1 }, "gantt-baseline"),
      slack: shape("path", {}, "gg-float"),
      joint: shape("path"),
      bar: shape("path"),
      done: shape("path", { "pointer-events": "none" }),
      diamond: shape("polygon"),
      late: shape("path"),
      promise: shape("path", {}, "gg-promise"),
      reach: shape("path"),
      p80: shape("polygon"),
      back: shape("rect", { height: BAR + 2, rx: 2 }, "gg-words-back"), // links pass behind the words
      words: shape("text", {}, "gg-words"),
    };
    group.append(...Object.values(parts));
    parts.markTitle = parts.p80.appendChild(shape("title"));
    group.parts = parts;
    return group;
  }

  // Rows were edited or their place has changed: what is in the page is drawn again.
  refresh() {
    this.show(this.window.first, Math.min(this.window.last, this.plan.visible.length - 1));
  }
}
