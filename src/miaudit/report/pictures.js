// Draws the small pictures of records that the page carries, where the records are images.

// A record's picture; null where the page carries none.
function picture(records, row) {
  const place = records.pictures ? records.pictures.rows.indexOf(row) : -1;
  if (place < 0) return null;
  const { size: [channels, height, width], pixels } = records.pictures;
  const area = height * width;
  const canvas = made("canvas", { width, height, class: "picture", role: "img", "aria-label": `Picture of record ${records.id[row]}` });
  const drawn = new ImageData(width, height);
  for (let at = 0; at < area; at += 1) {
    for (let colour = 0; colour < 3; colour += 1) {
      drawn.data[4 * at + colour] = pixels[(place * channels + (channels === 3 ? colour : 0)) * area + at];
    }
    drawn.data[4 * at + 3] = 255;
  }
  canvas.getContext("2d").putImageData(drawn, 0, 0);
  return canvas;
}
