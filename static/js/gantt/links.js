// The links: those with an end in the window, and the uprights of those that cross it from one side to the other.

import { route, upright } from "./routes.js";

const MOST = 400; // in one window: more would be a hatching, not links
const MOST_CROSSING = 120;
const SVG = "http://www.w3.org/2000/svg";

export class Links {
  constructor(bars, group) {
    this.bars = bars;
    this.group = group;
    this.paths = new Map();
    this.rows = { places: null };
  }

  // Which lines each link goes from and to, as numbers: thousands are looked through at every step of a scroll.
  measured() {
    const { plan } = this.bars;
    if (this.rows.places === plan.places) return this.rows;
    const links = [];
    for (const task of plan.visible) {
      if (task.draft) continue;
      for (const [id, kind] of task.predecessors) if (plan.places.has(id)) links.push([plan.tasks.get(id), task, kind]);
    }
    const [low, high] = [new Int32Array(links.length), new Int32Array(links.length)];
    links.forEach(([one, other], index) => {
      const [from, to] = [plan.places.get(one.id), plan.places.get(other.id)];
      low[index] = Math.min(from, to);
      high[index] = Math.max(from, to);
    });
    this.rows = { places: plan.places, links, low, high };
    return this.rows;
  }

  draw() {
    const { bars } = this;
    const wanted = new Map();
    if (bars.options.links && bars.scale.zoom !== "year") {
      this.inside(wanted);
      this.crossing(wanted);
    }
    const spare = [];
    for (const [key, path] of this.paths) {
      if (wanted.has(key)) continue;
      this.paths.delete(key);
      spare.push(path);
    }
    for (const [key, [link, way]] of wanted) {
      let path = this.paths.get(key);
      if (!path) {
        path = spare.pop() ?? this.group.appendChild(document.createElementNS(SVG, "path"));
        path.dataset.link = key;
        this.paths.set(key, path);
      }
      const css = `gantt-link${this.isCritical(link) ? " gantt-link-critical" : ""}${this.isChosen(link) ? " gg-link-chosen" : ""}`;
      if (path.getAttribute("class") !== css) path.setAttribute("class", css);
      if (path.getAttribute("d") !== way) path.setAttribute("d", way);
    }
    for (const path of spare) path.remove();
  }

  inside(wanted) {
    const { bars } = this;
    const { plan, window: at } = bars;
    const add = (one, other, kind) => wanted.set(`${one.id}>${other.id}`, [[one, other, kind], route(bars.box(one), bars.box(other), kind, bars.row)]);
    for (let place = at.first; place <= at.last && wanted.size < MOST; place += 1) {
      const task = plan.visible[place];
      if (!task || task.draft) continue;
      for (const [id, kind] of task.predecessors) if (plan.places.has(id)) add(plan.tasks.get(id), task, kind);
      for (const id of plan.successors.get(task.id) ?? []) {
        const other = plan.tasks.get(id);
        const link = plan.places.has(id) && other.predecessors.find(([from]) => from === task.id);
        if (link) add(task, other, link[1]);
      }
    }
  }

  // Both ends are elsewhere: only the upright is drawn, as far as the window; those that matter most when they are many.
  crossing(wanted) {
    const { bars } = this;
    const { first, last, from, to } = bars.window;
    const { links, low, high } = this.measured();
    const found = [];
    const others = [];
    const room = Math.min(MOST_CROSSING, MOST - wanted.size);
    for (let index = 0; index < links.length && found.length < room; index += 1) {
      if (low[index] >= first || high[index] <= last) continue;
      const link = links[index];
      const matters = this.isChosen(link) || this.isCritical(link);
      if (!matters && others.length >= room) continue;
      const x = upright(bars.box(link[0]), bars.box(link[1]), link[2]);
      if (x >= from && x <= to) (matters ? found : others).push([link, x]);
    }
    const [top, end] = [(first - 1) * bars.row, (last + 2) * bars.row];
    for (const [link, x] of found.concat(others).slice(0, Math.max(room, 0))) wanted.set(`${link[0].id}>${link[1].id}`, [link, `M${x} ${top}V${end}`]);
  }

  isCritical([one, other]) {
    return this.bars.options.critical && one.critical && other.critical;
  }

  isChosen([one, other]) {
    const { selected } = this.bars.plan;
    return selected.has(one.id) || selected.has(other.id);
  }
}
