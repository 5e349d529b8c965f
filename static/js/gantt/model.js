// The plan in the page: tasks by key, their order and outline, what is folded, found and selected.
// Whoever changes it calls `changed`; what draws listens.

export const TASK = 0;
export const SUMMARY = 1;
export const MILESTONE = 2;

export const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

// In the order of the server's rows (portfolio/planning/gantt_rows.py). One literal: thousands are made as the page opens.
function taskOf(row) {
  const [id, parent, name, kind, manual, start, finish, duration, percent, critical, float, version, constraint, constraintAt, deadline,
    baselineStart, baselineFinish, work, people, predecessors, split, freeFloat, actualStart, actualFinish, custom] = row;
  return { id, parent, name, kind, manual, start, finish, duration, percent, critical, float, version, constraint, constraintAt, deadline,
    baselineStart, baselineFinish, work, people, predecessors, split, freeFloat, actualStart, actualFinish, custom, number: 0, depth: 0, rank: 0, wbs: "" };
}

export class Plan extends EventTarget {
  constructor(said) {
    super();
    this.said = said;
    this.tasks = new Map();
    this.order = [];
    this.folded = new Set();
    this.selected = new Set();
    this.pending = new Map(); // what a gesture shows until the server has answered, by key
    this.overload = new Map(); // who has too much to do, in words
    this.marks = new Map(); // when tasks end with four chances out of five, and what was promised
    this.problems = new Map(); // why an edit of a row was refused
    this.search = "";
    this.filter = "";
    this.draft = null;
    this.outside = said.outside ?? {}; // the tasks of other projects that these wait for, by key
    this.named = said.named ?? {}; // the people whom custom fields hold, by key
    this.dated = new Map(); // early and late dates, by key, once a column shows them
    this.datesToken = "";
    this.wantsDates = false;
    for (const array of said.rows) {
      const task = taskOf(array);
      this.tasks.set(task.id, task);
      this.order.push(task.id);
    }
    this.arrange();
  }

  // The outline from the order: depth, number, WBS code, children, successors.
  arrange() {
    this.children = new Map();
    this.successors = new Map();
    this.days = null;
    const ranks = new Map();
    this.order.forEach((id, index) => {
      const task = this.tasks.get(id);
      const above = this.tasks.get(task.parent);
      const rank = (ranks.get(task.parent) ?? 0) + 1;
      ranks.set(task.parent, rank);
      task.number = index + 1;
      task.depth = above ? above.depth + 1 : 0;
      task.rank = rank;
      task.wbs = above ? `${above.wbs}.${rank}` : String(rank);
      const siblings = this.children.get(task.parent);
      if (siblings) siblings.push(id);
      else this.children.set(task.parent, [id]);
    });
    for (const task of this.tasks.values()) {
      for (const [id] of task.predecessors) {
        const held = this.successors.get(id);
        if (held) held.push(task.id);
        else this.successors.set(id, [task.id]);
      }
    }
    this.show();
  }

  // The lines that are seen: those not folded away and, when something is looked for, what matches and what holds it.
  show() {
    const wanted = this.search || this.filter ? this.matching() : null;
    const hidden = new Set();
    this.visible = [];
    for (const id of this.order) {
      const task = this.tasks.get(id);
      if (wanted) {
        if (wanted.has(id)) this.visible.push(task);
        continue;
      }
      if (hidden.has(task.parent) || this.folded.has(task.parent)) hidden.add(id);
      else this.visible.push(task);
    }
    if (this.draft && !wanted) {
      const above = this.visible.findIndex((task) => task.id === this.draft.shownAfter);
      this.visible.splice(above < 0 ? this.visible.length : above + 1, 0, this.draft);
    }
    this.places = new Map(this.visible.map((task, index) => [task.id, index]));
    this.changed();
  }

  matching() {
    const text = fold(this.search);
    const found = new Set();
    for (const id of this.order) {
      const task = this.tasks.get(id);
      const named = !text || fold(task.name).includes(text) || task.people.some(([name]) => fold(name).includes(text));
      if (!named || !this.passes(task)) continue;
      for (let one = task; one && !found.has(one.id); one = this.tasks.get(one.parent)) found.add(one.id);
    }
    return found;
  }

