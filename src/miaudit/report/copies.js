// Copies the records of the table, or saves them as CSV: those that are chosen, else all that are shown.

const TOLD_FOR = 2000; // milliseconds

function offerCopies(records, state, field) {
  const rows = () => (chosen.count ? state.shown.filter((row) => chosen.flags[row]) : state.shown);
  field("copy").addEventListener("click", async ({ target }) => {
    const lines = await table(records, rows(), "\t");
    let told = "Copied";
    try { await navigator.clipboard.writeText(lines); } catch { told = "The browser forbids it"; }
    target.textContent = told;
    setTimeout(() => { target.textContent = "Copy"; }, TOLD_FOR);
  });
  // The link gets its content on the way to it, since a click needs it at once.
  const prepare = async () => {
    const lines = await table(records, rows(), ",");
    field("csv").setAttribute("href", URL.createObjectURL(new Blob([lines], { type: "text/csv" })));
  };
  for (const event of ["pointerenter", "focus"]) field("csv").addEventListener(event, prepare);
}

// Records as lines of text, with the scores of all attacks and what the page's cut calls them.
async function table(records, rows, separator) {
  for (const place of records.attacks.keys()) await records.attack(place);
  const scores = ({ score, rank }) => (row) => score[rank[row]];
  const columns = [
    ["id", (row) => records.id[row]],
    ["class", (row) => records.label[row]],
    ["member", (row) => ["false", "true", ""][records.truth[row]]],
    [`${cuts.now.name} at cut ${cuts.now.cut}`, (row) => String(isCalled(records, row))],
    ...records.attacks.map((attack) => [attack.name, scores(attack)]),
    ...records.columns.map(({ name, values }) => [`column.${name}`, (row) => values[row]]),
  ];
  const line = (cells) => cells.map((cell) => written(cell, separator)).join(separator);
  return [line(columns.map(([name]) => name)), ...Array.from(rows, (row) => line(columns.map(([, of]) => of(row))))].join("\r\n");
}

// A cell of a table; texts that a spreadsheet would take for a formula begin with an apostrophe.
function written(cell, separator) {
  if (typeof cell === "number") return Number.isNaN(cell) ? "" : String(cell);
  const text = /^[=+\-@\t]/.test(cell) && !Number.isFinite(Number(cell)) ? `'${cell}` : cell;
  return text.includes(separator) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
