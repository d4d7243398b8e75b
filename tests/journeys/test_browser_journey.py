"""The same job in a browser: an applicant, a clerk and an evaluator, on a desktop and on a telephone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sample_papers as papers
from filled import ANSWERS, STORY, TOLD
from office_server import PASSWORD, Server, until
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)

pytestmark = [pytest.mark.live, pytest.mark.browser]
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync"
).split()
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
SOON, LATE = 15_000, 120_000
"""Milliseconds for what the page does at once, and for a model or a reading."""
SMALLEST = """() => {
  const seen = [...document.querySelectorAll('body *')].filter(e => e.offsetParent && e.offsetWidth > 1 &&
    [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()));
  return seen.map(e => [parseFloat(getComputedStyle(e).fontSize), e.textContent.trim().slice(0, 30)])
    .sort((a, b) => a[0] - b[0])[0];
}"""


@dataclass
class Watch:
    """What a person would not see: calls to other places, blocked content, errors."""

    base: str
    foreign: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def over(self, page: Page) -> Page:
        """Watches a page."""
        page.on("request", self._asked)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        return page

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.foreign.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            self.wrong.append(message.text)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM) if CHROMIUM.exists() else None, args=FLAGS)
        yield opened
        opened.close()


class Visit:
    """Somebody at the pages of one server."""

    def __init__(self, browser: Browser, server: Server, watch: Watch, pictures: Path | None) -> None:
        self.browser, self.server, self.watch, self.pictures = browser, server, watch, pictures
        self.contexts: list[BrowserContext] = []

    def page(self, size: ViewportSize = DESKTOP, state: Any = None) -> Page:
        """A fresh page, signed in when `state` is."""
        context = self.browser.new_context(viewport=size, locale="zh-CN", storage_state=state)
        self.contexts.append(context)
        context.set_default_timeout(SOON)
        return self.watch.over(context.new_page())

    def sign_in(self, door: str, name: str) -> Page:
        """From the front page through one of the doors."""
        page = self.page()
        page.goto(self.server.base)
        page.get_by_role("link", name=door).click()
        page.get_by_label("用户名").fill(name)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(re.compile("/(apply|desk|eval)/"))
        return page

    def keep(self, page: Page, name: str, *, whole: bool = False) -> None:
        """A screenshot, when they are wanted, once the page stands still."""
        if self.pictures:
            page.wait_for_timeout(800)
            page.screenshot(path=self.pictures / f"{name}.png", full_page=whole)


@pytest.fixture
def visit(browser: Browser, office: Server, pictures: Path | None) -> Iterator[Visit]:
    made = Visit(browser, office, Watch(office.base), pictures)
    yield made
    for context in made.contexts:
        context.close()
    assert made.watch.foreign == []
    assert made.watch.wrong == []


def test_a_whole_filing_in_the_browser(visit: Visit) -> None:
    front = visit.page()
    front.goto(visit.server.base)
    visit.keep(front, "front-desktop")

    page = visit.sign_in("进入申报", "applicant2")
    filing = talked(visit, page)
    uploaded(page, filing)
    receipt = submitted(visit, page)
    on_a_telephone(visit, page)
    returned(visit, receipt)
    notice_read(visit, page)
    evaluator(visit)


def talked(visit: Visit, page: Page) -> str:
    """Tells the story, answers what is asked next, writes one field by hand. The filing's id."""
    say(page, STORY)
    name = box(page, "经营者姓名")
    expect(name).to_have_value(papers.OPERATOR, timeout=SOON)
    expect(page.locator("#paper").get_by_text(re.compile("您说的.*待确认")).first).to_be_visible()
    visit.keep(page, "apply-desktop")
    filing = page.locator("#filing-id").text_content() or ""
    asked = known(page, filing)["missing"][0]
    say(page, TOLD[asked])
    assert asked in known(page, filing)["answers"]
    residence = box(page, "经营者住所")
    residence.fill(papers.HOME)
    residence.blur()
    until(lambda: "operator_residence" in known(page, filing)["answers"], 20)
    rest = {k: v for k, v in ANSWERS.items() if k not in known(page, filing)["answers"]}
    told = page.request.patch(f"{visit.server.base}/api/v1/filings/{filing}", data={"answers": rest})
    assert told.ok, told.text()
    page.reload()
    expect(page.locator(".progress")).to_contain_text(re.compile(r"已填 \d\d 项"))
    return filing


def say(page: Page, text: str) -> None:
    """Sends a message and waits for the answer."""
    lines = page.locator("#log .log > div:not(.thinking)")
    expect(lines.first).to_be_visible()
    before = lines.count()
    page.locator("#say textarea").fill(text)
    page.get_by_role("button", name="发送").click()
    expect(lines).to_have_count(before + 2, timeout=LATE)


def box(page: Page, title: str) -> Locator:
    """The text box of a field; its label goes on with where the value came from."""
    return page.get_by_role("textbox", name=re.compile(f"^{title} "))


def known(page: Page, filing: str) -> dict[str, Any]:
    """The filing as stored."""
    found: dict[str, Any] = page.request.get(f"{page.url.split('/apply')[0]}/api/v1/filings/{filing}").json()
    return found


