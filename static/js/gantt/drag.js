// The bars under the hand: moved, made longer, advanced, linked from either end. Escape gives up.

import { shape } from "./bars.js";
import { MILESTONE, SUMMARY } from "./model.js";
import { doneOf, shareAt } from "./spans.js";
import { dateWords, endWords, percentWords, splitWords } from "./words.js";

const EDGE = 7;
const THRESHOLD = 3;
const iso = (minute) => new Date(minute * 60000).toISOString().slice(0, 16);

export class Drag {
  constructor(root, { plan, bars, scale, grid, server, viewport, mayEdit }) {
    Object.assign(this, { plan, bars, scale, grid, server, viewport });
    this.root = root;
    this.chart = bars.body;
    this.handles = bars.front.appendChild(shape("g", {}, "gg-handles"));
    this.wire = bars.front.appendChild(shape("path", {}, "gg-wire"));
    this.tip = root.querySelector(".gg-tip");
    this.gesture = null;
    this.chart.addEventListener("pointermove", (event) => (this.gesture ? this.move(event) : this.hover(event)));
    this.chart.addEventListener("pointerleave", () => !this.gesture && this.unhover());
    this.chart.addEventListener("pointerdown", (event) => this.press(event, mayEdit));
    this.chart.addEventListener("pointerup", (event) => this.drop(event));
    this.chart.addEventListener("pointercancel", () => this.cancel());
    this.chart.addEventListener("dblclick", (event) => {
      const place = this.placeOf(event);
      const task = this.plan.visible[place];
      if (!task) return;
      if (event.target.closest(".gg-bar")) this.onOpen?.(task.id);
      else this.viewport.goToBar(task);
    });
    this.mayEdit = mayEdit;
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.gesture) return;
      event.preventDefault();
      this.cancel();
    });
  }

  point(event) {
    const box = this.chart.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  placeOf(event) {
    return Math.floor(this.point(event).y / this.bars.row);
  }

  // --- what is under the pointer

  hover(event) {
    const group = event.target.closest?.(".gg-row");
    const task = group && this.plan.tasks.get(group.dataset.id);
    if (!task) {
      if (!event.target.closest?.(".gg-handles")) this.unhover();
      return;
    }
    this.says(task, event);
    if (this.hovered === task.id) return;
    this.hovered = task.id;
    if (!this.mayEdit || matchMedia("(pointer: coarse)").matches) return;
    const box = this.bars.box(task);
    const parts = [];
    // The ends from which a link is drawn; the triangle that carries the progress.
    for (const [end, x] of [["start", box.x1 - 7], ["finish", box.x2 + 7]]) {
      const dot = shape("circle", { cx: x, cy: box.y, r: 4 }, "gg-dot");
      dot.dataset.end = end;
      dot.dataset.id = task.id;
      parts.push(dot);
    }
    if (task.kind === 0) {
      const x = doneOf(this.bars.spans(task), task.percent, task.percent).at(-1)[1];
      const grip = shape("path", { d: `M${x - 5} ${box.y + box.half + 6}h10l-5 -7z` }, "gg-grip");
      grip.dataset.id = task.id;
      parts.push(grip);
    }
    this.handles.replaceChildren(...parts);
  }

  unhover() {
    this.hovered = null;
    this.handles.replaceChildren();
    this.tip.hidden = true;
  }

  says(task, event, lines = null) {
    const dates = this.plan.dates(task);
    const shown = { ...task, ...dates };
    this.tip.replaceChildren(
      ...(lines ?? [task.name, task.kind === MILESTONE ? dateWords(shown.start) : `${dateWords(shown.start)} → ${endWords(shown)}`, percentWords(shown.percent), splitWords(task), this.plan.overload.get(task.id)].filter(Boolean)).map((text, place) => {
        const line = document.createElement(place ? "span" : "strong");
        line.textContent = text;
        return line;
      }),
    );
    this.tip.hidden = false;
    const box = this.tip.parentElement.getBoundingClientRect();
    const left = Math.min(event.clientX - box.left + 14, box.width - this.tip.offsetWidth - 8);
    const below = event.clientY - box.top + 18;
    const top = below + this.tip.offsetHeight > box.height ? below - this.tip.offsetHeight - 36 : below;
    this.tip.style.transform = `translate(${left}px, ${top}px)`;
  }

  // --- gestures

  press(event, mayEdit) {
    if (event.button !== 0) return;
    const dot = event.target.closest(".gg-dot, .gg-grip");
    const task = this.plan.tasks.get(dot?.dataset.id ?? event.target.closest(".gg-row")?.dataset.id);
    const line = task ?? this.plan.visible[this.placeOf(event)];
    if (line && !line.draft && !this.plan.selected.has(line.id)) this.plan.select([line.id]);
    if (line) this.grid.focus(line.id, this.grid.at.column, false);
    if (!task || !mayEdit || !event.target.closest(".gg-bar, .gg-dot, .gg-grip")) return;
    if (task.kind === SUMMARY && !dot) return;
    const at = this.point(event);
    const box = this.bars.box(task);
    let kind = "move";
    if (dot) kind = dot.matches(".gg-grip") ? "progress" : "link";
    else if (task.kind === 0 && box.x2 - box.x1 > 3 * EDGE && at.x > box.x2 - EDGE) kind = "finish";
    else if (task.kind === 0 && box.x2 - box.x1 > 3 * EDGE && at.x < box.x1 + EDGE) kind = "start";
    const several = kind === "move" && this.plan.selected.size > 1 && this.plan.selected.has(task.id);
    const tasks = several ? this.plan.chosen().map((id) => this.plan.tasks.get(id)).filter((one) => one.kind !== SUMMARY) : [task];
    this.gesture = { kind, task, tasks, from: at, box, spans: this.bars.spans(task), end: dot?.dataset.end, started: false, versions: new Map(tasks.map((one) => [one.id, one.version])) };
    event.preventDefault();
    this.chart.setPointerCapture(event.pointerId);
  }

  move(event) {
    const { gesture, plan } = this;
    const at = this.point(event);
    if (!gesture.started && Math.hypot(at.x - gesture.from.x, at.y - gesture.from.y) < THRESHOLD) return;
    gesture.started = true;
    this.root.classList.add("gg-dragging");
    const days = Math.round((at.x - gesture.from.x) / this.scale.width);
    const { task } = gesture;
    if (gesture.kind === "link") {
      this.draw(at, event);
      return;
    }
    gesture.days = days;
    this.handles.replaceChildren();
    if (gesture.kind === "progress") {
      gesture.percent = Math.round(shareAt(gesture.spans, at.x, task.percent) / 500) * 500;
      plan.pending.set(task.id, { start: task.start, finish: task.finish, percent: gesture.percent });
    } else {
      for (const one of gesture.tasks) {
        const start = one.start + (gesture.kind === "finish" ? 0 : days * 1440);
        const finish = one.finish + (gesture.kind === "start" ? 0 : days * 1440);
        plan.pending.set(one.id, { start: Math.min(start, finish), finish: Math.max(start, finish) });
      }
    }
    // Only what is under the hand is drawn again, and the links that hang on it.
    for (const one of gesture.tasks) {
      if (this.bars.drawn.has(one.id)) this.bars.draw(one);
    }
    if (gesture.tasks.length < 50) this.bars.links.draw();
    this.says(task, event);
  }

  draw(at, event) {
    const { gesture } = this;
    const x = gesture.end === "start" ? gesture.box.x1 : gesture.box.x2;
    this.wire.setAttribute("d", `M${x} ${gesture.box.y}L${at.x} ${at.y}`);
    const other = this.target(event);
    gesture.other = other;
    this.says(gesture.task, event, [gesture.task.name, other ? `→ ${other.task.name}` : "→"]);
    for (const node of this.chart.querySelectorAll(".gg-aim")) node.classList.remove("gg-aim");
    if (other) this.bars.drawn.get(other.task.id)?.classList.add("gg-aim");
  }

  // The bar under the pointer, and which of its ends is nearer.
  target(event) {
    const at = this.point(event);
    const task = this.plan.visible[Math.floor(at.y / this.bars.row)];
    if (!task || task.draft || task.id === this.gesture.task.id) return null;
    const box = this.bars.box(task);
    if (at.x < box.x1 - 24 || at.x > box.x2 + 24) return null;
    return { task, end: at.x <= (box.x1 + box.x2) / 2 || task.kind === MILESTONE ? "start" : "finish" };
  }

  drop(event) {
    const { gesture } = this;
    if (!gesture) return;
    if (!gesture.started) {
      this.gesture = null;
      return;
    }
    const operations = this.operations(gesture, event);
    const ids = gesture.tasks.map((one) => one.id);
    this.end();
    if (!operations.length) {
      this.release(ids);
      return;
    }
    this.server.edit(operations, () => this.release(ids));
  }

  operations(gesture) {
    const { task, kind, days } = gesture;
    if (kind === "link") {
      if (!gesture.other) return [];
      const type = { finishstart: "FS", startstart: "SS", finishfinish: "FF", startfinish: "SF" }[gesture.end + gesture.other.end];
      return [{ op: "link", predecessor: task.id, successor: gesture.other.task.id, kind: type }];
    }
    const change = (one, values) => ({ op: "change", id: one.id, version: gesture.versions.get(one.id), values });
    if (kind === "progress") return gesture.percent === task.percent ? [] : [change(task, { percent: String(gesture.percent / 100) })];
    if (!days) return [];
    if (kind === "move") return gesture.tasks.map((one) => change(one, { start: iso(one.start + days * 1440) }));
    if (kind === "finish") return [change(task, { finish: iso(Math.max(task.finish + days * 1440, task.start)).slice(0, 10) })];
    return [change(task, { start: iso(Math.min(task.start + days * 1440, task.finish)), finish: iso(task.finish) })];
  }

  // The bar is where the server says.
  release(ids) {
    for (const id of ids) this.plan.pending.delete(id);
    this.plan.changed();
  }

  cancel() {
    const ids = this.gesture?.tasks.map((one) => one.id) ?? [];
    this.end();
    this.release(ids);
  }

  end() {
    this.gesture = null;
    this.root.classList.remove("gg-dragging");
    this.wire.setAttribute("d", "");
    for (const node of this.chart.querySelectorAll(".gg-aim")) node.classList.remove("gg-aim");
    this.unhover();
  }
}

