// Choosing records in one chart chooses them in the others and in the table: drag over points or bins, or click a point.

const NEAREST = 30; // units of the square within which a click chooses a point
const MOST_MARKED = 3000; // chosen records that a chart marks

function openChoice(records) {
  const charts = [];
  const hardness = document.querySelector("#chart-hardness .plot");
  if (hardness && records.fit && records.reference) charts.push(pointsChart(records, hardness));
  records.attacks.forEach((_, place) => {
    const plot = document.querySelector(`#chart-scores-${place} .plot`);
    if (plot) charts.push(scoresChart(records, plot, place));
  });
  for (const chart of charts) draggable(chart);
  chosen.addEventListener("change", () => charts.forEach((chart) => chart.mark()));
}

// The scatter plot: a record lies where its fit and its calibrated score are, at the edge if that is out of view.
function pointsChart(records, plot) {
  const { x, y } = JSON.parse(plot.dataset.reading);
  const { fit, reference } = records;
  const isDrawn = (row) => Number.isFinite(fit[row]) && Number.isFinite(reference[row]);
  const at = (row) => [inside(placed(x, fit[row])), 1000 - inside(placed(y, fit[row] - reference[row]))];
  return {
    plot,
    within: async (box) => rowsWhere(records, (row) => isDrawn(row) && isIn(box, at(row))),
    near: async (point) => nearestRow(records, isDrawn, at, point),
    mark() {
      const rows = marked(records).filter(isDrawn);
      layer(plot, "chosen-points").setAttribute("d", rows.map((row) => `M${at(row).join(" ")}h0`).join(""));
    },
  };
}

// A histogram: a record lies at its score; chosen ones are short lines at the foot.
function scoresChart(records, plot, place) {
  const { x } = JSON.parse(plot.dataset.reading);
  const at = ({ score, rank }, row) => inside(placed(x, scorePlace(x, score[rank[row]])));
  return {
    plot,
    async within([left, , right]) {
      const attack = await records.attack(place);
      return rowsWhere(records, (row) => at(attack, row) >= left && at(attack, row) <= right);
    },
    near: null,
    async mark() {
      const attack = await records.attack(place);
      const lines = marked(records).map((row) => `M${at(attack, row)} 1000v-60`);
      layer(plot, "chosen-scores").setAttribute("d", lines.join(""));
    },
  };
}

const isIn = ([left, top, right, bottom], [x, y]) => x >= left && x <= right && y >= top && y <= bottom;

function rowsWhere(records, passes) {
  const rows = [];
  for (let row = 0; row < records.rows; row += 1) if (passes(row)) rows.push(row);
  return rows;
}

function marked(records) {
  if (!chosen.count) return [];
  return rowsWhere(records, (row) => chosen.flags[row]).slice(0, MOST_MARKED);
}

function nearestRow(records, isDrawn, at, [x, y]) {
  let [found, least] = [[], NEAREST];
  for (let row = 0; row < records.rows; row += 1) {
    if (!isDrawn(row)) continue;
    const [there, high] = at(row);
    const away = Math.hypot(there - x, high - y);
    if (away < least) [found, least] = [[row], away];
  }
  return found;
}

// Lets the mouse drag a box in a chart; with the shift key, its records are added to those that are chosen.
function draggable(chart) {
  const square = chart.plot.querySelector("svg");
  let start = null;
  const point = (event) => {
    const box = square.getBoundingClientRect();
    return [1000 * (event.clientX - box.left) / box.width, 1000 * (event.clientY - box.top) / box.height];
  };
  const boxTo = (event) => {
    const end = point(event);
    const [left, right, top, bottom] = [0, 1].flatMap((side) => [Math.min(start[side], end[side]), Math.max(start[side], end[side])]);
    return chart.near ? [left, top, right, bottom] : [left, 0, right, 1000];
  };
  const draw = ([left, top, right, bottom]) => layer(chart.plot, "chosen-box").setAttribute("d", `M${left} ${top}H${right}V${bottom}H${left}Z`);
  chart.plot.classList.add("choosable");
  chart.plot.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch" || event.button) return;
    event.preventDefault();
    start = point(event);
    chart.plot.setPointerCapture(event.pointerId);
  });
  chart.plot.addEventListener("pointermove", (event) => { if (start) draw(boxTo(event)); });
  chart.plot.addEventListener("pointerup", async (event) => {
    if (!start) return;
    const box = boxTo(event);
    const isClick = box[2] - box[0] < 5 && box[3] - box[1] < 5;
    const [from, adding] = [start, event.shiftKey];
    start = null;
    layer(chart.plot, "chosen-box").setAttribute("d", "");
    choose(isClick && chart.near ? await chart.near(from) : await chart.within(box), adding);
  });
}
