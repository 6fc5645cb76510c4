// Why one record is exposed: in words where the page carries them, and what each attack makes of it.

async function openDetail(records, row) {
  const panel = document.getElementById("record-detail");
  const heading = panel.querySelector("h4");
  heading.textContent = `Record ${records.id[row]}`;
  const sentences = records.why[row] ?? [
    `In truth: ${TRUTHS[records.truth[row]]}. Its class is ${records.label[row]}. In words, \u201cmiaudit explain FOLDER ${records.id[row]}\u201d says why it is exposed, or is not.`,
  ];
  const words = sentences.map((sentence) => made("p", {}, sentence));
  panel.querySelector(".words").replaceChildren(...[picture(records, row), ...words].filter(Boolean));
  const rows = [];
  for (const place of records.attacks.keys()) rows.push(attackLine(records, await records.attack(place), row));
  panel.querySelector("tbody").replaceChildren(...rows);
  panel.querySelector("dl").replaceChildren(...facts(records, row));
  panel.querySelector("#record-close").onclick = () => {
    panel.hidden = true;
    document.getElementById(`why-${row}`)?.focus();
  };
  panel.hidden = false;
  heading.focus();
}

function attackLine(records, attack, row) {
  const own = attack.rank[row];
  let [higher, ties, others, asHigh] = [0, 0, 0, 0];
  attack.rank.forEach((rank, other) => {
    higher += rank > own;
    ties += rank === own && other !== row;
    if (records.truth[other] !== 0 || other === row) return;
    others += 1;
    asHigh += rank >= own;
  });
  const called = attack.called ? calledText(attack.called, row) : "no cut";
  const cells = [scoreText(attack.score[own]), `${countText(higher + 1)}${ties ? "=" : ""} of ${countText(records.rows)}`];
  if (others) cells.push(`${countText(asHigh)} of ${countText(others)}`);
  else cells.push("–");
  return made(
    "tr", {},
    made("th", { scope: "row", class: "name" }, attack.name),
    ...cells.map((cell) => made("td", { class: "right num" }, cell)),
    made("td", {}, called),
  );
}

// What an attack calls the record at its own cut, and how many other records it calls members there.
function calledText(called, row) {
  const others = countText(called.reduce((sum, flag) => sum + flag, -called[row]));
  return called[row] ? `called a member, with ${others} others` : `not called; ${others} others are`;
}

function facts(records, row) {
  const pairs = records.columns.map(({ name, values }) => [name, shownValue(values[row])]);
  if (records.fit) pairs.unshift(["Score on the target", scoreText(records.fit[row])]);
  if (records.reference) pairs.splice(1, 0, ["On reference models", scoreText(records.reference[row])]);
  return pairs.flatMap(([name, value]) => [made("dt", {}, name), made("dd", {}, String(value))]);
}
