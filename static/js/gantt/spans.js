// The stretches of a bar: one, or two when progress has split the task; and what is done of them.

// In minutes: as drawn, so with a gesture's dates when there are any. A bar made longer by hand is drawn whole.
export function spansOf(task, dates) {
  const moved = dates.start - task.start;
  if (!task.split?.length || dates.finish - task.finish !== moved) return [[dates.start, dates.finish]];
  return [[dates.start, task.split[0] + moved], [task.split[1] + moved, dates.finish]];
}

// What `share` of the task covers of its spans, all shares in ten-thousandths. A split is where the task's own share ends.
export function doneOf(spans, share, own) {
  const [[start, end], rest] = spans;
  if (!rest) return [[start, start + ((end - start) * share) / 10000]];
  if (share <= own) return [[start, start + ((end - start) * share) / own]];
  return [[start, end], [rest[0], rest[0] + ((rest[1] - rest[0]) * (share - own)) / (10000 - own)]];
}

// The share that is done when what is done ends at `at`: the inverse of the above.
export function shareAt(spans, at, own) {
  const [[start, end], rest] = spans;
  const part = (from, to) => Math.min(Math.max((at - from) / (to - from), 0), 1);
  if (!rest) return part(start, end) * 10000;
  return at < rest[0] ? part(start, end) * own : own + part(...rest) * (10000 - own);
}

// Boxes with round corners as one path; spans in pixels.
export function boxes(spans, top, height, radius = 2) {
  return spans
    .filter(([from, to]) => to > from)
    .map(([from, to]) => {
      const round = Math.min(radius, (to - from) / 2, height / 2);
      const [across, down] = [to - from - 2 * round, height - 2 * round];
      const turn = (x, y) => `a${round} ${round} 0 0 1 ${x} ${y}`;
      return `M${from + round} ${top}h${across}${turn(round, round)}v${down}${turn(-round, round)}h${-across}${turn(-round, -round)}v${-down}${turn(round, -round)}z`;
    })
    .join("");
}
