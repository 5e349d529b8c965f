// Links between projects on the roadmap: from the day that one promises to the day that the other waits for, on the row
// of the project, or of the milestone that stands for it where that row is unfolded.

import { shape } from "./bars.js";
import { dateWords, said } from "./words.js";

const MOST = 300; // in one window

export class Ties {
  constructor(bars, group) {
    this.bars = bars;
    this.group = group;
  }

  draw() {
    const { plan, window: at, options, scale, row } = this.bars;
    const made = [];
    for (const [before, after, from, to, one, other, critical] of options.links ? (plan.said.ties ?? []) : []) {
      const [first, last] = [this.place(before), this.place(after)];
      if (made.length >= MOST || first === undefined || last === undefined) continue;
      if (Math.max(first, last) < at.first || Math.min(first, last) > at.last) continue;
      const [x1, x2] = [scale.x(from), scale.x(to)];
      const [y1, y2] = [first * row + row / 2, last * row + row / 2];
      const down = y2 >= y1 ? 1 : -1;
      const edge = y2 - down * 8;
      const link = shape("g", {}, `gg-tie${critical && options.critical ? " gg-tie-critical" : ""}`);
      const title = shape("title");
      title.textContent = said("tie", { one, start: dateWords(from), other, end: dateWords(to) });
      link.append(
        title,
        shape("path", { d: `M${x1} ${y1}V${edge - down * 6}H${x2}V${edge}` }),
        shape("circle", { cx: x1, cy: y1, r: 2.5 }),
        shape("polygon", { points: `${x2 - 4},${edge - down * 5} ${x2 + 4},${edge - down * 5} ${x2},${edge}` }),
      );
      made.push(link);
    }
    this.group.replaceChildren(...made);
  }

  // The line of the first of these rows that is seen: a milestone, else its project, else its programme.
  place(rows) {
    const { plan } = this.bars;
    for (const id of rows) if (plan.places.has(id)) return plan.places.get(id);
    return plan.places.get(plan.tasks.get(rows.at(-1))?.parent);
  }
}
