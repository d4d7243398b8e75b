// Loaded in the page's head after page.js. Documents: choosing, dragging or photographing them, several pictures as one
// document, more pages, another kind, taking one out, and using again what the office holds.
(() => {
  const $ = (id) => document.getElementById(id);
  const filing = () => ($("filing-id") && $("filing-id").textContent.trim()) || "";
  const base = () => "/api/v1/filings/" + filing();
  const refresh = () => { const b = $("refresh"); if (b) (b.tagName === "BUTTON" ? b : b.querySelector("button")).click(); };
  const key = () => (crypto.randomUUID ? crypto.randomUUID() : String(Date.now() + Math.random()));
  const FAILED = "没有传上去，请再试一次。";

  const send = (path, parts, name, out) => {
    const body = new FormData(); parts.forEach(([k, v]) => body.append(k, v));
    const call = new XMLHttpRequest(); call.open("POST", base() + path); call.setRequestHeader("Idempotency-Key", key());
    out.textContent = "正在上传 " + name; const bar = document.createElement("progress"); bar.max = 1; bar.value = 0; out.append(bar);
    call.upload.onprogress = (e) => { if (e.lengthComputable) bar.value = e.loaded / e.total; };
    call.onerror = () => { out.textContent = "网络断了，" + name + " 没有传上去，请再试一次。"; };
    call.onload = () => {
      let reply = {}; try { reply = JSON.parse(call.responseText); } catch (e) {}
      out.textContent = call.status < 300 ? name + " 已收到，正在读取。" : (reply.detail || FAILED);
      refresh();
    };
    call.send(body);
  };
  const upload = (files, kind, whole, out) => {
    const told = kind ? [["kind", kind]] : [];
    if (whole && files.length > 1) send("/materials/together", [...files.map((f) => ["files", f]), ...told], files.length + " 个文件", out);
    else files.forEach((f) => send("/materials", [["file", f], ...told], f.name, out));
  };
  const json = async (method, path, body, out) => {
    let reply = null, said = {};
    try {
      reply = await fetch(base() + path, { method, credentials: "same-origin", body: body && JSON.stringify(body),
        headers: { "Content-Type": "application/json", "Idempotency-Key": key() } });
      said = await reply.json();
    } catch (e) {}
    if (out) out.textContent = reply && reply.ok ? "好了。" : said.detail || "没有办成，请再试一次。";
    refresh();
  };

  const make = (tag, props) => Object.assign(document.createElement(tag), props || {});
  const widget = (slot) => {
    if (!filing() || slot.dataset.for === filing()) return;
    slot.dataset.for = filing(); slot.textContent = "";
    const drop = make("div", { className: "drop" }), out = make("p"), kind = make("select"), input = make("input", { type: "file", multiple: true });
    out.setAttribute("role", "status"); kind.setAttribute("aria-label", "材料种类"); input.setAttribute("aria-label", "选择文件或拍照");
    const kinds = ($("kinds") && JSON.parse($("kinds").textContent)) || {};
    kind.append(new Option("自动识别种类", "")); Object.entries(kinds).forEach(([k, t]) => kind.append(new Option(t, k)));
    input.accept = ".pdf,.jpg,.jpeg,.png,.webp,.docx,image/*";
    const whole = make("input", { type: "checkbox" }), one = make("label");
    one.append(whole, " 一次选的几个文件是同一份材料的几页（按选择的先后排）");
    const take = (files) => upload([...files], kind.value, whole.checked, out);
    input.onchange = () => { take(input.files); input.value = ""; };
    drop.ondragover = (e) => { e.preventDefault(); drop.classList.add("over"); };
    drop.ondragleave = () => drop.classList.remove("over");
    drop.ondrop = (e) => { e.preventDefault(); drop.classList.remove("over"); take(e.dataTransfer.files); };
    const label = make("label", { textContent: "上传材料：" }); label.append(input);
    drop.append(label, kind, make("br"), one, out); slot.append(drop);
  };

  // Tools of one document, drawn anew after every refresh of the page.
  const tools = (section) => {
    const at = section.querySelector(".tools"), id = section.id.slice("paper-".length);
    if (!at || at.childElementCount) return;
    const out = make("span", { className: "soft" }), is = section.querySelector(".kind").textContent.trim(); out.setAttribute("role", "status");
    const kind = make("select"), asked = make("label", { textContent: "这是：" }); asked.append(kind);
    const kinds = ($("kinds") && JSON.parse($("kinds").textContent)) || {};
    if (!is) kind.append(new Option("请选择", ""));
    Object.entries(kinds).forEach(([k, t]) => kind.append(new Option(t, k, false, k === is)));
    kind.onchange = () => { if (kind.value) json("PATCH", "/materials/" + id, { kind: kind.value }, out); };
    const more = make("input", { type: "file", multiple: true, accept: ".pdf,.jpg,.jpeg,.png,.webp,image/*" }), add = make("label", { textContent: "后面加几页", className: "more" });
    add.append(more);
    more.onchange = () => { const files = [...more.files]; if (files.length) send("/materials/" + id + "/pages", files.map((f) => ["files", f]), files.length + " 个文件", out); };
    const gone = make("button", { textContent: "删去这一份" });
    gone.onclick = () => { if (confirm("删去这一份材料？")) json("DELETE", "/materials/" + id, undefined, out); };
    at.append(asked, add, gone, out);
  };
  document.addEventListener("click", (event) => {
    const held = event.target.tagName === "BUTTON" && event.target.closest(".held");
    if (!held) return;
    const [, from, material] = held.id.split("-"); event.target.disabled = true;
    json("POST", "/held", { filing: from, material }, null);
  });
  new MutationObserver(() => {
    const slot = $("upload-slot"); if (slot) widget(slot);
    document.querySelectorAll("section.material.open").forEach(tools);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
