// Loaded in the page's head after page.js. Reading back: edit in place, say yes, sign; choices: earlier answers, with
// or without the assistant; taking a filing back. Everything goes through our own interface and is drawn by the server.
(() => {
  const $ = (id) => document.getElementById(id);
  const text = (id) => ($(id) && $(id).textContent.trim()) || "";
  const filing = () => text("filing-id");
  const base = () => "/api/v1/filings/" + filing();
  const refresh = () => { const b = $("refresh"); if (b) (b.tagName === "BUTTON" ? b : b.querySelector("button")).click(); };
  const make = (tag, props, ...inside) => { const e = Object.assign(document.createElement(tag), props || {}); e.append(...inside); return e; };
  const key = () => (crypto.randomUUID ? crypto.randomUUID() : String(Date.now() + Math.random()));
  const call = async (method, path, body) => {
    try {
      const reply = await fetch(path, { method, credentials: "same-origin", body: body === undefined ? undefined : JSON.stringify(body),
        headers: { "Content-Type": "application/json", "Idempotency-Key": key() } });
      let said = {}; try { said = await reply.json(); } catch (e) {}
      return { ok: reply.ok, status: reply.status, said };
    } catch (e) { return { ok: false, status: 0, said: { detail: "网络断了，还没有保存。请检查网络，再按一次。" } }; }
  };
  const why = (reply, field) => (reply.said.fields && field && reply.said.fields[field]) || reply.said.detail || "没有保存上，请再试一次。";
  const get = async (path) => { const r = await fetch(path, { credentials: "same-origin" }); return r.ok ? r.json() : null; };

  // Tabs of the page component are found by their words.
  const tab = (word) => [...document.querySelectorAll('[role="tab"]')].find((t) => t.textContent.trim() === word);
  const onPaper = (word) => { document.body.classList.add("on-paper"); const t = tab(word); if (t) t.click(); };
  const toRow = (id, editing) => {
    onPaper("核对并提交");
    setTimeout(() => {
      const row = $(id); if (!row) return;
      row.scrollIntoView({ block: "center" });
      const button = row.querySelector("button.edit"); if (button) { button.focus(); if (editing) button.click(); }
    }, 300);
  };

  // One row
  const options = (told) => {
    const select = make("select", {});
    if (!told.choices.some(([v]) => v === told.value)) select.append(new Option(told.value || "请选择", told.value || ""));
    told.choices.forEach(([v, label]) => select.append(new Option(label, v)));
    select.value = told.value || ""; return select;
  };
  const control = (told) => {
    if (told.choices && !told.open) return options(told);
    const long = ["text", "address", "scope", "people"].includes(told.type);
    const box = make(long ? "textarea" : "input", { value: told.value || "" });
    if (long) box.rows = 2; else box.type = "text";
    if (["phone", "count", "amount_wan"].includes(told.type)) box.inputMode = told.type === "amount_wan" ? "decimal" : "numeric";
    if (told.masked) box.placeholder = told.masked + "（不改就留空）";
    return box;
  };
  const meant = (told, raw) => {
    const word = raw.trim();
    if (told.type === "yes_no") return word === "" ? null : word === "true";
    if (told.type === "scope") return word.replace(/;/g, "；").split("；").map((w) => w.trim()).filter(Boolean);
    return word;
  };
  let open = null; // the row under edit and what stands in its box: put back when the page is drawn anew
  const edit = (row, field, typed) => {
    const told = JSON.parse(text("editor-" + field)), cell = row.querySelector(".value"), before = [...cell.childNodes];
    if (row.classList.contains("editing")) return;
    row.classList.add("editing");
    const box = control(told); box.setAttribute("aria-label", told.title); box.id = "edit-" + field;
    const error = make("p", { className: "issue block", id: "edit-error-" + field }); error.setAttribute("role", "alert");
    const save = make("button", { className: "save", textContent: "保存" }), leave = make("button", { className: "leave", textContent: "不改了" });
    const help = make("p", { className: "soft", textContent: told.help || "" });
    let at = Number(text("revision")) || null;
    const close = () => { open = null; row.classList.remove("editing"); cell.replaceChildren(...before); const b = row.querySelector("button.edit"); if (b) b.focus(); };
    leave.onclick = close;
    save.onclick = async () => {
      const raw = box.value;
      if (!raw.trim() && (told.masked || !told.value)) { close(); return; }
      if (!told.masked && raw === told.value) { close(); return; }
      save.disabled = true;
      const value = raw.trim() === "" ? null : meant(told, raw);
      const reply = await call("PATCH", base(), { answers: { [field]: value }, revision: at });
      save.disabled = false;
      if (reply.ok) { open = null; back("row-" + field); refresh(); return; }
      error.textContent = why(reply, field); box.setAttribute("aria-invalid", "true"); box.setAttribute("aria-describedby", error.id); box.focus();
      if (reply.status === 409 && reply.said.code === "conflict") {
        const now = await get(base()); if (!now) return;
        at = now.revision; error.textContent = "这份申报刚刚在别的窗口改过，您填的还没有保存。还要这样改，请再按一次“保存”；不改就按“不改了”。";
      }
    };
    box.addEventListener("keydown", (e) => { if (e.key === "Escape") close(); if (e.key === "Enter" && box.tagName !== "TEXTAREA") save.click(); });
    if (told.choices && told.open) { box.setAttribute("list", "choices-" + field); help.append(make("datalist", { id: "choices-" + field }, ...told.choices.map(([v]) => new Option(v)))); }
    cell.replaceChildren(box, help, error, make("span", { className: "pair" }, save, leave));
    open = { field, value: typed === undefined ? box.value : typed };
    if (typed !== undefined) box.value = typed;
    box.addEventListener("input", () => { if (open) open.value = box.value; });
    box.focus(); if (box.select && !told.choices && typed === undefined) box.select();
  };
  let again = { id: "", until: 0 }; // where the eye was: focus goes back there when the page is drawn anew
  const back = (id) => { again = { id, until: Date.now() + 2500 }; };

  // Signing
  const pad = () => {
    const canvas = make("canvas", { width: 900, height: 360, className: "pad" }); canvas.setAttribute("aria-label", "手写签名的地方，用手指或者鼠标写"); canvas.setAttribute("role", "img");
    const pen = canvas.getContext("2d"); let down = false, strokes = 0, last = null;
    const at = (e) => { const r = canvas.getBoundingClientRect(); return [(e.clientX - r.left) * canvas.width / r.width, (e.clientY - r.top) * canvas.height / r.height]; };
    pen.lineWidth = 7; pen.lineCap = pen.lineJoin = "round"; pen.strokeStyle = "#10182b";
    canvas.addEventListener("pointerdown", (e) => { e.preventDefault(); try { canvas.setPointerCapture(e.pointerId); } catch (x) {} down = true; last = at(e); });
    canvas.addEventListener("pointermove", (e) => { if (!down) return; e.preventDefault(); const now = at(e); pen.beginPath(); pen.moveTo(...last); pen.lineTo(...now); pen.stroke(); last = now; strokes += 1; });
    const up = () => { down = false; }; canvas.addEventListener("pointerup", up); canvas.addEventListener("pointercancel", up);
    return { canvas, clear: () => { pen.clearRect(0, 0, canvas.width, canvas.height); strokes = 0; }, empty: () => strokes < 5, png: () => canvas.toDataURL("image/png") };
  };
  const signer = (who, promised) => {
    const box = make("fieldset", { className: "signer" }, make("legend", { textContent: who.title + "：" + who.name }));
    if (who.how) { box.append(make("p", { className: "done", textContent: "✓ 已签（" + (who.how === "drawn" ? "手写" : "打出姓名") + "，" + who.on + "）。内容改过要重新签。" })); }
    const drawn = pad(), name = make("input", { type: "text", id: "typed-" + who.part + "-" + who.name, autocomplete: "off" });
    const error = make("p", { className: "issue block" }); error.setAttribute("role", "alert");
    const clear = make("button", { className: "leave", textContent: "擦掉重写" }); clear.onclick = () => drawn.clear();
    const send = make("button", { className: "save", textContent: who.how ? "重新签" : "签好了" });
    const label = make("label", { textContent: "手写不方便？打出您的姓名也行：", htmlFor: name.id });
    send.onclick = async () => {
      error.textContent = "";
      if (!promised()) { error.textContent = "请先读完上面的承诺，再勾选“我已读过并作出以上承诺”。"; $("promised").focus(); return; }
      const typed = name.value.trim();
      if (!typed && drawn.empty()) { error.textContent = "框里还没有签名，请用手指或者鼠标写上您的姓名，或者打出姓名。"; return; }
      send.disabled = true;
      const reply = await call("POST", base() + "/signatures", { part: who.part, name: who.name, typed, drawn: typed ? "" : drawn.png(), promised: true });
      send.disabled = false;
      if (reply.ok) { back("sign-slot"); $("sign-slot").dataset.at = ""; refresh(); return; }
      error.textContent = why(reply, typed ? "typed" : "drawn");
    };
    const pieces = make("div", { className: "writing" }, drawn.canvas, make("span", { className: "pair" }, clear), label, name, error, make("span", { className: "pair" }, send));
    if (who.how) { const more = make("details", {}, make("summary", { textContent: "要重新签？" }), pieces); box.append(more); } else box.append(pieces);
    return box;
  };
  let pads = null; // who signs for what, and the pads drawn for it: a half-written name survives a redraw
  const signing = async (slot) => {
    const at = filing() + "/" + text("revision");
    if (!filing() || slot.dataset.at === at) return;
    slot.dataset.at = at;
    const told = await get(base() + "/signatures"); if (!told || slot.dataset.at !== at) return;
    const same = JSON.stringify(told);
    if (pads && pads.same === same) { slot.replaceChildren(...pads.nodes); return; }
    const tick = make("input", { type: "checkbox", id: "promised" });
    const was = slot.querySelector("#promised"); tick.checked = was ? was.checked : told.signers.some((s) => s.how);
    const label = make("label", { className: "tick", htmlFor: "promised" }, tick, "我已读过并作出以上承诺");
    if (told.signers.length && told.signers.every((s) => s.how)) { tick.checked = true; label.lastChild.textContent = "已作出以上承诺"; }
    slot.replaceChildren(label, ...told.signers.map((s) => signer(s, () => tick.checked)));
    pads = { same, nodes: [...slot.childNodes] };
    if (!told.signers.length) slot.replaceChildren(make("p", { className: "soft", textContent: "先填好经营者姓名，再签名。" }));
  };

  // Earlier answers
  const known = async (slot) => {
    if (!filing() || slot.dataset.at === filing()) return;
    slot.dataset.at = filing();
    const list = await get(base() + "/known"); if (!list || !list.length) { slot.replaceChildren(); return; }
    const error = make("p", { className: "issue block" }); error.setAttribute("role", "alert");
    const from = (k) => k.evidence.on + " 办“" + k.evidence.item + "”时填的" + (k.evidence.receipt ? "（回执 " + k.evidence.receipt + "）" : "");
    const rows = [...new Set(list.map(from))].flatMap((source) => [make("p", { className: "soft", textContent: source + "：" }),
      make("div", { className: "grid" }, ...list.filter((k) => from(k) === source).map((k) =>
        make("label", { className: "tick" }, make("input", { type: "checkbox", value: k.field, checked: k.usual }), make("span", {}, make("b", { textContent: k.title }), "：" + k.shown))))]);
    const take = async (fields, button) => { button.disabled = true; const reply = await call("POST", base() + "/known", { fields }); button.disabled = false;
      if (reply.ok) { slot.replaceChildren(); refresh(); } else error.textContent = why(reply); };
    const some = make("button", { className: "save", textContent: "带入勾选的" }), all = make("button", { className: "leave", textContent: "全部带入" }), none = make("button", { className: "leave", textContent: "都不用，重新填" });
    some.onclick = () => take([...slot.querySelectorAll("input:checked")].map((i) => i.value), some);
    all.onclick = () => take("all", all); none.onclick = () => take([], none);
    const box = make("details", {}, make("summary", { textContent: "看看是哪 " + list.length + " 项" }), ...rows); box.open = window.innerWidth > 760;
    slot.replaceChildren(make("section", { className: "known" }, make("h3", { textContent: "您以前填过，要不要带过来？" }),
      make("p", { className: "soft", textContent: "带不带由您定。带过来的都标“待确认”，您核对过才算数。" }), box, error, make("span", { className: "pair" }, some, all, none)));
  };

  // Where to look first: the standing, once a filing is no longer the person's to fill in
  let state = "";
  const follow = () => {
    const now = text("state"); if (!now || now === state) return;
    const first = !state, was = state; if (!tab("进度")) return; state = now;
    if (now !== "draft" && (first || was === "draft" || was === "returned")) setTimeout(() => { onPaper("进度"); if (!first) scrollTo(0, 0); }, 100);
  };

  // With or without the assistant
  const byHand = async (button) => {
    const on = document.body.classList.contains("by-hand");
    if (!filing()) { location.href = on ? "/apply/?filing=new" : "/apply/?by=hand"; return; }
    button.disabled = true; const reply = await call("POST", base() + "/assistant", { on }); button.disabled = false;
    if (reply.ok) refresh(); else alert(why(reply));
  };

  // A filing that could not be handed in: to the list of what is missing
  const missed = (tries) => setTimeout(() => {
    if (!["draft", "returned"].includes(text("state"))) return;
    const list = $("summary"); if (tries && !document.querySelector(".toast-body.warning")) { missed(tries - 1); return; }
    if (list) { list.focus({ preventScroll: true }); list.scrollIntoView({ block: "center" }); }
  }, 400);

  // A page of a document over everything, opened where its value stands
  document.addEventListener("toggle", (event) => {
    const from = event.target; if (!from.open || !from.matches || !from.matches(".source details")) return;
    from.open = false;
    const close = make("button", { className: "close", textContent: "关闭" }), box = make("dialog", { className: "leafbox" }, close, from.querySelector(".page").cloneNode(true));
    close.onclick = () => box.close(); box.onclick = (e) => { if (e.target === box || e.target.tagName === "IMG") box.close(); };
    box.addEventListener("close", () => { box.remove(); const summary = from.querySelector("summary"); if (summary) summary.focus({ preventScroll: true }); });
    document.body.append(box); box.showModal();
    const spot = box.querySelector(".spot"), picture = box.querySelector("img"); picture.loading = "eager";
    const show = () => { if (spot) box.scrollTop = spot.offsetTop - box.clientHeight / 2; }; if (picture.complete) show(); else picture.addEventListener("load", show, { once: true });
  }, true);

  document.addEventListener("click", async (event) => {
    const at = event.target.closest && event.target.closest("button, a"); if (!at) return;
    const row = at.closest(".answers tr"), field = row && row.id.replace(/^row-/, "");
    if (row && at.classList.contains("edit")) edit(row, field);
    if (row && at.classList.contains("ok")) {
      at.disabled = true; const reply = await call("POST", base() + "/confirm", { fields: [field] });
      if (reply.ok) { back(row.id); refresh(); } else at.disabled = false;
    }
    if (at.classList.contains("to-row")) { event.preventDefault(); toRow(at.getAttribute("href").slice(1), true); }
    if (at.classList.contains("to-papers")) { event.preventDefault(); onPaper("材料"); }
    if (at.textContent.trim() === "我核对过了，确认并提交") missed(12);
    if (at.id === "hand") byHand(at);
    if (at.id === "open-more") { const reply = await call("POST", base() + "/open", { fields: "all" }); if (reply.ok) refresh(); }
    if (at.id === "withdraw") {
      at.disabled = true; const reply = await call("POST", base() + "/withdraw");
      if (reply.ok) refresh(); else { at.disabled = false; at.closest("details").querySelector("[role=status]").textContent = why(reply); }
    }
  });

  // The form is drawn anew when an answer brings other questions: what is being typed elsewhere is put back.
  let typing = null;
  const inForm = (e) => { const f = e.target.closest && e.target.closest('[id^="field-"]'); return f && e.target.dataset.testid === "textbox" ? f.id : ""; };
  ["input", "focusin"].forEach((kind) => document.addEventListener(kind, (e) => {
    const id = inForm(e); if (id) typing = { id, node: e.target, value: e.target.value }; else if (kind === "focusin") typing = null;
  }));
  document.addEventListener("focusout", (e) => setTimeout(() => { if (typing && typing.node === e.target && e.target.isConnected && document.activeElement !== e.target) typing = null; }));
  const putBack = () => {
    const next = $(typing.id) && $(typing.id).querySelector('[data-testid="textbox"]'); if (!next || next.disabled) return;
    const value = typing.value; typing.node = next;
    if (next.value !== value) { next.value = value; next.dispatchEvent(new Event("input", { bubbles: true })); }
    next.focus({ preventScroll: true }); next.setSelectionRange(value.length, value.length);
  };

  new MutationObserver(() => {
    if (typing && (!typing.node.isConnected || typing.node.value !== typing.value)) putBack();
    const hand = text("by-hand") === "1"; document.body.classList.toggle("by-hand", hand);
    const button = $("hand"); if (button) { const word = hand ? "请小办帮忙" : "自己填表"; if (button.textContent !== word) button.textContent = word; }
    follow();
    document.querySelectorAll('.toast-close[aria-label="Close"]').forEach((b) => b.setAttribute("aria-label", "关闭"));
    const sign = $("sign-slot"); if (sign) signing(sign);
    const slot = $("known-slot"); if (slot) known(slot);
    const row = open && $("row-" + open.field); if (row && !$("edit-" + open.field) && $("editor-" + open.field)) edit(row, open.field, open.value);
    if (Date.now() < again.until && $(again.id) && !document.querySelector(".editing") && (!document.activeElement || document.activeElement === document.body)) {
      const target = $(again.id).querySelector("button.edit, summary, button"); if (target) target.focus({ preventScroll: true });
    }
  }).observe(document.documentElement, { childList: true, subtree: true, characterData: true });
})();
