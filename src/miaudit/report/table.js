// Draws the table of records: only the rows in view, so that tens of thousands stay quick.

const ROW = 34; // pixels, as in records.css
const AROUND = 8; // rows drawn above and below those in view
const ON_PAPER = 20; // rows that are printed

async function openTable(records) {
  const table = document.getElementById("records");
  const box = table.parentElement;
  const tools = document.getElementById("record-tools");
  const field = (key) => tools.querySelector(`#records-${key}`);
  const state = { columns: [], shown: records.order, by: null, falling: false, attack: null };
  fillFilters(records, field);
  tools.hidden = false;
  box.classList.add("window");
  box.tabIndex = 0;

  function filter() {
    const keys = ["search", "class", "truth", "decision", "group"];
    const passes = filterOf(records, Object.fromEntries(keys.map((key) => [key, field(key).value])));
    const rows = records.order.filter(passes);
    const column = state.columns.find(({ key }) => key === state.by);
    state.shown = column ? sorted(rows, column.value, state.falling) : rows;
    count();
    draw();
  }

  function count() {
    const which = chosen.count ? `; ${countText(chosen.count)} chosen` : "";
    field("count").textContent = `${countText(state.shown.length)} of ${countText(records.rows)} records${which}.`;
  }

  // The columns and their headings, for the attack that the page is about now.
  function head() {
    state.columns = tableColumns(records);
    const cells = state.columns.map((column) => {
      const sort = column.key === state.by ? (state.falling ? "descending" : "ascending") : null;
      const button = made("button", { type: "button", "data-sort": column.key }, column.title);
      return made("th", { scope: "col", "aria-sort": sort, class: classesOf(column, column.isName) }, button);
    });
    table.tHead.replaceChildren(made("tr", {}, made("th", { scope: "col" }, made("span", { class: "unseen" }, "Chosen")), ...cells));
  }

  function draw(printed = 0) {
    const first = printed ? 0 : Math.max(0, Math.floor(box.scrollTop / ROW) - AROUND);
    const many = printed || Math.ceil(box.clientHeight / ROW) + 2 * AROUND;
    const rows = Array.from(state.shown.slice(first, first + many));
    const held = document.activeElement?.closest?.("#records tbody") && document.activeElement.id;
    const after = printed ? 0 : state.shown.length - first - rows.length;
    table.tBodies[0].replaceChildren(gap(first), ...rows.map((row, at) => line(row, first + at)), gap(after));
    table.setAttribute("aria-rowcount", state.shown.length + 1);
    if (held) document.getElementById(held)?.focus({ preventScroll: true });
  }

  function line(row, at) {
    const box = made("input", { type: "checkbox", id: `choose-${row}`, "data-choose": row, "aria-label": `Choose record ${records.id[row]}` });
    box.checked = chosen.flags[row] === 1;
    const named = isNamed(records, row);
    const cells = state.columns.map((column) => made("td", { class: classesOf(column) }, content(column, row, named)));
    const kind = [named && "named", chosen.flags[row] && "chosen"].filter(Boolean).join(" ");
    return made("tr", { id: `record-${records.place[row] + 1}`, class: kind || null, "aria-rowindex": at + 2 }, made("td", {}, box), ...cells);
  }

  function content(column, row, named) {
    const text = column.text(row);
    if (column.key === "truth") return made("span", { class: ["truth-not", "truth-member", "muted"][records.truth[row]] }, text);
    if (column.key !== "id") return text;
    const why = made("button", { type: "button", id: `why-${row}`, "data-why": row, class: "link", title: "Why is it exposed?" }, text);
    return named ? made("span", {}, made("span", { class: "tag" }, "named"), " ", why) : why;
  }

  async function newCut() {
    if (state.attack !== cuts.now.attack) {
      state.attack = cuts.now.attack;
      records.ranks = ranksOf(await records.attack(state.attack));
      for (const place of records.shown) await records.attack(place);
      head();
    }
    filter();
  }

  function show(row) {
    for (const key of ["search", "class", "truth", "decision", "group"]) field(key).value = "";
    state.by = null;
    head();
    filter();
    box.scrollTop = Math.max(0, state.shown.indexOf(row) * ROW - ROW);
    draw();
    openDetail(records, row);
  }

  function sortBy(key) {
    state.falling = state.by === key && !state.falling;
    state.by = key;
    head();
    filter();
    table.tHead.querySelector(`[data-sort="${CSS.escape(key)}"]`).focus({ preventScroll: true });
  }

  table.addEventListener("click", (event) => {
    const { sort, why } = event.target.dataset;
    if (sort) sortBy(sort);
    if (why) openDetail(records, Number(why));
  });
  table.addEventListener("change", ({ target }) => {
    const row = Number(target.dataset.choose);
    chosen.flags[row] = target.checked ? 1 : 0;
    choose([], true);
  });
  tools.addEventListener("input", (event) => { if (event.target.id !== "records-csv") { box.scrollTop = 0; filter(); } });
  box.addEventListener("scroll", () => draw());
  addEventListener("resize", () => draw());
  matchMedia("print").addEventListener("change", (event) => draw(event.matches ? ON_PAPER : 0));
  chosen.addEventListener("change", () => (field("decision").value === "chosen" ? filter() : (count(), draw())));
  field("choose").addEventListener("click", () => choose(state.shown));
  field("clear").addEventListener("click", () => choose([]));
  offerCopies(records, state, field);
  linkNamed(records, show);
  cuts.addEventListener("change", newCut);
  await newCut();
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
