/* Each second the page that is shown asks for its parts that change, and puts them in their places. */
(function () {
  const PERIOD_MS = 1000;
  const shown = new WeakMap();
  let failures = 0;

  function put(parts) {
    for (const [id, html] of Object.entries(parts)) {
      const place = document.getElementById(id);
      if (place && shown.get(place) !== html) {
        place.innerHTML = html; // the server has escaped what is not ours
        shown.set(place, html);
      }
    }
  }

  /* Dash gives the inputs for files no name that a screen reader could say: they get that of their button. */
  function nameFiles() {
    for (const input of document.querySelectorAll('input[type="file"]:not([aria-label])')) {
      input.setAttribute("aria-label", input.parentElement.textContent.trim() || "File");
    }
  }

  async function look() {
    nameFiles();
    const root = document.querySelector("[data-live]");
    if (root && !document.hidden) {
      try {
        const answer = await fetch(root.dataset.live, { headers: { Accept: "application/json" }, credentials: "same-origin" });
        if (answer.status === 401) { window.location.href = "/login"; return; }
        if (!answer.ok) throw new Error(answer.status);
        put(await answer.json());
        failures = 0;
      } catch (error) {
        failures += 1;
      }
      document.documentElement.classList.toggle("cut-off", failures > 2);
    }
    setTimeout(look, PERIOD_MS * Math.min(1 + failures, 10));
  }

  look();
})();
