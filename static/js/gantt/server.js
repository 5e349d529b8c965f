// Edits on their way: one request at a time, what is done meanwhile goes with the next; answers hold only changed rows.

import { counted, said } from "./words.js";

const KEPT = 50; // edits that can be undone

export class Server extends EventTarget {
  constructor(root, plan) {
    super();
    this.plan = plan;
    this.urls = root.dataset;
    this.waiting = [];
    this.last = Promise.resolve();
    this.sends = false;
    this.reads = false;
    this.key = `t4v-gantt-edits-${root.dataset.project}`;
    this.undone = [];
    this.done = [];
    this.recall();
  }

  // What this tab has done can be undone after the page was loaded again.
  recall() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.key) ?? "null");
      if (kept) [this.done, this.undone] = [kept.done, kept.undone];
    } catch {
      // Storage may be refused: the page begins without a past.
    }
  }

  remember() {
    try {
      sessionStorage.setItem(this.key, JSON.stringify({ done: this.done, undone: this.undone }));
    } catch {
      // As above.
    }
  }

  get token() {
    return this.plan.said.token;
  }

  async post(url, body) {
    return fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": document.body.dataset.csrf, Accept: "application/json" },
      body: JSON.stringify({ token: this.token, ...(this.plan.wantsDates ? { dates: this.plan.datesToken } : {}), ...body }),
    });
  }

  // One request after the other, in the order asked: each answer tells what changed since the one before.
  alone(work) {
    this.last = this.last.then(work, work);
    return this.last;
  }

  // Sends operations; `settle(error, made, clashes, batch)` is called once the server has answered, with the refusal when
  // there is one, else with the keys of new rows and what undoes the edit.
  edit(operations, settle = () => {}) {
    this.waiting.push({ operations, settle });
    if (this.sends) return;
    this.sends = true;
    this.alone(() => this.send());
  }

  async send() {
    this.sends = false;
    const group = this.waiting.splice(0);
    const operations = group.flatMap((one) => one.operations);
    try {
      const answer = await this.post(this.urls.editsUrl, { operations });
      const body = await answer.json().catch(() => ({}));
      if (answer.ok) this.accept(body, group, operations);
      else await this.refuse(answer.status, body, group);
    } catch {
      // No network: what was being done comes back as it was, and the page reads everything again when it can.
      for (const one of group) one.settle({ message: said("offline"), row: "", cell: "", offline: true });
      this.tell(said("offline"), "error");
    }
  }

  accept(body, group, operations) {
    this.done.push(body.batch);
    if (this.done.length > KEPT) this.done.shift();
    this.undone = [];
    this.remember();
    for (const one of group) one.settle(null, body.made ?? {}, false, body.batch);
    const ids = this.plan.take(body);
    this.rename(body.made ?? {}, body.versions ?? {});
    this.dispatchEvent(new CustomEvent("edited", { detail: { ids, operations, made: body.made ?? {} } }));
  }

  // What waits was written on rows that this edit has changed too: it follows. Rows that others have changed stay
  // stale, and the server asks.
  rename(made, versions) {
    const keys = Object.entries(made);
    for (const one of this.waiting) {
      let text = JSON.stringify(one.operations);
      for (const [key, id] of keys) text = text.replaceAll(JSON.stringify(key), JSON.stringify(id));
      one.operations = JSON.parse(text);
      for (const operation of one.operations) {
        const [before, now] = versions[operation.id] ?? [];
        if (operation.op === "change" && operation.version === before) operation.version = now;
      }
    }
  }

  async refuse(status, body, group) {
    if (status === 409 && body.clashes) {
      await this.read();
      for (const one of group) one.settle(null, {}, true);
      this.dispatchEvent(new CustomEvent("clash", { detail: { clashes: body.clashes, operations: group.flatMap((one) => one.operations), settle: group.map((one) => one.settle) } }));
      return;
    }
    const error = body.errors?.[0] ?? { message: body.detail || said(status === 403 ? "forbidden" : "failed"), row: "", cell: "" };
    for (const one of group) one.settle(error);
    this.dispatchEvent(new CustomEvent("refused", { detail: error }));
    await this.read();
  }

  // The last edit, or the one of `batch`.
  undo(redo = false, batch = null) {
    return this.alone(() => this.takeBack(redo, batch));
  }

  async takeBack(redo, asked) {
    const [from, to] = redo ? [this.undone, this.done] : [this.done, this.undone];
    const none = redo ? "nothing_to_redo" : "nothing_to_undo";
    const place = asked ? from.indexOf(asked) : from.length - 1;
    const [batch] = place < 0 ? [] : from.splice(place, 1);
    if (!batch) {
      this.tell(said(none));
      return;
    }
    try {
      const answer = await this.post(this.urls.historyUrl.replace("00000000-0000-0000-0000-000000000000", batch), {});
      const body = await answer.json().catch(() => ({}));
      if (answer.ok) {
        to.push(body.batch);
        const ids = this.plan.take(body);
        this.dispatchEvent(new CustomEvent("edited", { detail: { ids, operations: [], made: {}, undone: !redo } }));
        this.tell(said(redo ? "redone" : "undone"), "silent");
      } else {
        this.tell(body.errors?.[0].message ?? said(answer.status === 404 ? none : "failed"), "error");
        await this.read();
      }
      this.remember();
    } catch {
      from.splice(place, 0, batch);
      this.tell(said("offline"), "error");
    }
  }

  // Somebody has changed the plan: the rows that this page has not.
  refresh() {
    if (this.reads) return;
    this.reads = true;
    this.alone(() => this.read(true));
  }

  async read(others = false) {
    this.reads = false;
    try {
      const asked = new URLSearchParams({ since: this.token, ...(this.plan.wantsDates ? { dates: this.plan.datesToken } : {}) });
      const answer = await fetch(`${this.urls.rowsUrl}${this.urls.rowsUrl.includes("?") ? "&" : "?"}${asked}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const body = await answer.json();
      if (this.plan.takeBeside(body)) this.plan.changed();
      if (!body.rows.length && !body.removed?.length && !body.order && !body.token) return;
      const ids = this.plan.take(body);
      this.dispatchEvent(new CustomEvent("others", { detail: { ids } }));
      if (ids.length && others) this.tell(counted("others", ids.length), "silent");
    } catch {
      // The page asks again at the next change.
    }
  }

  tell(text, level = "info") {
    this.dispatchEvent(new CustomEvent("tell", { detail: { text, level } }));
  }
}
