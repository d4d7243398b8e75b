// Shared by the three pages: language of the document, large type, sign out.
(() => {
  document.documentElement.lang = "zh-CN";
  const elder = (on) => { document.body.classList.toggle("elder", on); try { localStorage.setItem("elder", on ? "1" : ""); } catch (e) {} };
  try { if (localStorage.getItem("elder")) document.addEventListener("DOMContentLoaded", () => elder(true)); } catch (e) {}
  document.addEventListener("click", (event) => {
    const id = (event.target && event.target.id) || "";
    if (id === "elder") elder(!document.body.classList.contains("elder"));
    if (id === "sign-out") fetch("/sign-out", { method: "POST", credentials: "same-origin" }).then(() => { location.href = "/"; });
  });
})();
