"use strict";
(() => {
  const root = document.documentElement;
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const figures = read("figures");
  const darkOf = read("palette");
  const charts = [...document.querySelectorAll("[data-figure]")];
  const drawn = new Set();
  const printWidth = { full: 650, half: 322 };
  let printing = false;

  const theme = () => (printing ? "light" : root.dataset.theme);
  const figureOf = (chart) => figures[chart.dataset.figure];

  // A colour may carry two more digits, its alpha.
  function colour(value) {
    if (theme() === "light") return value;
    const twin = darkOf[value.slice(0, 7)];
    return twin ? twin + value.slice(7) : value;
  }

  function themed(node, key = "") {
    if (Array.isArray(node)) return typeof node[0] === "object" ? node.map((item) => themed(item)) : node;
    if (node && typeof node === "object") {
      return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, themed(value, name)]));
    }
    return typeof node === "string" && key.endsWith("color") ? colour(node) : node;
  }

  function layoutOf(chart) {
    const layout = themed(figureOf(chart).layout);
    layout.showlegend = false;
    layout.uirevision = "kept";
    layout.font.family = getComputedStyle(document.body).fontFamily;
    layout.dragmode = matchMedia("(pointer: coarse)").matches ? false : "zoom";
    if (printing) layout.width = printWidth[chart.dataset.size];
    if (chart.dataset.axes === "linear") toLinear(layout);
    return layout;
  }

  function toLinear(layout) {
    const linear = { type: "linear", range: [0, 100.4], tickmode: "auto", ticksuffix: "\u00a0%", tickvals: null, ticktext: null };
    Object.assign(layout.xaxis, linear);
    Object.assign(layout.yaxis, linear, { range: [0, 101] });
    layout.annotations = [];
  }

  function draw(chart) {
    const config = {
      displaylogo: false,
      responsive: true,
      modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
      toImageButtonOptions: { format: "svg", filename: `miaudit-${chart.dataset.figure}` },
    };
    Plotly.react(chart, themed(figureOf(chart).data), layoutOf(chart), config);
    if (!drawn.has(chart)) {
      drawn.add(chart);
      chart.dataset.drawn = "yes";
      addLegend(chart);
    }
    paintLegend(chart);
  }

  // Plotly's own legend cannot be reached with a keyboard.
  function addLegend(chart) {
    const legend = chart.parentElement.querySelector(".legend");
    const shown = figureOf(chart).data.map((trace, index) => [trace, index]).filter(([trace]) => trace.meta);
    shown.sort(([one], [other]) => (one.legendrank ?? 1000) - (other.legendrank ?? 1000));
    shown.forEach(([trace, index]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.trace = index;
      button.append(swatch(), document.createTextNode(trace.meta));
      button.addEventListener("click", () => {
        trace.visible = trace.visible === false;
        const partner = figureOf(chart).data[index + 1];
        if (partner && partner.showlegend === false) partner.visible = trace.visible;
        draw(chart);
      });
      legend.append(button);
    });
  }

  function swatch() {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("aria-hidden", "true");
    svg.append(document.createElementNS(space, "path"));
    return svg;
  }

  const dashes = { dash: "7 4", dot: "2 3", dashdot: "7 3 2 3", longdash: "11 4", longdashdot: "11 3 2 3" };

  function paintLegend(chart) {
    for (const button of chart.parentElement.querySelectorAll(".legend [data-trace]")) {
      const trace = figureOf(chart).data[button.dataset.trace];
      const path = button.querySelector("path");
      const line = trace.mode === "lines" && !trace.fill;
      button.setAttribute("aria-pressed", String(trace.visible !== false));
      path.parentElement.setAttribute("viewBox", line ? "0 0 26 10" : "0 0 10 10");
      path.setAttribute("d", line ? "M1 5H25" : shapeOf(trace));
      const paint = colour(trace.marker?.color ?? trace.line.color);
      path.style.fill = line ? "none" : paint;
      path.style.stroke = paint;
      path.style.strokeWidth = line ? "2.4" : "1";
      path.style.strokeDasharray = dashes[trace.line?.dash] ?? (trace.line?.dash ?? "").replaceAll("px", "").replace("solid", "");
    }
  }

  function shapeOf(trace) {
    if (trace.mode !== "markers") return "M.5 .5H9.5V9.5H.5Z";
    return trace.marker.symbol.startsWith("x") ? "M1.5 1.5L8.5 8.5M8.5 1.5L1.5 8.5" : "M5 1a4 4 0 1 0 .01 0";
  }

  const redraw = () => drawn.forEach(draw);

  function nextChart() {
    const chart = charts.find((each) => !drawn.has(each));
    if (!chart) return;
    draw(chart);
    setTimeout(nextChart);
  }

  function setPrinting(on) {
    if (printing === on) return;
    printing = on;
    root.classList.toggle("printing", on);
    for (const details of document.querySelectorAll("details")) {
      if (on) details.dataset.wasOpen = details.open;
      details.open = on || details.dataset.wasOpen === "true";
    }
    charts.forEach(draw);
  }

  function useTheme(name, remember) {
    root.dataset.theme = name;
    if (remember) try { localStorage.setItem("miaudit-theme", name); } catch { /* then it holds for this visit */ }
    labelToggle();
    redraw();
  }

  const toggle = document.getElementById("theme");
  const labelToggle = () => {
    toggle.textContent = root.dataset.theme === "dark" ? "Light page" : "Dark page";
  };
  toggle.addEventListener("click", () => useTheme(root.dataset.theme === "dark" ? "light" : "dark", true));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) =>
    useTheme(event.matches ? "dark" : "light", false));

  for (const button of document.querySelectorAll("[data-set-axes]")) {
    button.addEventListener("click", () => {
      const chart = button.closest("figure").querySelector("[data-figure]");
      chart.dataset.axes = button.dataset.setAxes;
      for (const other of button.parentElement.children) other.setAttribute("aria-pressed", String(other === button));
      figureOf(chart).layout.uirevision = chart.dataset.axes;
      draw(chart);
    });
  }

  matchMedia("print").addEventListener("change", (event) => setPrinting(event.matches));
  addEventListener("beforeprint", () => setPrinting(true));
  addEventListener("afterprint", () => setPrinting(false));

  const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
  const watcher = new IntersectionObserver((entries) => {
    const seen = entries.find((entry) => entry.isIntersecting);
    if (!seen) return;
    links.forEach((link) => link.removeAttribute("aria-current"));
    links.get(seen.target.id)?.setAttribute("aria-current", "true");
  }, { rootMargin: "-10% 0px -75% 0px" });
  document.querySelectorAll("main section[id]").forEach((section) => watcher.observe(section));

  labelToggle();
  nextChart();
})();
