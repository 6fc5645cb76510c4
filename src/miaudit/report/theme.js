"use strict";
// Runs before the first paint, so that the page never flashes in the wrong theme.
(() => {
  let chosen = null;
  try { chosen = localStorage.getItem("miaudit-theme"); } catch { /* storage may be forbidden for local files */ }
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = chosen ?? (dark ? "dark" : "light");
  document.documentElement.classList.add("scripted");
})();
