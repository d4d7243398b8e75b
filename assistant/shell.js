// Shared by the three pages: language of the document, large type, sign out.
(() => {
  document.documentElement.lang = "zh-CN";
  const elder = (on) => { document.body.classList.toggle("elder", on); document.cookie = "large=" + (on ? 1 : 0) + ";path=/;max-age=31536000;samesite=lax"; };
  // The page component puts this script in when the document is loaded already.
  if (/(?:^|; )large=1/.test(document.cookie)) document.body ? elder(true) : document.addEventListener("DOMContentLoaded", () => elder(true));
  document.addEventListener("click", (event) => {
    const id = (event.target && event.target.id) || "";
    if (id === "elder") elder(!document.body.classList.contains("elder"));
    if (id === "sign-out") fetch("/sign-out", { method: "POST", credentials: "same-origin" }).then(() => { location.href = "/"; });
  });
})();
