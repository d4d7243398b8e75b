"""The applicant page: conversation on one side, the live form, documents, check and submit on the other.

Session state is the filing's id and a counter that redraws the form; everything else is read from the store.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import gradio as gr

from assistant import counter_after, counter_choices, counter_papers
from assistant.counter import OPEN, Counter, CounterError
from assistant.filing import Filing, Turn
from assistant.page_after import after_html
from assistant.page_check import check_html
from assistant.page_form import draw_form, standing_of
from assistant.page_papers import materials_html
from assistant.page_shell import CSS, header, html, page_head, tell, warn
from assistant.page_view import (
    last_reply,
    log_html,
    mine_html,
    progress_html,
    turn_html,
)
from assistant.people import User
from assistant.wording import say as say_
from knowledge.items import Item

HEAD = page_head(*(Path(__file__).parent / name for name in ("page.js", "papers.js", "check.js")))
HEADER = header(
    "个体工商户登记",
    '<button id="to-talk" class="switch">对话</button><button id="to-paper" class="switch">表格与材料</button>',
    '<button id="hand">自己填表</button>',
    '<a href="/apply/?filing=new">新的申报</a><a href="/mine">我的数据</a>',
)
HONEST = (
    '<p class="soft">小办是人工智能，可能听错，每一项都请您核对。不想和小办说话，可以直接填表格，'
    "也可以到窗口办理或者拨打 12345。</p>"
)
__all__ = ["CSS", "HEAD", "Page", "build"]
THINKING = '<div class="office thinking"><span class="who">小办</span><p>正在看您说的话…</p></div>'


class Page:
    """One applicant page; a handler is a few lines and asks the counter for everything."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.zone = ZoneInfo(counter.parts.settings.timezone)
        self.shown: list[Any] = []
        """Components that `show` gives values for, in its order."""

    # Who is there and what is open

    def user(self, request: gr.Request) -> User:
        """The signed-in person; the guard in front of the page lets nobody else through."""
        return self.counter.user_named(str(request.username))

    def filing(self, request: gr.Request, filing_id: str) -> Filing | None:
        """The open filing, or None before the first message."""
        return self.counter.filing(self.user(request), filing_id) if filing_id else None

    def item(self, filing: Filing | None) -> Item | None:
        """The item of a filing; None before it is settled."""
        return self.counter.item(filing) if filing else None

    def latest(self, request: gr.Request) -> Filing | None:
        """The filing named in the address, else the latest one still going on."""
        asked = str(request.query_params.get("filing", ""))
        mine = self.counter.filings(self.user(request))
        named = [f for f in mine if f.id == asked]
        going = [f for f in mine if f.status in ("draft", "returned", "submitted") and asked != "new"]
        return next(iter(named + going), None)

    # Events

    def show(self, request: gr.Request, filing: Filing | None) -> list[Any]:
        """Fresh values of everything shown, in the order of `self.shown`."""
        item, user = self.item(filing), self.user(request)
        titles: dict[str, str] = {m.kind: m.title for m in reversed(item.materials)} if item else {}
        names = {i.code: i.title for i in self.counter.parts.catalogue.all()}
        reply = last_reply(filing)
        editable = filing is None or filing.status in ("draft", "returned")
        notice = self.counter.notice(user, filing.id) if filing else None
        problem = self.counter.degraded()
        needed = self.counter.needed(filing) if filing else []
        may = self.counter.opened(user, filing) if filing else None
        held = counter_papers.held_documents(self.counter, user, filing) if filing else []
        stands = counter_after.standing(self.counter, user, filing.id) if filing else counter_after.Standing()
        earlier = bool(filing and counter_choices.offered(self.counter, user, filing))
        return [
            filing.id if filing else "",
            standing_of(filing),
            reply.options if reply and editable else [],
            log_html(filing),
            progress_html(filing, item),
            materials_html(filing, needed, titles, held, editable) + UPLOAD,
            check_html(filing, item, needed, may),
            after_html(filing, notice, stands, self.zone) + mine_html(self.counter.filings(user), names, self.zone),
            marks(filing, titles) + banner_html(filing, problem, earlier),
            gr.Button(interactive=editable and filing is not None),
            gr.Timer(active=bool(filing and any(m.status == "reading" for m in filing.materials))),
        ]

    def load(self, request: gr.Request) -> list[Any]:
        """What a person sees who opens or reloads the page."""
        if str(request.query_params.get("by", "")) == "hand":
            return self.show(request, self.by_hand(request))
        return self.show(request, self.latest(request))

    def by_hand(self, request: gr.Request) -> Filing:
        """The filing of somebody who chose on the first screen to go without the assistant: the draft, or a new one."""
        user, latest = self.user(request), self.latest(request)
        if latest is None or latest.status not in OPEN:
            item = self.counter.parts.catalogue.all()[0].code
            return self.counter.start_filing(user, item, by_hand=True)[0]
        return latest if latest.by_hand else counter_choices.choose_by_hand(self.counter, user, latest.id, True)

    def reload(self, filing_id: str, request: gr.Request) -> list[Any]:
        """The same filing as it stands now, after an upload or a reading."""
        return self.show(request, self.filing(request, filing_id))

    def echo(self, text: str, filing_id: str, request: gr.Request) -> tuple[str, str, str]:
        """The message at once in the log, the box empty, the words kept for `say`."""
        if not text.strip():
            return "", log_html(self.filing(request, filing_id)), ""
        mine = turn_html(Turn(role="user", text=text, at=self.counter.now()))
        kept = log_html(self.filing(request, filing_id)).removesuffix("</div>")
        return "", f"{kept}{mine}{THINKING}</div>", text

    def say(self, text: str, filing_id: str, request: gr.Request) -> list[Any]:
        """One turn. What could not be taken goes back into the box, so that nothing typed is lost."""
        user, box = self.user(request), ""
        try:
            if text and filing_id:
                self.counter.say(user, filing_id, text)
            elif text:
                filing_id = self.counter.start_filing(user, None, text)[0].id
        except CounterError as error:
            warn(str(error), 8)
            box = text
        return [box, *self.show(request, self.filing(request, filing_id))]

    def start_blank(self, request: gr.Request) -> list[Any]:
        """A filing without a conversation: people who would rather fill in the form."""
        items = self.counter.parts.catalogue.all()
        filing, _ = self.counter.start_filing(self.user(request), items[0].code)
        return self.show(request, filing)

    def confirm_and_submit(self, filing_id: str, request: gr.Request) -> list[Any]:
        """Confirms what was read back and submits; a missing answer is named, nothing is lost."""
        user = self.user(request)
        try:
            self.counter.confirm(user, filing_id, "all")
            done = self.counter.submit(user, filing_id)
            tell(f"已提交，回执编号 {done.receipt}")
        except CounterError as error:
            warn(str(error))
        return self.show(request, self.filing(request, filing_id))

    # Layout

    def build(self) -> gr.Blocks:
        """The page, to be mounted behind the applicant role with `CSS` and `HEAD`."""
        blocks = gr.Blocks(title="办成 · 我要办事", analytics_enabled=False)
        with blocks:
            filing_id, tick, options, words = gr.State(""), gr.State(""), gr.State([]), gr.State("")
            html(HEADER)
            banner = html()
            with gr.Row(elem_id="two"):
                with gr.Column(scale=5, min_width=280, elem_id="talk"):
                    log = html(log_html(None), "log")
                    choices = gr.Row(elem_id="options")
                    say = gr.Textbox(label="说给小办听", elem_id="say", lines=1, max_lines=6, placeholder=HINT)
                    send = gr.Button("发送", variant="primary")
                    html(HONEST)
                with gr.Column(scale=6, min_width=280, elem_id="paper"):
                    progress = html(progress_html(None, None))
                    with gr.Tabs():
                        with gr.Tab("表格"):
                            draw_form(self, filing_id, tick, progress)
                        with gr.Tab("材料") as papers:
                            materials = html()
                        with gr.Tab("核对并提交") as checking:
                            check = html()
                            submit = gr.Button("我核对过了，确认并提交", variant="primary", interactive=False)
                        with gr.Tab("进度") as going:
                            after = html()
            refresh = gr.Button("刷新", elem_id="refresh", visible="hidden")
            timer = gr.Timer(2.0, active=False)
            shown = [filing_id, tick, options, log, progress, materials, check, after, banner, submit, timer]
            self.shown = shown
            turn = {"fn": self.say, "inputs": [words, filing_id], "outputs": [say, *shown], "concurrency_id": "talk"}
            for press in (say.submit, send.click):
                press(self.echo, [say, filing_id], [say, log, words], show_progress="hidden").then(
                    **turn, show_progress="hidden", concurrency_limit=20
                )
            with choices:
                self._draw_options(options, filing_id, log, words, say, turn)
            refresh.click(self.reload, filing_id, shown, show_progress="hidden")
            timer.tick(self.reload, filing_id, shown, show_progress="hidden")
            for tab in (papers, checking, going):
                tab.select(self.reload, filing_id, shown, show_progress="hidden")
            submit.click(self.confirm_and_submit, filing_id, shown)
            blocks.load(self.load, None, shown, show_progress="hidden")
        return blocks

    def _draw_options(
        self,
        options: gr.State,
        filing_id: gr.State,
        log: gr.Markdown,
        words: gr.State,
        say: gr.Textbox,
        turn: dict[str, Any],
    ) -> None:
        """The choices of the pending question as buttons; pressing one says it."""

        @gr.render(inputs=[options])
        def choices(labels: list[str]) -> None:
            for label in labels:
                button = gr.Button(label, size="sm")
                button.click(lambda word=label: word, None, say, show_progress="hidden").then(
                    self.echo, [say, filing_id], [say, log, words], show_progress="hidden"
                ).then(**turn, show_progress="hidden")


