// Loaded in the page's head. Only what the page component cannot do: uploads through our own route, phone switch,
// text typed but not sent, focus of the newest message.
(() => {
  const $ = (id) => document.getElementById(id);
  const filing = () => ($("filing-id") && $("filing-id").textContent.trim()) || "";
  const press = (id) => { const b = $(id); if (b) (b.tagName === "BUTTON" ? b : b.querySelector("button")).click(); };

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

  const send = (file, kind, out) => {
    const body = new FormData(); body.append("file", file); if (kind) body.append("kind", kind);
    const call = new XMLHttpRequest(); call.open("POST", "/api/v1/filings/" + filing() + "/materials");
    call.setRequestHeader("Idempotency-Key", crypto.randomUUID ? crypto.randomUUID() : String(Date.now() + Math.random()));
    out.textContent = "正在上传 " + file.name; const bar = document.createElement("progress"); bar.max = 1; bar.value = 0; out.append(bar);
    call.upload.onprogress = (e) => { if (e.lengthComputable) bar.value = e.loaded / e.total; };
    call.onerror = () => { out.textContent = "网络断了，" + file.name + " 没有传上去，请再试一次。"; };
    call.onload = () => {
      let reply = {}; try { reply = JSON.parse(call.responseText); } catch (e) {}
      out.textContent = call.status < 300 ? file.name + " 已收到，正在读取。" : (reply.detail || "没有传上去，请再试一次。");
      press("refresh");
    };
    call.send(body);
  };

  const widget = (slot) => {
    if (!filing() || slot.dataset.for === filing()) return;
    slot.dataset.for = filing(); slot.textContent = "";
    const drop = document.createElement("div"); drop.className = "drop";
    const label = document.createElement("label"); label.textContent = "上传材料：";
    const kind = document.createElement("select"); kind.setAttribute("aria-label", "材料种类");
    const kinds = ($("kinds") && JSON.parse($("kinds").textContent)) || {};
    kind.append(new Option("自动识别种类", "")); Object.entries(kinds).forEach(([k, t]) => kind.append(new Option(t, k)));
    const input = document.createElement("input"); input.type = "file"; input.multiple = true; input.setAttribute("aria-label", "选择文件或拍照");
    input.accept = ".pdf,.jpg,.jpeg,.png,.webp,.docx,image/*";
    const out = document.createElement("p"); out.setAttribute("role", "status");
    input.onchange = () => { [...input.files].forEach((f) => send(f, kind.value, out)); input.value = ""; };
    drop.ondragover = (e) => { e.preventDefault(); drop.classList.add("over"); };
    drop.ondragleave = () => drop.classList.remove("over");
    drop.ondrop = (e) => { e.preventDefault(); drop.classList.remove("over"); [...e.dataTransfer.files].forEach((f) => send(f, kind.value, out)); };
    label.append(input); drop.append(label, kind, out); slot.append(drop);
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
    const slot = $("upload-slot"); if (slot) widget(slot);
    restore();
    const id = filing(); const at = new URL(location.href);
    if (id && (at.searchParams.get("filing") !== id || at.searchParams.has("by"))) { at.searchParams.set("filing", id); at.searchParams.delete("by"); history.replaceState(null, "", at); }
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
