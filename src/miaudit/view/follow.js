"use strict";
// The list of audits: what can be compared, and the list anew while an audit in it is running.
(() => {
  const chosen = () => [...document.querySelectorAll("input[name=audit]:checked")].map((box) => box.value);
  const compare = document.getElementById("compare");
  const state = document.getElementById("running");

  function count() {
    if (compare) compare.disabled = chosen().length < 2;
  }

  // Ticks and the focus stay where they are, so that a reader is not disturbed.
  function renew(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const ticked = new Set(chosen());
    const focused = document.activeElement.id;
    for (const part of document.querySelectorAll("[data-renewed]")) {
      const other = page.getElementById(part.id);
      if (other && other.innerHTML !== part.innerHTML) part.innerHTML = other.innerHTML;
    }
    document.querySelectorAll("input[name=audit]").forEach((box) => { box.checked = ticked.has(box.value); });
    if (focused) document.getElementById(focused)?.focus();
    count();
    return page.getElementById("running").dataset.again;
  }

  async function follow() {
    let again = state.dataset.again;
    try {
      const answer = await fetch(location.href);
      if (answer.ok) again = renew(await answer.text());
    } catch { /* `miaudit view` has ended; it may be started again */ }
    if (again) setTimeout(follow, 1000 * again);
  }

  document.addEventListener("change", count);
  addEventListener("pageshow", count); // a browser that goes back fills in the ticks
  if (state?.dataset.again) setTimeout(follow, 1000 * state.dataset.again);
})();
