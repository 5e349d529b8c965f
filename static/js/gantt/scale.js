// From minutes to pixels and back: the zoom, the ticks of the head, the days off.

export const ZOOMS = ["day", "week", "month", "quarter", "year"];
export const DAY_WIDTH = { day: 28, week: 9, month: 3, quarter: 1.2, year: 0.4 };
const UNITS = { day: ["week", "day"], week: ["month", "week"], month: ["quarter", "month"], quarter: ["year", "quarter"], year: ["year", "quarter"] };
const MARGIN = { day: 30, week: 60, month: 120, quarter: 300, year: 800 }; // days, so that a bar can be dragged beyond the plan
const DAY = 1440;

export const dateOf = (day) => new Date(day * 86400000);
const dayOf = (date) => Math.floor(date.getTime() / 86400000);
export const weekday = (day) => (((day + 3) % 7) + 7) % 7; // 1970-01-01 was a Thursday; Monday is 0

export class Scale {
  constructor(plan) {
    this.plan = plan;
    this.zoom = "week";
  }

  // The period that is drawn: the plan, today, and a margin; never less than what fills the window.
  fit(least) {
    const [first, last] = this.plan.extent();
    const today = this.plan.said.today;
    const margin = MARGIN[this.zoom];
    this.width = DAY_WIDTH[this.zoom];
    this.first = this.beginning(Math.min(first, today) - margin, UNITS[this.zoom][1]);
    this.last = Math.max(last, today) + margin;
    this.last = Math.max(this.last, this.first + Math.ceil(least / this.width));
    this.exceptions = new Set(this.plan.said.exceptions);
    return this;
  }

  get pixels() {
    return (this.last - this.first) * this.width;
  }

  x(minute) {
    return Math.round((minute / DAY - this.first) * this.width * 100) / 100;
  }

  dayAt(x) {
    return this.first + x / this.width;
  }

  beginning(day, unit) {
    const date = dateOf(day);
    const year = date.getUTCFullYear();
    const month = date.getUTCMonth();
    if (unit === "week") return day - weekday(day);
    if (unit === "month") return dayOf(new Date(Date.UTC(year, month, 1)));
    if (unit === "quarter") return dayOf(new Date(Date.UTC(year, month - (month % 3), 1)));
    if (unit === "year") return dayOf(new Date(Date.UTC(year, 0, 1)));
    return day;
  }

  following(day, unit) {
    return this.beginning(day + { day: 1, week: 7, month: 31, quarter: 92, year: 366 }[unit], unit);
  }

  // The divisions of one level between two days: [unit, day, x, width].
  ticks(level, from, to) {
    const unit = UNITS[this.zoom][level];
    const found = [];
    for (let day = this.beginning(from, unit); day < to; ) {
      const next = this.following(day, unit);
      found.push([unit, day, (day - this.first) * this.width, (next - day) * this.width]);
      day = next;
    }
    return found;
  }

  get showsRests() {
    return this.zoom === "day" || this.zoom === "week";
  }

  isOff(day) {
    const usual = this.plan.said.week[weekday(day)] === 1;
    return usual === this.exceptions.has(day);
  }

  // The days off between two days, those that touch together: [x, width].
  rests(from, to) {
    const found = [];
    if (!this.showsRests) return found;
    let start = null;
    for (let day = Math.floor(from); day <= to; day += 1) {
      const off = day < to && this.isOff(day);
      if (off && start === null) start = day;
      if (!off && start !== null) {
        found.push([(start - this.first) * this.width, (day - start) * this.width]);
        start = null;
      }
    }
    return found;
  }

  // The instant that comes `minutes` of work after `minute`, to the day: how far a float reaches.
  after(minute, minutes) {
    let left = minutes / this.plan.said.day;
    let day = minute / DAY;
    for (let guard = 0; left > 0 && guard < 4000; guard += 1) {
      const end = Math.floor(day) + 1;
      if (this.isOff(Math.floor(day))) {
        day = end;
        continue;
      }
      const step = Math.min(left, end - day);
      left -= step;
      day += step;
    }
    return day * DAY;
  }
}
