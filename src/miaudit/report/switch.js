"use strict";
// What every page does: light or dark; a part that a link leads to is unfolded, and on paper all parts are.
(() => {
  const root = document.documentElement;
  const button = document.getElementById("theme");

  function use(theme) {
    root.dataset.theme = theme;
    button.textContent = theme === "dark" ? "Light page" : "Dark page";
  }

  button.addEventListener("click", () => {
    use(root.dataset.theme === "dark" ? "light" : "dark");
    try { localStorage.setItem("miaudit-theme", root.dataset.theme); } catch { /* forbidden for some local files */ }
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => use(event.matches ? "dark" : "light"));
  use(root.dataset.theme);

  function unfold() {
    document.querySelectorAll(":target > details.all").forEach((details) => { details.open = true; });
  }
  addEventListener("hashchange", unfold);
  unfold();

  let printing = false;
  function print(on) {
    if (printing === on) return;
    printing = on;
    for (const details of document.querySelectorAll("details")) {
      if (on) details.dataset.wasOpen = details.open;
      details.open = on || details.dataset.wasOpen === "true";
    }
  }
  matchMedia("print").addEventListener("change", (event) => print(event.matches));
  addEventListener("beforeprint", () => print(true));
  addEventListener("afterprint", () => print(false));

  const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
  const watcher = new IntersectionObserver((entries) => {
    const seen = entries.find((entry) => entry.isIntersecting);
    if (!seen) return;
    links.forEach((link) => link.removeAttribute("aria-current"));
    links.get(seen.target.id)?.setAttribute("aria-current", "true");
  }, { rootMargin: "-10% 0px -75% 0px" });
  document.querySelectorAll("main section[id]").forEach((section) => watcher.observe(section));
})();
