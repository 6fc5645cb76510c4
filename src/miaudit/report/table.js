// Draws the table of records: only the rows in view, so that tens of thousands stay quick.

const ROW = 34; // pixels, as in records.css
const AROUND = 8; // rows drawn above and below those in view
const ON_PAPER = 20; // rows that are printed

const FILTERS = ["search", "class", "truth", "decision", "group"];

// The table with what it shows now: its columns, the rows that pass the filters, their order, and the attack.
async function openTable(records) {
  const table = document.getElementById("records");
  const tools = document.getElementById("record-tools");
  const view = { records, table, tools, box: table.parentElement, columns: [], shown: records.order, by: null, falling: false, attack: null };
  fillFilters(records, (key) => field(view, key));
  tools.hidden = false;
  view.box.classList.add("window");
  view.box.tabIndex = 0;
  hearClicks(view);
  hearTools(view);
  hearPage(view);
  offerCopies(records, view, (key) => field(view, key));
  linkNamed(records, (row) => show(view, row));
  await newCut(view);
}

const field = ({ tools }, key) => tools.querySelector(`#records-${key}`);

function filter(view) {
  const { records, columns, by, falling } = view;
  const passes = filterOf(records, Object.fromEntries(FILTERS.map((key) => [key, field(view, key).value])));
  const rows = records.order.filter(passes);
  const column = columns.find(({ key }) => key === by);
  view.shown = column ? sorted(rows, column.value, falling) : rows;
  count(view);
  draw(view);
}

function count(view) {
  const which = chosen.count ? `; ${countText(chosen.count)} chosen` : "";
  field(view, "count").textContent = `${countText(view.shown.length)} of ${countText(view.records.rows)} records${which}.`;
}

// The columns and their headings, for the attack that the page is about now.
function head(view) {
  view.columns = tableColumns(view.records);
  const cells = view.columns.map((column) => {
    const sort = column.key === view.by ? (view.falling ? "descending" : "ascending") : null;
    const button = made("button", { type: "button", "data-sort": column.key }, column.title);
    return made("th", { scope: "col", "aria-sort": sort, class: classesOf(column, column.isName) }, button);
  });
  view.table.tHead.replaceChildren(made("tr", {}, made("th", { scope: "col" }, made("span", { class: "unseen" }, "Chosen")), ...cells));
}

// The rows in view, or as many as are printed.
function draw(view, printed = 0) {
  const { box, shown, table } = view;
  const first = printed ? 0 : Math.max(0, Math.floor(box.scrollTop / ROW) - AROUND);
  const many = printed || Math.ceil(box.clientHeight / ROW) + 2 * AROUND;
  const rows = Array.from(shown.slice(first, first + many));
  const held = document.activeElement?.closest?.("#records tbody") && document.activeElement.id;
  const after = printed ? 0 : shown.length - first - rows.length;
  table.tBodies[0].replaceChildren(gap(first), ...rows.map((row, at) => line(view, row, first + at)), gap(after));
  table.setAttribute("aria-rowcount", shown.length + 1);
  if (held) document.getElementById(held)?.focus({ preventScroll: true });
}

function line({ records, columns }, row, at) {
  const box = made("input", { type: "checkbox", id: `choose-${row}`, "data-choose": row, "aria-label": `Choose record ${records.id[row]}` });
  box.checked = chosen.flags[row] === 1;
  const cells = columns.map((column) => made("td", { class: classesOf(column) }, content(records, column, row)));
  const kind = [isNamed(records, row) && "named", chosen.flags[row] && "chosen"].filter(Boolean).join(" ");
  return made("tr", { id: `record-${records.place[row] + 1}`, class: kind || null, "aria-rowindex": at + 2 }, made("td", {}, box), ...cells);
}

function content(records, column, row) {
  const text = column.text(row);
  if (column.key === "truth") return made("span", { class: ["truth-not", "truth-member", "muted"][records.truth[row]] }, text);
  if (column.key !== "id") return text;
  const title = isNamed(records, row) ? "Why is it named?" : "What do the attacks make of it?";
  const why = made("button", { type: "button", id: `why-${row}`, "data-why": row, class: "link", title }, text);
  const tag = isNamed(records, row) ? [made("span", { class: "tag" }, "named"), " "] : [];
  return made("span", {}, ...tag, ...[picture(records, row)].filter(Boolean), why);
}

