// Reads the columns that the page carries, and writes numbers as the rest of the page does.

const TYPES = { u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, f4: Float32Array, f8: Float64Array };

// The data that the page carries under an id; null where it carries none.
function carried(id) {
  const element = document.getElementById(id);
  return element && JSON.parse(element.textContent);
}

// The values of one column: a typed array, or an array of texts.
async function unpacked(column) {
  const coded = atob(column.data);
  const bytes = new Uint8Array(coded.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = coded.charCodeAt(at);
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const planes = new Uint8Array(await new Response(inflated).arrayBuffer());
  return column.type === "text" ? new TextDecoder().decode(planes).split("\n") : joined(planes, TYPES[column.type]);
}

// Numbers from their lowest bytes, then their next ones, and so on.
function joined(planes, Type) {
  const width = Type.BYTES_PER_ELEMENT;
  const length = planes.length / width;
  const bytes = new Uint8Array(planes.length);
  for (let plane = 0; plane < width; plane += 1) {
    for (let at = 0; at < length; at += 1) bytes[at * width + plane] = planes[plane * length + at];
  }
  return new Type(bytes.buffer);
}

// A membership score, with four significant digits.
function scoreText(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "–" : value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const [digits, power] = (Math.abs(value) < 1e-4 ? value.toExponential(3) : value.toPrecision(4)).split("e");
  return (power ? `${Number(digits)}e${Number(power)}` : digits).replaceAll("-", "−");
}

// A share in per cent, with three significant digits.
const percentText = (share) => `${Number((100 * share).toPrecision(3))}\u00a0%`;

const countText = (count) => count.toLocaleString("en-US");

// Where a value lies on an axis of a chart, in the units of its square.
function placed(axis, value) {
  if (!axis.log) return 1000 * (value - axis.low) / (axis.high - axis.low);
  return value > 0 ? 1000 * Math.log(value / axis.low) / Math.log(axis.high / axis.low) : 0;
}

// A new element with attributes and content. There is one of each kind that can be made in the page's template, and none
// of them loads anything or leads anywhere.
function made(tag, attributes, ...content) {
  const element = document.getElementById("parts").content.querySelector(tag).cloneNode(false);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(name, value);
  element.append(...content);
  return element;
}

// A path that this script draws into a plot, above what is there; it is made when it is first needed.
function layer(plot, style) {
  const square = plot.querySelector("svg");
  let path = square.querySelector(`path[data-layer="${style}"]`);
  if (!path) {
    path = made("path", { "data-layer": style, class: style });
    square.append(path);
  }
  return path;
}
