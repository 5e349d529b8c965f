// What changes the outline: new lines, moving, indenting, deleting.

import { counted, said } from "./words.js";

const ASKED_FROM = 10; // lines: to delete more is asked first

let drafts = 0;

export class OutlineEdits {
  constructor(root, { plan, grid, server, cells, mayEdit, tell }) {
    Object.assign(this, { plan, grid, server, cells, mayEdit, tell });
    this.question = root.querySelector(".gg-deletion");
    this.question?.addEventListener("close", () => this.decide());
    cells.onDraft = (text, focus) => this.endDraft(text, focus);
  }

  // The tasks that a command is about: the selection, else the line with the focus.
  targets() {
    const chosen = this.plan.chosen(true);
    if (chosen.length) return chosen;
    return this.plan.tasks.has(this.grid.at.row) ? [this.grid.at.row] : [];
  }

  // A line to type in, after the one with the focus (at the end without one).
  insert(after = this.grid.at.row, text = null) {
    if (!this.mayEdit) return;
    const above = this.plan.tasks.get(after) ?? null;
    drafts += 1;
    const inside = above && this.plan.children.has(above.id) && !this.plan.folded.has(above.id);
    const parent = above ? (inside ? above.id : above.parent) : "";
    const siblings = this.plan.children.get(parent) ?? [];
    this.plan.draft = {
      id: `new-${drafts}`, draft: true, name: "", kind: 0, parent, depth: above ? above.depth + (inside ? 1 : 0) : 0,
      shownAfter: inside || !above ? (above?.id ?? this.plan.visible.at(-1)?.id) : this.lastBelow(above.id),
      above: above?.id ?? null,
      after: inside ? "" : (above?.id ?? siblings.at(-1) ?? ""),
      people: [], predecessors: [], start: 0, finish: 0, duration: 0, percent: 0, float: null, baselineFinish: null,
    };
    this.plan.show();
    this.cells.open(this.plan.draft.id, "name", text);
  }

  lastBelow(id) {
    let last = id;
    for (const child of this.plan.children.get(id) ?? []) last = this.plan.folded.has(id) ? id : this.lastBelow(child);
    return last;
  }

  endDraft(text, focus) {
    const { id: key, parent, after, shownAfter, above } = this.plan.draft;
    this.plan.draft = null;
    this.plan.show();
    if (!text) {
      if (focus && shownAfter) this.grid.focus(shownAfter, "name");
      return;
    }
    const rows = [{ key, depth: 1, values: { name: text } }];
    this.server.edit([{ op: "insert", parent, after, rows }], (error, made) => {
      if (error) {
        // What was typed and did not go is there to be sent again.
        if (error.offline && !this.grid.editing) this.insert(above, text);
        return;
      }
      // The next one follows, as long as one types.
      queueMicrotask(() => {
        this.grid.at = { row: made[key], column: "name" };
        if (focus && !this.grid.editing) this.insert(made[key]);
      });
    });
  }

  indent(out = false) {
    const ids = this.targets();
    if (ids.length) this.server.edit([{ op: out ? "outdent" : "indent", ids }], (error) => error || this.keepFocus());
  }

  // What goes with these lines: they and all that they hold.
  below(ids) {
    return ids.flatMap((id) => [id, ...this.below(this.plan.children.get(id) ?? [])]);
  }

  // Many lines, or all of them, are asked about first.
  remove() {
    const ids = this.targets();
    const count = this.below(ids).length;
    if (!count) return;
    const all = count === this.plan.order.length && count > 1;
    if (count <= ASKED_FROM && !all) {
      this.delete(ids);
      return;
    }
    this.asked = ids;
    const name = this.plan.tasks.get(ids[0]).name;
    this.question.querySelector("h2").textContent = counted("delete_ask", count);
    this.question.querySelector("p").textContent = all ? said("delete_all") : counted("delete_from", count - 1, { task: name });
    this.question.returnValue = "";
    this.question.showModal();
  }

  decide() {
    const ids = (this.asked ?? []).filter((id) => this.plan.tasks.has(id));
    this.asked = null;
    if (this.question.returnValue === "delete" && ids.length) this.delete(ids);
    else this.grid.focus(this.grid.at.row);
  }

  delete(ids) {
    const place = this.plan.places.get(ids[0]);
    const count = this.below(ids).length;
    const told = count === 1 ? said("deleted_task", { task: this.plan.tasks.get(ids[0]).name }) : counted("deleted", count);
    this.server.edit([{ op: "delete", ids }], (error, _made, clashes, batch) => {
      if (error || clashes) return;
      this.tell(told, "success", () => this.server.undo(false, batch));
      queueMicrotask(() => {
        const next = this.plan.visible[Math.min(place, this.plan.visible.length - 1)];
        this.plan.selected.clear();
        if (next) this.grid.focus(next.id);
      });
    });
  }

  // Up or down among the lines of the same level.
  shift(by) {
    const ids = this.targets();
    if (!ids.length) return;
    const task = this.plan.tasks.get(ids[0]);
    const moving = new Set(ids);
    if (ids.some((id) => this.plan.tasks.get(id).parent !== task.parent)) return;
    const siblings = this.plan.siblings(task);
    const stays = siblings.filter((id) => !moving.has(id));
    const first = siblings.indexOf(ids[0]);
    const rank = siblings.slice(0, first).filter((id) => !moving.has(id)).length + by;
    if (rank < 0 || rank > stays.length) return;
    this.move(ids, task.parent, rank === 0 ? "" : stays[rank - 1]);
  }

  move(ids, parent, after) {
    this.server.edit([{ op: "move", ids, parent, after }], (error) => error || this.keepFocus());
  }

  keepFocus() {
    const { row, column } = this.grid.at;
    queueMicrotask(() => this.plan.tasks.has(row) && document.activeElement?.closest(".gg-rows, body") && this.grid.focus(row, column));
  }
}
