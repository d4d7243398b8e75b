// Loaded in the head of the desk page: opening a case from the queue, and the keyboard.
(() => {
  const $ = (id) => document.getElementById(id);
  const press = (id) => { const b = $(id); if (b) (b.tagName === "BUTTON" ? b : b.querySelector("button")).click(); };
  document.addEventListener("click", (event) => {
    const id = (event.target && event.target.id) || "";
    if (id.startsWith("open-") && event.target.classList.contains("open")) {
      const box = document.querySelector("#open-named textarea, #open-named input");
      // Only a change is noticed: a space more or less, so that the same case can be opened again.
      box.value = id.slice(5) + (box.value.endsWith(" ") ? "" : " "); box.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });

  const step = (by) => {
    const all = [...document.querySelectorAll("#findings .look")].map((e) => (e.tagName === "BUTTON" ? e : e.querySelector("button")));
    const at = [...document.querySelectorAll("#findings .entry")].findIndex((e) => e.classList.contains("chosen"));
    const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
    if (next) next.click();
  };
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.ctrlKey || event.metaKey || event.altKey;
    if (typing) return;
    const act = { j: () => step(1), k: () => step(-1), a: () => press("agree"), d: () => press("dispute"), n: () => press("next-case") };
    if (act[event.key]) { act[event.key](); event.preventDefault(); }
  });
})();