// What the page's cut calls the records; another attack brings its order, ranks and column.
async function newCut(view) {
  const { records } = view;
  if (view.attack !== cuts.now.attack) {
    view.attack = cuts.now.attack;
    const attack = await records.attack(view.attack);
    records.ranks = ranksOf(attack);
    records.order = orderBy(records, attack.rank);
    for (const place of records.shown) await records.attack(place);
    head(view);
  }
  filter(view);
}

// Shows one record in its place, without filters, and why it is exposed.
function show(view, row) {
  for (const key of FILTERS) field(view, key).value = "";
  view.by = null;
  head(view);
  filter(view);
  view.box.scrollTop = Math.max(0, view.shown.indexOf(row) * ROW - ROW);
  draw(view);
  openDetail(view.records, row);
}

function sortBy(view, key) {
  view.falling = view.by === key && !view.falling;
  view.by = key;
  head(view);
  filter(view);
  view.table.tHead.querySelector(`[data-sort="${CSS.escape(key)}"]`).focus({ preventScroll: true });
}

function hearClicks(view) {
  view.table.addEventListener("click", (event) => {
    const { sort, why } = event.target.dataset;
    if (sort) sortBy(view, sort);
    if (why) openDetail(view.records, Number(why));
  });
  view.table.addEventListener("change", ({ target }) => {
    const row = Number(target.dataset.choose);
    chosen.flags[row] = target.checked ? 1 : 0;
    choose([], true);
  });
}

function hearTools(view) {
  view.tools.addEventListener("input", (event) => {
    if (event.target.id === "records-csv") return;
    view.box.scrollTop = 0;
    filter(view);
  });
  field(view, "choose").addEventListener("click", () => choose(view.shown));
  field(view, "clear").addEventListener("click", () => choose([]));
}

function hearPage(view) {
  view.box.addEventListener("scroll", () => draw(view));
  addEventListener("resize", () => draw(view));
  matchMedia("print").addEventListener("change", (event) => draw(view, event.matches ? ON_PAPER : 0));
  chosen.addEventListener("change", () => {
    if (field(view, "decision").value === "chosen") { filter(view); return; }
    count(view);
    draw(view);
  });
  cuts.addEventListener("change", () => newCut(view));
}

const classesOf = ({ right }, isName = false) => [right && "right num", isName && "name"].filter(Boolean).join(" ") || null;
const gap = (rows) => made("tr", { class: "gap", "aria-hidden": "true", style: `height:${rows * ROW}px` });

// The choices that the filters offer.
function fillFilters(records, field) {
  const option = (value, text) => made("option", { value }, text);
  const classes = [...new Set(records.label)].sort((one, other) => compared(numberOr(one), numberOr(other)));
  field("class").append(...classes.map((name) => option(name, name)));
  const fixed = { called: "called at the page’s cut", left: "not called there", chosen: "chosen" };
  if (records.named) fixed.named = "named";
  field("decision").append(...Object.entries(fixed).map(([value, text]) => option(value, text)));
  const own = records.attacks.map(({ name, called }, place) => called && option(place, `called by ${name} at its own cut`));
  field("decision").append(...own.filter(Boolean));
  for (const [place, { name, values }] of records.columns.entries()) {
    const distinct = [...new Set(values)];
    if (distinct.length > 50) continue;
    const group = made("optgroup", { label: name });
    group.append(...distinct.sort(compared).map((value) => option(JSON.stringify([place, String(value)]), `${name}: ${shownValue(value)}`)));
    field("group").append(group);
  }
  field("group").closest("label").hidden = field("group").options.length === 1;
}

// Records that the first screen names lead to their rows.
function linkNamed(records, show) {
  for (const link of document.querySelectorAll('a[href^="#record-"]')) {
    const row = records.order[Number(link.hash.slice("#record-".length)) - 1];
    if (row !== undefined) link.addEventListener("click", () => show(row));
  }
}
