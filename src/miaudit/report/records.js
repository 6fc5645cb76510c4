// The records that the page carries, which of them the table shows, and which are chosen.
// Listeners of `chosen` hear when other records are chosen.

const chosen = Object.assign(new EventTarget(), { flags: null, count: 0 });

function choose(rows, adding = false) {
  if (!adding) chosen.flags.fill(0);
  for (const row of rows) chosen.flags[row] = 1;
  chosen.count = chosen.flags.reduce((sum, flag) => sum + flag, 0);
  chosen.dispatchEvent(new Event("change"));
}

// All columns of the records as arrays; those of an attack are unpacked when they are first asked for.
async function openRecords(names) {
  const data = carried("records-data");
  if (!data) return null;
  chosen.flags = new Uint8Array(data.rows);
  const records = { rows: data.rows, shown: data.shown, why: data.why, attacks: [] };
  for (const key of ["id", "label", "truth", "named", "fit", "reference"]) {
    records[key] = data[key] && await unpacked(data[key]);
  }
  records.pictures = data.pictures && { ...data.pictures, pixels: await unpacked(data.pictures.pixels) };
  records.columns = [];
  for (const { name, values } of data.columns) {
    records.columns.push({ name, isNumber: values.type !== "text", values: await unpacked(values) });
  }
  for (const [place, attack] of data.attacks.entries()) {
    records.attacks.push({ name: names[place], called: attack.called && await unpacked(attack.called), rank: null });
  }
  records.attack = async (place) => {
    const attack = records.attacks[place];
    if (!attack.rank) {
      [attack.score, attack.rank] = [await unpacked(data.attacks[place].score), await unpacked(data.attacks[place].rank)];
    }
    return attack;
  };
  const { rank } = await records.attack(data.shown[0]);
  records.order = orderBy(records, rank);
  records.place = new Uint32Array(data.rows);
  records.order.forEach((row, place) => { records.place[row] = place; });
  return records;
}

// All rows: those first that are named, then by an attack's score from the highest on.
function orderBy(records, rank) {
  const order = Uint32Array.from({ length: records.rows }, (_, row) => row);
  return order.sort((one, other) => isNamed(records, other) - isNamed(records, one) || rank[other] - rank[one] || one - other);
}

// Whether a record passes every filter; `wanted` holds the values of the controls.
function filterOf(records, wanted) {
  const tests = [];
  if (wanted.class) tests.push((row) => records.label[row] === wanted.class);
  if (wanted.truth) tests.push((row) => records.truth[row] === Number(wanted.truth));
  if (wanted.decision) tests.push(decisionOf(records, wanted.decision));
  if (wanted.group) {
    const [column, value] = JSON.parse(wanted.group);
    tests.push((row) => String(records.columns[column].values[row]) === value);
  }
  const words = wanted.search.trim().toLowerCase();
  if (words) tests.push((row) => holds(records, row, words));
  return (row) => tests.every((test) => test(row));
}

const decisionOf = (records, decision) => ({
  called: (row) => isCalled(records, row),
  left: (row) => !isCalled(records, row),
  named: (row) => isNamed(records, row),
  chosen: (row) => chosen.flags[row] === 1,
})[decision] ?? ((row) => records.attacks[Number(decision)].called[row] === 1);

const isCalled = (records, row) => records.attacks[cuts.now.attack].rank[row] > cuts.now.below;
const isNamed = (records, row) => records.named?.[row] === 1;

function holds(records, row, words) {
  if (records.id[row].toLowerCase().includes(words)) return true;
  return records.columns.some(({ isNumber, values }) => !isNumber && values[row].toLowerCase().includes(words));
}

// The columns of the table: a heading, a text per record, and what the records are sorted by.
function tableColumns(records) {
  const now = cuts.now.attack;
  const attacks = [now, ...records.shown.filter((place) => place !== now)].slice(0, Math.max(records.shown.length, 1));
  const { rank } = records.attacks[now];
  return [
    { key: "rank", title: `Rank by ${cuts.now.name}`, right: true, value: (row) => -rank[row], text: (row) => countText(records.ranks[row]) },
    { key: "id", title: "Record", right: true, value: idOf(records), text: (row) => records.id[row] },
    { key: "class", title: "Class", right: true, value: (row) => numberOr(records.label[row]), text: (row) => records.label[row] },
    { key: "truth", title: "In truth", value: (row) => -records.truth[row], text: (row) => TRUTHS[records.truth[row]] },
    { key: "now", title: "At the page’s cut", value: (row) => -Number(isCalled(records, row)), text: (row) => (isCalled(records, row) ? "called" : "–") },
    ...attacks.map((place) => scoreColumn(records.attacks[place])),
    ...records.columns.slice(0, 4).map(({ name, values, isNumber }) => (
      { key: `column ${name}`, title: name, right: isNumber, value: (row) => (Number.isNaN(values[row]) ? Infinity : values[row]), text: (row) => shownValue(values[row]) }
    )),
  ];
}

const TRUTHS = ["not a member", "member", "unknown"];
const numberOr = (text) => (text !== "" && Number.isFinite(Number(text)) ? Number(text) : text);
const shownValue = (value) => (typeof value === "number" ? (Number.isNaN(value) ? "–" : String(Number(value.toPrecision(6)))) : value);

function idOf(records) {
  const isNumber = records.id.every((id) => id !== "" && Number.isFinite(Number(id)));
  return isNumber ? (row) => Number(records.id[row]) : (row) => records.id[row];
}

function scoreColumn({ name, rank, score }) {
  return { key: `score ${name}`, title: name, right: true, isName: true, value: (row) => -rank[row], text: (row) => scoreText(score[rank[row]]) };
}

// The ranks of all records by one attack: 1 for the highest score, which equal scores share.
function ranksOf({ rank, score }) {
  const above = new Uint32Array(score.length + 1);
  for (const each of rank) above[each] += 1;
  for (let at = score.length - 1; at >= 0; at -= 1) above[at] += above[at + 1];
  return rank.length ? Uint32Array.from(rank, (each) => above[each + 1] + 1) : new Uint32Array(0);
}

// Rows in the order of a column; equal ones keep their order.
function sorted(rows, value, falling) {
  const keys = new Map(Array.from(rows, (row) => [row, value(row)]));
  const sign = falling ? -1 : 1;
  return [...rows].sort((one, other) => sign * compared(keys.get(one), keys.get(other)));
}

function compared(one, other) {
  if (typeof one === typeof other) return one < other ? -1 : one > other ? 1 : 0;
  return typeof one === "number" ? -1 : 1;
}
