// The way of a link from one bar to another: right angles, between the rows, as short as it reads well.

const ELBOW = 8;
const HEAD = 4;

// `one` and `other` are {x1, x2, y, half, milestone}: the ends of the bars, their middle, half their height.
export function route(one, other, kind, row) {
  const leavesRight = kind === "FS" || kind === "FF";
  const entersLeft = kind === "FS" || kind === "SS";
  const x1 = leavesRight ? one.x2 : one.x1;
  const x2 = entersLeft ? other.x1 : other.x2;
  const down = other.y > one.y;
  if (leavesRight && entersLeft) {
    const onto = other.milestone ? (other.x1 + other.x2) / 2 : other.x1 + Math.min(ELBOW / 2, (other.x2 - other.x1) / 2);
    if (onto - x1 >= 0 && onto - x1 <= 2 * ELBOW) {
      const end = down ? other.y - other.half : other.y + other.half;
      return `M${x1} ${one.y}H${onto}V${end}${arrow(onto, end, down ? "down" : "up")}`;
    }
  }
  const out = leavesRight ? x1 + ELBOW : x1 - ELBOW;
  const into = entersLeft ? x2 - ELBOW : x2 + ELBOW;
  const head = arrow(x2, other.y, entersLeft ? "right" : "left");
  if (leavesRight === entersLeft) {
    if (leavesRight ? out <= into : out >= into) return `M${x1} ${one.y}H${out}V${other.y}H${x2}${head}`;
    const lane = down ? other.y - row / 2 : other.y + row / 2;
    return `M${x1} ${one.y}H${out}V${lane}H${into}V${other.y}H${x2}${head}`;
  }
  const turn = leavesRight ? Math.max(out, into) : Math.min(out, into);
  return `M${x1} ${one.y}H${turn}V${other.y}H${x2}${head}`;
}

// Where the long upright of a link stands.
export function upright(one, other, kind) {
  const leavesRight = kind === "FS" || kind === "FF";
  const entersLeft = kind === "FS" || kind === "SS";
  const out = leavesRight ? one.x2 + ELBOW : one.x1 - ELBOW;
  if (leavesRight === entersLeft) return out;
  return leavesRight ? Math.max(out, other.x2 + ELBOW) : Math.min(out, other.x1 - ELBOW);
}

function arrow(x, y, way) {
  switch (way) {
    case "right":
      return `M${x - HEAD} ${y - HEAD}L${x} ${y}L${x - HEAD} ${y + HEAD}`;
    case "left":
      return `M${x + HEAD} ${y - HEAD}L${x} ${y}L${x + HEAD} ${y + HEAD}`;
    case "down":
      return `M${x - HEAD} ${y - HEAD}L${x} ${y}L${x + HEAD} ${y - HEAD}`;
    default:
      return `M${x - HEAD} ${y + HEAD}L${x} ${y}L${x + HEAD} ${y + HEAD}`;
  }
}
