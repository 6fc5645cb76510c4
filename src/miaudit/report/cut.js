// One cut for the whole page: the slider moves the markers in the charts, the confusion matrix, the precision and what
// the table of records calls a member. Listeners of `cuts` hear of every change; `cuts.now` is what they read.

const cuts = Object.assign(new EventTarget(), { now: null });

// What an attack finds at one position of the slider.
function found(data, attack, position) {
  const { tp, fp, cut, below } = data.attacks[attack];
  const [members, nonmembers] = [data.members, data.nonmembers];
  const numbers = { tp: tp[position], fp: fp[position], cut: cut[position], below: below[position] };
  const called = numbers.tp + numbers.fp;
  return {
    ...numbers,
    attack,
    name: data.attacks[attack].name,
    allowed: data.allowed[position],
    fn: members - numbers.tp,
    tn: nonmembers - numbers.fp,
    tpr: numbers.tp / members,
    fpr: numbers.fp / nonmembers,
    precision: called ? numbers.tp / called : null,
  };
}

// How often a claim is right where a share of the people were in the training data; null where nobody is accused.
function precisionAt(share, tpr, fpr) {
  const right = share * tpr;
  const wrong = (1 - share) * fpr;
  return right + wrong ? right / (right + wrong) : null;
}

function peopleText(data, now, share) {
  if (now.tp + now.fp === 0) return "nobody is accused, as too many records have the same score.";
  if (now.fp === 0) {
    return `none of the ${countText(data.nonmembers)} others is accused, too few to tell how often a claim is wrong.`;
  }
  const right = 100 * precisionAt(share, now.tpr, now.fpr);
  return `of 100 people accused, ${right < 1 ? "fewer than 1" : Number(right.toPrecision(2))} were in the data.`;
}

async function openCut() {
  const data = carried("cut-data");
  if (!data) return;
  for (const attack of data.attacks) {
    for (const key of ["tp", "fp", "cut", "below"]) attack[key] = await unpacked(attack[key]);
  }
  const bar = document.getElementById("cut");
  const [attack, rate, percent, base] = ["attack", "rate", "percent", "base"].map((key) => bar.querySelector(`#cut-${key}`));
  bar.hidden = false;

  function change() {
    cuts.now = found(data, Number(attack.value), Number(rate.value));
    const allowed = percentText(cuts.now.allowed / data.nonmembers);
    rate.setAttribute("aria-valuetext", `${allowed}, ${countText(cuts.now.allowed)} of ${countText(data.nonmembers)}`);
    const share = Math.min(Math.max(Number(base.value) / 1000, 0), 1);
    write(data, cuts.now, peopleText(data, cuts.now, share));
    mark(data, cuts.now);
    cuts.dispatchEvent(new Event("change"));
  }

  function retyped() {
    const typed = Number(percent.value) * data.nonmembers / 100 + 1e-9;
    const fitting = data.allowed.findLastIndex((allowed) => allowed <= typed);
    rate.value = Math.max(fitting, 0);
    change();
  }

  const typedRate = () => { percent.value = Number((100 * data.allowed[rate.value] / data.nonmembers).toPrecision(4)); };
  rate.addEventListener("input", () => { typedRate(); change(); });
  percent.addEventListener("input", retyped);
  percent.addEventListener("change", typedRate);
  base.addEventListener("input", change);
  attack.addEventListener("change", () => {
    unfold(document.getElementById(`chart-scores-${attack.value}`));
    change();
  });
  unfold(document.getElementById(`chart-scores-${attack.value}`));
  typedRate();
  change();
}

// Shows the histogram of the chosen attack in the place of the one that is not folded.
function unfold(figure) {
  const folded = figure?.closest("details");
  if (!folded) return;
  const shown = folded.previousElementSibling.querySelector("figure");
  const place = figure.nextElementSibling;
  const around = figure.parentElement;
  shown.before(figure);
  around.insertBefore(shown, place);
}

// Writes the numbers into the panel and into the bar.
function write(data, now, people) {
  const panel = document.getElementById("cut-claims");
  panel.hidden = false;
  const texts = {
    attack: now.name,
    cut: scoreText(now.cut),
    allowed: countText(now.allowed),
    precision: now.precision === null ? "nobody is called a member" : percentText(now.precision),
    recall: percentText(now.tpr),
    people,
  };
  for (const [key, text] of Object.entries(texts)) panel.querySelector(`[data-cut="${key}"]`).textContent = text;
  for (const key of ["tp", "fn", "fp", "tn"]) {
    const cell = panel.querySelector(`[data-cell="${key}"]`);
    const share = now[key] / (key === "tp" || key === "fn" ? data.members : data.nonmembers);
    cell.style.setProperty("--share", share.toFixed(3));
    cell.querySelector("b").textContent = countText(now[key]);
    cell.lastElementChild.textContent = percentText(share);
  }
  document.getElementById("cut-outcome").textContent =
    `Finds ${countText(now.tp)} of ${countText(data.members)} members (${percentText(now.tpr)}), wrongly accuses ` +
    `${countText(now.fp)} of ${countText(data.nonmembers)} others (${percentText(now.fpr)}).`;
  document.getElementById("cut-people").textContent = people;
}

// Moves the markers of the charts.
function mark(data, now) {
  const points = { roc: [now.fpr, now.tpr], precision: now.precision === null ? null : [now.tpr, now.precision] };
  for (const [key, point] of Object.entries(points)) {
    for (const plot of document.querySelectorAll(`#chart-${key} .plot`)) {
      const { x, y } = JSON.parse(plot.dataset.reading);
      const at = point && `M${inside(placed(x, 100 * point[0]))} ${1000 - inside(placed(y, 100 * point[1]))}h0`;
      for (const style of ["mark-edge", "mark-at"]) layer(plot, style).setAttribute("d", at || "");
    }
  }
  data.attacks.forEach((_, attack) => {
    const plot = document.querySelector(`#chart-scores-${attack} .plot`);
    if (!plot) return;
    const { x } = JSON.parse(plot.dataset.reading);
    const at = attack === now.attack ? `M${inside(placed(x, scorePlace(x, now.cut)))} 0V1000` : "";
    layer(plot, "mark-cut").setAttribute("d", at);
  });
}

const inside = (place) => Math.min(Math.max(place, 0), 1000);

// Where a score is drawn in a histogram, whose axis may be logarithmic away from a centre.
function scorePlace(axis, score) {
  return axis.width ? Math.asinh((score - axis.centre) / axis.width) : score;
}
