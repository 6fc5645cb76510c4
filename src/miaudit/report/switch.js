"use strict";
// The button between light and dark, for pages without charts.
(() => {
  const root = document.documentElement;
  const button = document.getElementById("theme");
  const show = () => { button.textContent = root.dataset.theme === "dark" ? "Light page" : "Dark page"; };
  button.addEventListener("click", () => {
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    try { localStorage.setItem("miaudit-theme", root.dataset.theme); } catch { /* forbidden for some local files */ }
    show();
  });
  show();
})();