  passes(task) {
    switch (this.filter) {
      case "critical":
        return task.critical && task.kind !== SUMMARY;
      case "near":
        return this.isNearCritical(task);
      case "late":
        return task.baselineFinish !== null && task.finish > task.baselineFinish && task.kind !== SUMMARY;
      case "open":
        return task.percent < 10000 && task.kind !== SUMMARY;
      case "milestones":
        return task.kind === MILESTONE;
      case "running":
        return task.percent < 10000 && task.start / 1440 < this.said.today + 1 && task.kind === TASK;
      default:
        return true;
    }
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }

  // What the server says has changed: rows, keys that are gone, the whole order when it is another.
  take(said) {
    if (said.token) { // the server had forgotten this page: all of it
      this.said = said;
      this.tasks.clear();
      this.order = said.rows.map((array) => array[0]);
    }
    this.takeBeside(said);
    if (said.ties) this.said.ties = said.ties;
    if (said.today) this.said.today = said.today;
    for (const array of said.rows) this.tasks.set(array[0], taskOf(array));
    for (const id of said.removed ?? []) {
      this.tasks.delete(id);
      this.selected.delete(id);
      this.problems.delete(id);
    }
    if (said.order) this.order = said.order;
    this.order = this.order.filter((id) => this.tasks.has(id));
    this.arrange();
    return said.rows.map((array) => array[0]);
  }

  // What is said beside the rows: tasks of other projects, names, early and late dates. Whether any of it is new.
  takeBeside({ outside, named, dates }) {
    const before = JSON.stringify([this.outside, this.named]);
    this.outside = outside ?? this.outside;
    this.named = named ?? this.named;
    if (dates?.token) { // all of them
      this.dated.clear();
      this.datesToken = dates.token;
    }
    for (const id of dates?.removed ?? []) this.dated.delete(id);
    for (const [id, ...four] of dates?.rows ?? []) this.dated.set(id, four);
    return Boolean(dates?.rows.length) || before !== JSON.stringify([this.outside, this.named]);
  }

  // The first and the last day of the plan.
  extent() {
    this.days ??= this.measured();
    return this.days;
  }

  measured() {
    let first = Infinity;
    let last = -Infinity;
    for (const task of this.tasks.values()) {
      first = Math.min(first, task.start, task.baselineStart ?? Infinity);
      last = Math.max(last, task.finish, task.baselineFinish ?? -Infinity, task.deadline ?? -Infinity);
    }
    for (const { p80, promised } of this.marks.values()) last = Math.max(last, p80, promised ?? -Infinity);
    if (first > last) return [this.said.today, this.said.today + 28];
    return [Math.floor(first / 1440), Math.ceil(last / 1440)];
  }

  isSummary(task) {
    return task.kind === SUMMARY || this.children.has(task.id);
  }

  // Little float left: at most a day of work, as the engine has it (portfolio/planning/domain/schedule.py).
  isNearCritical(task) {
    return !task.critical && task.kind !== SUMMARY && task.percent < 10000 && task.float > 0 && task.float <= this.said.day;
  }

  toggle(id, fold_ = !this.folded.has(id)) {
    if (fold_) this.folded.add(id);
    else this.folded.delete(id);
    this.show();
  }

  foldAll(fold_) {
    this.folded = new Set(fold_ ? this.order.filter((id) => this.children.has(id)) : []);
    this.show();
  }

  // A task that is folded away is brought to light.
  reveal(id) {
    for (let above = this.tasks.get(this.tasks.get(id)?.parent); above; above = this.tasks.get(above.parent)) this.folded.delete(above.id);
    if (!this.places.has(id) && (this.search || this.filter)) {
      this.search = "";
      this.filter = "";
    }
    this.show();
    return this.places.get(id);
  }

  select(ids) {
    this.selected = new Set(ids);
    this.changed();
  }

  // The selected tasks in reading order, those that hold others standing for them when `roots`.
  chosen(roots = false) {
    const ids = this.order.filter((id) => this.selected.has(id));
    if (!roots) return ids;
    const inside = new Set();
    return this.order.filter((id) => {
      const held = inside.has(this.tasks.get(id).parent);
      if (held || this.selected.has(id)) inside.add(id);
      return !held && this.selected.has(id);
    });
  }

  siblings(task) {
    return this.children.get(task.parent) ?? [];
  }

  // Where a bar is drawn: as a gesture has left it until the server has answered.
  dates(task) {
    return this.pending.get(task.id) ?? task;
  }
}