// Lines dragged by their number: to another place, under another summary.
export class RowDrag {
  constructor(root, { plan, grid, outline, viewport, mayEdit }) {
    if (!mayEdit) return;
    this.mark = root.querySelector(".gg-drop");
    let from = null;
    const placeAt = (event) => {
      const box = grid.rows.getBoundingClientRect();
      return Math.max(0, Math.min(Math.round((event.clientY - box.top) / grid.row), plan.visible.length));
    };
    grid.rows.addEventListener("pointerdown", (event) => {
      const cell = event.target.closest("[data-column=number]");
      if (cell && event.button === 0) from = { y: event.clientY, id: cell.parentElement.dataset.id, pointer: event.pointerId };
    });
    grid.rows.addEventListener("pointermove", (event) => {
      if (!from) return;
      if (!from.moving && Math.abs(event.clientY - from.y) < 5) return;
      if (!from.moving) grid.rows.setPointerCapture(from.pointer);
      from.moving = true;
      root.classList.add("gg-dragging");
      const place = placeAt(event);
      this.mark.hidden = false;
      this.mark.style.transform = `translateY(${place * grid.row - 1}px)`;
    });
    const stop = (event) => {
      const moving = from?.moving;
      const id = from?.id;
      from = null;
      this.mark.hidden = true;
      root.classList.remove("gg-dragging");
      if (!moving || event.type === "pointercancel") return;
      const ids = plan.selected.has(id) ? plan.chosen(true) : [id];
      const moved = new Set(ids);
      const place = placeAt(event);
      const above = plan.visible.slice(0, place).reverse().find((task) => !moved.has(task.id));
      const inside = above && plan.children.has(above.id) && !plan.folded.has(above.id);
      for (let one = above; one; one = plan.tasks.get(one.parent)) if (moved.has(one.id)) return; // not into itself
      if (inside) outline.move(ids, above.id, "");
      else outline.move(ids, above?.parent ?? "", above?.id ?? "");
    };
    grid.rows.addEventListener("pointerup", stop);
    grid.rows.addEventListener("pointercancel", stop);
    void viewport;
  }
}