def uploaded(page: Page, filing: str) -> None:
    """Hands in three documents, one of them out of date, and waits until they are read."""
    page.get_by_role("tab", name="材料").click()
    for name, mime, data, kind in (
        ("身份证.jpg", "image/jpeg", papers.identity_card(), "operator_id_card"),
        ("租赁合同.pdf", "application/pdf", papers.lease("2026年9月30日"), ""),
        ("房产证.pdf", "application/pdf", papers.title_deed(), "title_deed"),
    ):
        page.get_by_label("材料种类").select_option(kind)
        page.get_by_label("选择文件或拍照").set_input_files({"name": name, "mimeType": mime, "buffer": data})
        expect(page.locator(".material", has_text=name)).to_be_visible()
    expect(page.locator(".material", has_text="已读取")).to_have_count(3, timeout=LATE)
    page.locator(".material .leaf img").first.scroll_into_view_if_needed()
    assert {m["status"] for m in known(page, filing)["materials"]} == {"read"}


def submitted(visit: Visit, page: Page) -> str:
    """Reads everything back and submits. The receipt's number."""
    page.get_by_role("tab", name="核对并提交").click()
    check = page.locator(".answers")
    expect(check.get_by_text("待确认").first).to_be_visible()
    expect(check.get_by_text(papers.OPERATOR).first).to_be_visible()
    expect(check.get_by_text(re.compile("还没有上传.*申请书"))).to_be_visible()
    button = page.get_by_role("button", name="我核对过了，确认并提交")
    above, below = check.bounding_box(), button.bounding_box()
    assert above and below and above["y"] + above["height"] <= below["y"], "the answers take their place on the page"
    assert papers.NUMBER not in (check.text_content() or ""), "the number is masked on the screen"
    visit.keep(page, "check-desktop")
    button.click()
    page.get_by_role("tab", name="进度").click()
    number = page.locator(".receipt .number")
    expect(number).to_have_text(re.compile(r"^2026\d{10}$"), timeout=SOON)
    visit.keep(page, "receipt-desktop")
    return number.text_content() or ""


def on_a_telephone(visit: Visit, page: Page) -> None:
    """Both halves fit a telephone, and large type is large."""
    phone = visit.page(PHONE, page.context.storage_state())
    phone.goto(f"{visit.server.base}/apply/")
    expect(phone.locator(".receipt .number")).to_be_visible()
    phone.locator("#to-talk").click()
    expect(phone.locator("#log .me").first).to_be_visible()
    assert fits(phone)
    visit.keep(phone, "apply-phone")
    phone.locator("#to-paper").click()
    for tab in ("表格", "材料", "核对并提交", "进度"):
        phone.get_by_role("tab", name=tab).click()
        assert fits(phone), tab
    phone.locator("#to-talk").click()
    phone.locator("#elder").click()
    expect(phone.locator("body")).to_have_class(re.compile("elder"))
    for half in ("#to-talk", "#to-paper"):
        phone.locator(half).click()
        smallest, words = phone.evaluate(SMALLEST)
        assert smallest >= 18, f"{smallest} px: {words}"
        assert fits(phone), half
    phone.locator("#to-talk").click()
    visit.keep(phone, "apply-elder")


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return bool(page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth"))


def returned(visit: Visit, receipt: str) -> None:
    """The clerk takes the case, looks at the evidence, agrees and returns it."""
    page = visit.sign_in("进入审批", "clerk2")
    row = page.locator(".queue tr", has_text=receipt)

    def ready() -> bool:
        page.reload()
        expect(row).to_be_visible()
        return "待领取" in (row.text_content() or "")

    until(ready, 240, every=2.0)
    row.get_by_role("button").click()
    entry = page.locator("#findings .entry", has_text="LEASE_EXPIRED")
    expect(entry).to_be_visible()
    look_at(page, "LEASE_EXPIRED")
    mark = page.locator("#evidence .mark")
    expect(mark.first).to_be_visible()
    size = mark.first.bounding_box()
    assert size and size["width"] > 20 and size["height"] > 5
    picture = page.locator("#evidence .sheet img").first
    until(lambda: picture.evaluate("i => i.complete && i.naturalWidth > 200"), 20)
    visit.keep(page, "desk-desktop", whole=True)
    for _ in range(page.locator("#findings .entry").count()):
        left = page.locator("#findings .entry:not(:has(.opinion))").count()
        page.locator("#agree").click()
        expect(page.locator("#findings .entry:not(:has(.opinion))")).to_have_count(left - 1)
    page.get_by_label("退回补正（出具一次性告知书）").check()
    page.get_by_label("决定的理由").fill("租赁合同已经到期，请补正")
    page.get_by_role("button", name="作出决定").click()
    expect(page.locator(".case")).to_contain_text("已退回补正")


def look_at(page: Page, code: str) -> None:
    """Shows the evidence of a finding."""
    entries = page.locator("#findings .entry")
    at = next(i for i in range(entries.count()) if code in (entries.nth(i).text_content() or ""))
    page.locator("#findings .look").nth(at).click()
    expect(entries.nth(at)).to_have_class(re.compile("chosen"))


def notice_read(visit: Visit, page: Page) -> None:
    """The applicant reads the notice on the telephone."""
    phone = visit.page(PHONE, page.context.storage_state())
    phone.goto(f"{visit.server.base}/apply/")
    phone.locator("#to-paper").click()
    phone.get_by_role("tab", name="进度").click()
    notice = phone.locator(".notice")
    expect(notice).to_contain_text("一次性告知书")
    expect(notice).to_contain_text("租")
    notice.scroll_into_view_if_needed()
    assert fits(phone)
    visit.keep(phone, "notice-phone")


def evaluator(visit: Visit) -> None:
    """The evaluator finds the runs."""
    page = visit.sign_in("进入评测", "evaluator1")
    expect(page.get_by_role("heading", name="最近的评测")).to_be_visible()
    expect(page.locator(".queue")).to_be_visible()
    visit.keep(page, "eval-desktop")
