// What the page says around the plan hangs on whether there is one: read again when the first line comes or the last
// one goes.

const PAUSE = 150; // a line deleted and put back at once asks for nothing
const PARTS = [".page-actions", "#plan-above"];

export class PageParts {
  constructor(plan) {
    this.plan = plan;
    this.had = plan.order.length > 0;
    plan.addEventListener("change", () => this.look());
  }

  look() {
    const has = this.plan.order.length > 0;
    if (has === this.had) return;
    this.had = has;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.read(), PAUSE);
  }

  async read() {
    const answer = await fetch(window.location.href, { cache: "no-store", headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) return; // the plan is whole without it
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const selector of PARTS) {
      const [now, next] = [document.querySelector(selector), fresh.querySelector(selector)];
      if (!now || !next) continue;
      now.replaceWith(document.adoptNode(next));
      window.htmx.process(next);
    }
  }
}
