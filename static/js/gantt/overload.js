// Who is loaded beyond their capacity, on the bars of what they do: asked once the plan is there, and after edits.

const PAUSE = 2500;

export class Overload {
  constructor(root, plan, server, bars, grid) {
    this.url = root.dataset.overloadUrl;
    if (!this.url) return;
    Object.assign(this, { plan, bars, grid });
    server.addEventListener("edited", () => this.later());
    server.addEventListener("others", () => this.later());
    this.ask();
  }

  later() {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const answer = await fetch(this.url, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return; // the plan is whole without it
    this.plan.overload = new Map(Object.entries((await answer.json()).tasks));
    this.bars.refresh();
    this.grid.refresh();
  }
}
