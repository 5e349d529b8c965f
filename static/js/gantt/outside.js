// Tasks of other projects that the plan waits for: a dotted ghost where each is planned, over the bar that waits.

import { shape } from "./bars.js";
import { dateWords, said } from "./words.js";

const HIGH = 5;
const MOST = 200; // in one window

// What [place to type, name, start, finish, address] says of a predecessor of another project; nothing for one of here.
export const outsideOf = (plan, id) => (plan.tasks.has(id) ? null : (plan.outside[id] ?? null));

// Whether a predecessor can be typed: one of here, or one of a project that the person sees.
export const isTyped = (plan, id) => plan.tasks.has(id) || Boolean(plan.outside[id]?.[0]);

export class Outside {
  constructor(bars, group) {
    this.bars = bars;
    this.group = group;
  }

  draw() {
    const { plan, window: at } = this.bars;
    const made = [];
    if (Object.keys(plan.outside).length) {
      for (let place = at.first; place <= at.last && made.length < MOST; place += 1) {
        const task = plan.visible[place];
        for (const [id, kind] of task?.predecessors ?? []) {
          const found = outsideOf(plan, id);
          if (found) made.push(this.ghost(task, place, kind, found));
        }
      }
    }
    this.group.replaceChildren(...made);
  }

  ghost(task, place, kind, [typed, name, start, finish, address]) {
    const { scale, row } = this.bars;
    const [from, to] = [scale.x(start), Math.max(scale.x(finish), scale.x(start) + 4)];
    const y = place * row + 3;
    const box = this.bars.box(task, place);
    const out = kind[0] === "F" ? to : from;
    const into = kind[1] === "S" ? box.x1 : box.x2;
    const link = shape("a", address ? { href: address } : {}, "gg-outside");
    const title = shape("title");
    title.textContent = said("outside", { task: name, start: dateWords(start), end: dateWords(finish) });
    link.append(title, shape("path", { d: `M${out} ${y + HIGH / 2}H${into}V${box.y - box.half}` }, "gg-outside-link"), shape("rect", { x: from, y, width: to - from, height: HIGH, rx: 1 }));
    if (typed) {
      const words = shape("text", { x: from - 4, y: y + HIGH, "text-anchor": "end" });
      words.textContent = typed;
      link.append(words);
    }
    return link;
  }
}