UPLOAD = '<div id="upload-slot"></div>'
HINT = "比如：我叫李小明，想租个铺面开奶茶店"


def marks(filing: Filing | None, titles: dict[str, str]) -> str:
    """What the script reads, in a place that is always drawn: the filing's id and the kinds of documents."""
    kinds = escape(json.dumps(titles, ensure_ascii=False))
    return (
        f'<span id="filing-id" class="gone">{escape(filing.id if filing else "")}</span>'
        f'<span id="kinds" class="gone">{kinds}</span>'
        f'<span id="revision" class="gone">{filing.revision if filing else 0}</span>'
        f'<span id="state" class="gone">{filing.status if filing else ""}</span>'
        f'<span id="by-hand" class="gone">{1 if filing and filing.by_hand else 0}</span>'
    )


def banner_html(filing: Filing | None, problem: str, earlier: bool) -> str:
    """What a person should know before anything else: who helps, what does not work, what is known already."""
    if filing and filing.by_hand:
        problem = say_("by_hand.on")
    lines = f'<div class="banner">{escape(problem)}</div>' if problem else ""
    return lines + ('<div id="known-slot"></div>' if earlier else "")


def build(counter: Counter) -> gr.Blocks:
    """The applicant page over a counter."""
    return Page(counter).build()
