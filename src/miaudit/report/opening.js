// Opens the parts that need data, one after the other.
(async () => {
  await openCut();
  const names = (carried("cut-data")?.attacks ?? []).map(({ name }) => name);
  const records = await openRecords(names);
  if (!records) return;
  await openTable(records);
  openChoice(records);
})();
