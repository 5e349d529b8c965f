// Where lines end with four chances out of five (P80), beside what was promised: asked once the plan is there, and
// after edits.

const PAUSE = 4000; // a simulation follows the edit

export class FinishMarks {
  constructor(root, plan, server) {
    this.url = root.dataset.marksUrl;
    if (!this.url) return;
    Object.assign(this, { plan, legend: root.querySelector("[data-marks-legend]") });
    for (const name of ["edited", "others"]) server.addEventListener(name, () => this.later());
    this.ask();
  }

  later() {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const answer = await fetch(this.url, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return; // the plan is whole without it
    const { tasks } = await answer.json();
    this.plan.marks = new Map(Object.entries(tasks).map(([id, [p80, promised, words]]) => [id, { p80, promised, words }]));
    this.legend.hidden = !this.plan.marks.size;
    this.plan.days = null; // a mark may be later than the plan
    this.plan.changed();
  }
}
