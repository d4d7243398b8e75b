// Loaded in the page's head. Only what the page component cannot do: phone switch,
// text typed but not sent, focus of the newest message.
(() => {
  const $ = (id) => document.getElementById(id);
  const filing = () => ($("filing-id") && $("filing-id").textContent.trim()) || "";

  document.addEventListener("click", (event) => {
    const id = event.target && event.target.id;
    if (id === "to-talk") document.body.classList.remove("on-paper");
    if (id === "to-paper") document.body.classList.add("on-paper");
  });

  const say = () => document.querySelector("#say textarea");
  const draftKey = () => "draft:" + filing();
  document.addEventListener("input", (event) => {
    if (event.target === say()) try { sessionStorage.setItem(draftKey(), event.target.value); } catch (e) {}
  });
  const restore = () => {
    const box = say();
    if (!box || box.dataset.restored === filing()) return;
    box.dataset.restored = filing();
    let kept = ""; try { kept = sessionStorage.getItem(draftKey()) || ""; } catch (e) {}
    if (kept && !box.value) { box.value = kept; box.dispatchEvent(new Event("input", { bubbles: true })); }
  };

  let seen = 0;
  new MutationObserver(() => {
    const log = $("log");
    if (log) {
      log.setAttribute("role", "log"); log.setAttribute("aria-live", "polite"); log.setAttribute("tabindex", "0");
      const count = log.querySelectorAll(".log > div").length;
      if (count !== seen) { seen = count; const last = log.querySelector(".log > div:last-child");
        log.scrollTop = last ? last.offsetTop - log.offsetTop - 60 : 0; const box = say(); if (box && !box.value) try { sessionStorage.removeItem(draftKey()); } catch (e) {} }
    }
    restore();
    const id = filing(); const at = new URL(location.href);
    if (id && (at.searchParams.get("filing") !== id || at.searchParams.has("by"))) { at.searchParams.set("filing", id); at.searchParams.delete("by"); history.replaceState(null, "", at); }
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
