"""The desk page: the queue, one case with its findings by standing, the evidence beside, and the decision.

Session state is the case's id and the chosen finding; everything else is read from the store at each event.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.counter import Counter
from assistant.page_shell import CSS as SHARED_CSS
from assistant.page_shell import header, html, page_head, tell, warn
from assistant.people import User
from assistant.problems import Problem
from review.case import Case, Finding
from review.desk import Desk
from review.page_view import (
    evidence_html,
    finding_html,
    form_html,
    head_html,
    ordered,
    queue_html,
    record_html,
)

FOLDER = Path(__file__).parent
CSS = SHARED_CSS + (FOLDER / "page.css").read_text(encoding="utf-8")
HEAD = page_head(FOLDER / "page.js")
HEADER = header("审核")
DECISIONS = [
    ("准予登记", "accept"),
    ("退回补正（出具一次性告知书）", "return"),
    ("不予登记", "refuse"),
    ("上报主管", "escalate"),
]
KEYS = '<p class="soft">键盘：J 下一个问题，K 上一个，A 同意，D 不同意（先写理由），N 领取下一件。</p>'


class DeskPage:
    """One desk page; a handler is a few lines and asks the desk for everything."""

    def __init__(self, desk: Desk, counter: Counter) -> None:
        self.desk, self.counter = desk, counter
        self.shown: list[Any] = []
        """Components that `show` gives values for, in its order."""

    # Who is there and what is open

    def user(self, request: gr.Request) -> User:
        """The signed-in clerk; the guard in front of the page lets nobody else through."""
        return self.counter.user_named(str(request.username))

    def case(self, request: gr.Request, case_id: str) -> Case | None:
        """The open case, or None."""
        return self.desk.case(self.user(request), case_id) if case_id else None

    def chosen(self, case: Case | None, finding_id: str) -> Finding | None:
        """The finding looked at: the named one, else the first that waits for an opinion."""
        findings = ordered(case) if case else []
        named = [f for f in findings if f.id == finding_id]
        waiting = [f for f in findings if f.opinion is None]
        return next(iter(named + waiting + findings), None)

    # Events

    def show(self, request: gr.Request, case: Case | None, finding_id: str = "") -> list[Any]:
        """Fresh values of everything shown, in the order of `self.shown`."""
        user, now = self.user(request), self.counter.now()
        names = {i.code: i.title for i in self.counter.parts.catalogue.all()}
        mine = bool(case and case.status == "claimed" and case.clerk == user.id)
        finding = self.chosen(case, finding_id)
        item = self.desk.item(case.filing.item) if case else None
        return [
            case.id if case else "",
            finding.id if finding else "",
            [f.id for f in ordered(case)] if case else [],
            queue_html(self.desk.queue(user), now, names),
            head_html(case, now) if case else "<p>从上面选一件，或者领取下一件。</p>",
            evidence_html(case, finding, item) if case and item else "",
            form_html(case, item) if case and item else "",
            record_html(self.desk.events(user, case.id)) if case else "",
            gr.Button(interactive=mine and finding is not None),
            gr.Button(interactive=mine and finding is not None),
            gr.Button(interactive=mine),
            gr.Button(interactive=mine),
        ]

    def load(self, request: gr.Request) -> list[Any]:
        """The case this clerk holds, if any."""
        held = self.desk.queue(self.user(request), ("claimed",), mine=True)
        return self.show(request, next(iter(held), None))

    def claim_next(self, request: gr.Request) -> list[Any]:
        """Takes the most urgent free case."""
        case = self.desk.claim(self.user(request))
        if case is None:
            tell("现在没有可以领取的案件。")
        return self.show(request, case)

    def open(self, case_id: str, request: gr.Request) -> list[Any]:
        """Takes the named case when it is free; else shows it to read."""
        case_id = case_id.strip()
        try:
            case: Case | None = self.desk.claim(self.user(request), case_id)
        except Problem as problem:
            tell(str(problem))
            case = self.case(request, case_id)
        return self.show(request, case)

    def judge(self, opinion: str, reason: str, case_id: str, finding_id: str, request: gr.Request) -> list[Any]:
        """Records an opinion and goes on to the next finding; the reason stays when it was refused."""
        try:
            words = reason.strip() or ("与材料相符" if opinion == "agree" else "")
            case = self.desk.opinion(self.user(request), case_id, finding_id, opinion, words)
            return ["", *self.show(request, case)]
        except Problem as problem:
            warn(_words(problem))
            return [reason, *self.show(request, self.case(request, case_id), finding_id)]

    def add(self, code: str, message: str, case_id: str, finding_id: str, request: gr.Request) -> list[Any]:
        """A clerk's own finding."""
        try:
            case = self.desk.add_finding(self.user(request), case_id, code or "", message)
            return ["", *self.show(request, case, finding_id)]
        except Problem as problem:
            warn(_words(problem))
            return [message, *self.show(request, self.case(request, case_id), finding_id)]

    def decide(self, decision: str, reason: str, case_id: str, finding_id: str, request: gr.Request) -> list[Any]:
        """The person's decision; refused with the reason why when something still waits."""
        try:
            case = self.desk.decide(self.user(request), case_id, decision, reason)  # type: ignore[arg-type]
            tell("已办理。")
            return ["", *self.show(request, case)]
        except Problem as problem:
            warn(_words(problem))
            return [reason, *self.show(request, self.case(request, case_id), finding_id)]

    # Layout

    def build(self) -> gr.Blocks:
        """The page, to be mounted behind the clerk and supervisor roles with `CSS` and `HEAD`."""
        blocks = gr.Blocks(title="办成 · 审核", analytics_enabled=False)
        with blocks:
            case_id, finding_id, order = gr.State(""), gr.State(""), gr.State([])
            html(HEADER)
            with gr.Accordion("待办案件", open=True):
                queue = html(elem_id="queue")
                claim = gr.Button("领取下一件", variant="primary", elem_id="next-case")
            head = html()
            with gr.Row(elem_id="desk"):
                with gr.Column(scale=5, min_width=320):
                    findings = gr.Column(elem_id="findings")
                    with gr.Group():
                        reason = gr.Textbox(label="理由（不同意时必填）", lines=2, elem_id="reason")
                        with gr.Row():
                            agree = gr.Button("同意", elem_id="agree", interactive=False)
                            dispute = gr.Button("不同意", elem_id="dispute", interactive=False)
                    with gr.Accordion("补充一个问题", open=False):
                        code = gr.Dropdown(self._codes(), label="问题种类", value=None)
                        message = gr.Textbox(label="写给申请人的话：哪里不对", lines=2)
                        add = gr.Button("添加", interactive=False)
                    with gr.Group():
                        decision = gr.Radio(DECISIONS, label="决定（由您作出）", value=None)
                        grounds = gr.Textbox(label="决定的理由", lines=2)
                        decide = gr.Button("作出决定", variant="primary", interactive=False)
                    html(KEYS)
                with gr.Column(scale=7, min_width=320):
                    with gr.Tabs():
                        with gr.Tab("证据与依据"):
                            evidence = html(elem_id="evidence")
                        with gr.Tab("申请表"):
                            form = html()
                        with gr.Tab("经过"):
                            record = html()
            named = gr.Textbox(elem_id="open-named", elem_classes="gone", container=False)
            shown = [case_id, finding_id, order, queue, head, evidence, form, record, agree, dispute, add, decide]
            self.shown = shown
            with findings:
                self._draw_findings(case_id, finding_id)
            at = [case_id, finding_id]
            claim.click(self.claim_next, None, shown, show_progress="hidden")
            named.change(self.open, named, shown, show_progress="hidden")
            for button, word in ((agree, "agree"), (dispute, "dispute")):
                button.click(self.judge, [gr.State(word), reason, *at], [reason, *shown], show_progress="hidden")
            add.click(self.add, [code, message, *at], [message, *shown], show_progress="hidden")
            decide.click(self.decide, [decision, grounds, *at], [grounds, *shown], show_progress="hidden")
            blocks.load(self.load, None, shown, show_progress="hidden")
        return blocks

    def _codes(self) -> list[tuple[str, str]]:
        items = self.counter.parts.catalogue.all()
        return sorted({(f"{c.remedy[:24]}（{c.code}）", c.code) for item in items for c in item.checks})

    def _draw_findings(self, case_id: gr.State, finding_id: gr.State) -> None:
        """Every finding with a button that shows its evidence."""

        @gr.render(inputs=[case_id, finding_id])
        def findings(open_id: str, chosen: str, request: gr.Request) -> None:
            case = self.case(request, open_id)
            for number, finding in enumerate(ordered(case) if case else [], 1):
                here = " chosen" if finding.id == chosen else ""
                html(f'<div class="entry{here}" id="entry-{escape(finding.id)}">{finding_html(finding)}</div>')
                look = gr.Button(f"{number} 看证据", size="sm", elem_classes="look")
                look.click(
                    lambda r, wanted=finding.id: self.show(r, self.case(r, open_id), wanted),
                    None,
                    self.shown,
                    show_progress="hidden",
                )


def _words(problem: Problem) -> str:
    """A refusal with the reason of each field."""
    fields = getattr(problem, "fields", None) or {}
    return str(problem) + ("：" + "；".join(dict(fields).values()) if fields else "")


def build(desk: Desk, counter: Counter) -> gr.Blocks:
    """The desk page over a desk."""
    return DeskPage(desk, counter).build()
