// One box scrolls both halves; this decides which rows and which days are in the page.

import { bestBeginning } from "./edges.js";

const OVERSCAN = 14;
const STEP = 5; // rows drawn at a time: often and little, so that no frame is long
const HOLDS = 480; // a table this wide keeps the number and the name in sight while its columns move
const DAYS_AHEAD = 1.5; // windows of time drawn on either side

export class Viewport {
  constructor(root, plan, scale, grid, bars, edges, row) {
    Object.assign(this, { plan, scale, grid, bars, edges, row });
    edges.onGo = (task) => this.goToBar(task);
    this.box = root.querySelector(".gg-scroll");
    this.inner = root.querySelector(".gg-inner");
    this.left = root.querySelector(".gg-left");
    this.chart = root.querySelector(".gg-right");
    this.first = 0;
    this.last = -1;
    this.time = null;
    this.asked = 0;
    this.box.addEventListener("scroll", () => this.ask(), { passive: true });
    new ResizeObserver(() => {
      this.measure();
      this.ask();
    }).observe(this.box);
    grid.onReach = (place) => this.reach(place);
    // Shift and the wheel over the table move its columns.
    this.left.addEventListener("wheel", (event) => {
      const by = event.shiftKey ? event.deltaY : event.deltaX;
      if (!by || this.left.scrollWidth <= this.left.clientWidth) return;
      event.preventDefault();
      this.left.scrollLeft += by;
    });
    this.measure();
  }

  measure() {
    this.height = this.box.clientHeight;
    this.width = this.box.clientWidth;
    this.headHeight = 48;
  }

  // The sizes have changed: rows were added, the zoom or the table's width is another.
  resize() {
    this.size();
    this.draw();
  }

  size() {
    const chart = Math.max(this.scale.pixels, this.width - this.leftWidth);
    const height = Math.max(this.plan.visible.length * this.row + this.row, this.height - this.headHeight);
    this.inner.style.width = `${this.leftWidth + chart}px`;
    this.box.parentElement.style.setProperty("--gg-left", `${this.leftWidth}px`);
    this.inner.style.setProperty("--gg-chart", `${chart}px`);
    this.inner.style.setProperty("--gg-height", `${height}px`);
    this.bodyHeight = height;
    this.time = null;
    this.last = -1;
  }

  setLeft(width) {
    this.leftWidth = Math.round(Math.min(Math.max(width, 200), this.width * 0.8));
    this.inner.classList.toggle("gg-held", this.leftWidth >= HOLDS);
  }

  ask() {
    if (this.asked) return;
    this.asked = window.requestAnimationFrame(() => {
      this.asked = 0;
      this.draw();
    });
  }

  draw() {
    const { scrollTop, scrollLeft } = this.box;
    this.scrolled = scrollLeft; // read before anything is drawn: afterwards it would lay the page out again
    const seen = this.height - this.headHeight;
    const first = Math.floor(scrollTop / this.row);
    const last = Math.ceil((scrollTop + seen) / this.row);
    // Rows are drawn ahead of the window, some at a time as it moves.
    const top = Math.max(first - OVERSCAN, 0);
    const end = Math.min(last + OVERSCAN, Math.max(this.plan.visible.length - 1, 0));
    if (this.last < 0 || Math.abs(top - this.first) >= STEP || Math.abs(end - this.last) >= STEP) {
      this.first = top;
      this.last = end;
      this.grid.show(top, end);
      this.bars.show(top, end);
    }
    const wide = Math.max((this.width - this.leftWidth) / this.scale.width, 1);
    const from = this.scale.first + scrollLeft / this.scale.width;
    const to = from + wide;
    if (!this.time || from < this.time.from || to > this.time.to) {
      this.time = { from: from - wide * DAYS_AHEAD, to: to + wide * DAYS_AHEAD };
      if (this.time.from < this.scale.first) this.time.from = this.scale.first;
      this.bars.drawTime(this.time.from, this.time.to, this.bodyHeight);
    }
    this.edge();
  }

  // What has no bar in sight says where it is.
  edge() {
    this.edges.update(this.first, this.last, this.scrolled, this.scrolled + this.width - this.leftWidth);
  }

  reach(place) {
    const top = place * this.row;
    const seen = this.height - this.headHeight;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    else if (top + this.row > this.box.scrollTop + seen - 12) this.box.scrollTop = top + this.row - seen + 12;
    this.draw();
  }

  // Scrolls the time so that a day is a quarter of the way in.
  goTo(day) {
    this.box.scrollLeft = (day - this.scale.first) * this.scale.width - (this.width - this.leftWidth) / 4;
  }

  goToBar(task) {
    if (task && !task.draft) this.goTo(task.start / 1440);
  }

  // Opens on the day, or beside it where the most lines in view have a bar.
  openAt(day) {
    const wide = (this.width - this.leftWidth) / this.scale.width;
    const { top } = this.box.getBoundingClientRect();
    const high = Math.min(this.height, window.innerHeight - top) - this.headHeight; // the page may go on below the window
    const seen = this.plan.visible.slice(0, Math.max(Math.floor(high / this.row), 1));
    this.goTo(bestBeginning(seen, wide, day - wide / 4) + wide / 4);
  }

  get middleDay() {
    return this.scale.dayAt(this.box.scrollLeft + (this.width - this.leftWidth) / 4);
  }

  // A page of rows, for the keyboard.
  get page() {
    return Math.max(Math.floor((this.height - this.headHeight) / this.row) - 1, 1);
  }
}
