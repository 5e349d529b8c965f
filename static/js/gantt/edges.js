// Arrows at the sides of the chart: where the bar of a line is, when it is out of the window.

import { dateWords, endWords, said } from "./words.js";

const LEAST = 6; // of a bar, in pixels, for it to be in sight

export class Edges {
  constructor(root, plan, bars, row) {
    Object.assign(this, { plan, bars, row });
    this.sides = { before: root.querySelector(".gg-edge-before"), after: root.querySelector(".gg-edge-after") };
    this.arrows = new Map();
    for (const side of Object.values(this.sides)) {
      side.addEventListener("click", (event) => {
        const id = event.target.closest("button")?.dataset.id;
        if (id) this.onGo?.(this.plan.tasks.get(id));
      });
      // Written when it is pointed at: dozens pass by at each step of a scroll.
      side.addEventListener("pointerover", (event) => {
        const task = this.plan.tasks.get(event.target.closest("button")?.dataset.id);
        if (task) event.target.title = said("go_to_bar", { task: task.name, start: dateWords(task.start), end: endWords(task) });
      });
    }
  }

  // The lines drawn from `first` to `last`, in a window of the chart from `left` to `right`.
  update(first, last, left, right) {
    const gone = new Map(this.arrows);
    for (let place = first; place <= last; place += 1) {
      const task = this.plan.visible[place];
      const group = task && this.bars.drawn.get(task.id);
      if (!group) continue;
      const box = this.bars.box(task, place);
      const side = box.x2 < left + Math.min(LEAST, box.x2 - box.x1) ? "before" : box.x1 > right - LEAST ? "after" : "";
      if (group.dataset.away !== side) group.dataset.away = side; // its words are out of sight with it
      if (!side) continue;
      gone.delete(task.id);
      this.show(task, side, place);
    }
    for (const [id, arrow] of gone) {
      this.arrows.delete(id);
      arrow.remove();
    }
  }

  show(task, side, place) {
    let arrow = this.arrows.get(task.id);
    if (!arrow) {
      arrow = document.createElement("button");
      arrow.type = "button";
      arrow.tabIndex = -1; // by keyboard the line itself has a key for it
      arrow.className = "gg-arrow";
      arrow.dataset.id = task.id;
      this.arrows.set(task.id, arrow);
    }
    if (arrow.parentElement !== this.sides[side]) this.sides[side].append(arrow);
    const top = `translateY(${place * this.row}px)`;
    if (arrow.style.transform !== top) arrow.style.transform = top;
  }
}

// Where the window of `wide` days begins so that the most of these tasks have a bar in it: of two that show as many,
// the one that shows the upper lines, then the nearest to `from`.
export function bestBeginning(tasks, wide, from) {
  const spans = tasks.map((task) => [task.start / 1440, task.finish / 1440]);
  const shown = (begin) => {
    let worth = 0;
    spans.forEach(([start, end], place) => {
      if (end > begin + wide * 0.01 && start < begin + wide * 0.95) worth += spans.length * spans.length - place;
    });
    return worth;
  };
  const candidates = spans.flatMap(([start, end]) => [start - wide * 0.05, start - wide * 0.9, end - wide * 0.9, end - wide * 0.05]);
  let best = [shown(from), 0, from];
  for (const begin of candidates) {
    const [count, far] = [shown(begin), Math.abs(begin - from)];
    if (count > best[0] || (count === best[0] && far < best[1])) best = [count, far, begin];
  }
  return best[2];
}
