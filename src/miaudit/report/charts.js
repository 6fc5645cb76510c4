"use strict";
// The page draws its charts without this script. It hides and shows series, changes views, and tells what lies under
// the pointer.
(() => {
  const NEAR = 24; // pixels

  for (const figure of document.querySelectorAll("figure")) {
    for (const button of figure.querySelectorAll("[data-toggle]")) {
      button.addEventListener("click", () => {
        const shown = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(shown));
        for (const series of figure.querySelectorAll(`[data-series="${button.dataset.toggle}"]`)) {
          series.classList.toggle("off", !shown);
        }
      });
    }
    for (const button of figure.querySelectorAll("[data-show]")) {
      button.addEventListener("click", () => {
        for (const other of button.parentElement.children) other.setAttribute("aria-pressed", String(other === button));
        for (const plot of figure.querySelectorAll(".plot")) {
          plot.classList.toggle("off", plot.dataset.view !== button.dataset.show);
        }
      });
    }
    figure.querySelectorAll(".legend").forEach(toolbar);
    for (const plot of figure.querySelectorAll(".plot")) readable(plot, figure.querySelector(".readout"));
  }

  // A legend is one stop of the Tab key; the arrow keys go from button to button.
  function toolbar(legend) {
    const buttons = [...legend.querySelectorAll("button")];
    const stop = (at) => buttons.forEach((button) => { button.tabIndex = button === at ? 0 : -1; });
    stop(buttons[0]);
    legend.addEventListener("focusin", (event) => stop(event.target));
    legend.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      buttons.at((buttons.indexOf(event.target) + step) % buttons.length).focus();
    });
  }

  function readable(plot, readout) {
    const square = plot.querySelector("svg");
    const reading = JSON.parse(plot.dataset.reading);
    plot.addEventListener("pointermove", (event) => {
      const text = event.target.dataset?.told ?? nearest(square, reading, event);
      readout.hidden = !text;
      if (!text) return;
      readout.textContent = text;
      const chart = plot.getBoundingClientRect();
      const [x, y] = [event.clientX - chart.left, event.clientY - chart.top];
      const left = x > chart.width / 2;
      readout.style.left = left ? "auto" : `${x + 14}px`;
      readout.style.right = left ? `${chart.width - x + 14}px` : "auto";
      readout.style.top = `${y - 12}px`;
    });
    plot.addEventListener("pointerleave", () => { readout.hidden = true; });
  }

  // The point of a shown series that is nearest to the pointer, in words; nothing where none is near.
  function nearest(square, reading, event) {
    const box = square.getBoundingClientRect();
    let found = null;
    let least = NEAR;
    for (const series of square.querySelectorAll("[data-series]:not(.off)")) {
      for (const path of series.querySelectorAll(".told")) {
        for (const [x, y] of points(path)) {
          const away = Math.hypot(box.left + x * box.width - event.clientX, box.top + y * box.height - event.clientY);
          if (away < least) [found, least] = [[series.dataset.name, x, 1 - y], away];
        }
      }
    }
    if (!found) return "";
    return `${found[0]}: ${told(reading.x, found[1])} → ${told(reading.y, found[2])}`;
  }

  const known = new Map();

  // The points of a path, as shares of the square.
  function points(path) {
    if (!known.has(path)) {
      const all = path.getAttribute("d").matchAll(/[ML](\S+) ([^\sLMhmZ]+)/g);
      known.set(path, [...all].map(([, x, y]) => [x / 1000, y / 1000]));
    }
    return known.get(path);
  }

  function told(axis, share) {
    const value = axis.log ? axis.low * (axis.high / axis.low) ** share : axis.low + share * (axis.high - axis.low);
    return String(Number(value.toPrecision(3))).replace("-", "−") + axis.unit;
  }
})();
