"""The applicant's own way in a browser, without any model: by hand, read back, signed, put right, reused, erased."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sample_papers as papers
from filled import ANSWERS
from office_server import ITEM, PASSWORD, Person, Server, until
from playwright.sync_api import Browser, Locator, Page, expect
from test_browser_journey import DESKTOP, PHONE, SMALLEST, SOON, Visit, Watch, browser, fits

pytestmark = [pytest.mark.browser]
__all__ = ["browser"]
expect.set_options(timeout=SOON)
REFUSED = re.compile("status of (409|422)")
"""A refusal the interface gives on purpose; the browser notes every one as an error."""
STROKES = (((0.1, 0.3), (0.3, 0.3), (0.2, 0.8), (0.4, 0.4)), ((0.5, 0.2), (0.5, 0.8), (0.7, 0.3), (0.9, 0.8)))


@pytest.fixture
def visit(browser: Browser, quiet_office: Server, pictures: Path | None) -> Iterator[Visit]:
    made = Visit(browser, quiet_office, Watch(quiet_office.base), pictures)
    yield made
    for context in made.contexts:
        context.close()
    assert made.watch.foreign == []
    assert [w for w in made.watch.wrong if not REFUSED.search(w) and "AbortError" not in w] == []


def arrived(page: Page) -> str:
    """The id of the open filing, once the page is there."""
    until(lambda: (page.locator("#filing-id").text_content() or "").strip(), 20)
    return (page.locator("#filing-id").text_content() or "").strip()


def signed_in(visit: Visit, page: Page, name: str) -> None:
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def box(page: Page, field: str) -> Locator:
    return page.locator(f"#field-{field} [data-testid=textbox]")


def checking(page: Page) -> None:
    page.get_by_role("tab", name="核对并提交").click()
    expect(page.locator(".answers")).to_be_visible()


def drawn(page: Page) -> None:
    """A name written on the canvas."""
    place = page.locator("canvas.pad").bounding_box()
    assert place is not None

    def at(point: tuple[float, float]) -> tuple[float, float]:
        return place["x"] + place["width"] * point[0], place["y"] + place["height"] * point[1]

    for first, *rest in STROKES:
        page.mouse.move(*at(first))
        page.mouse.down()
        for point in rest:
            page.mouse.move(*at(point), steps=8)
        page.mouse.up()


def returned(server: Server, case: str, codes: set[str]) -> None:
    """A clerk agrees with these findings, disputes the others and returns the case."""
    clerk = server.person("clerk1")
    found = until(lambda: (c := clerk.does("GET", f"/cases/{case}"))["status"] == "ready" and c, 120)
    clerk.does("POST", f"/cases/{case}/claim")
    for finding in found["findings"]:
        opinion = "agree" if finding["code"] in codes else "dispute"
        clerk.does("POST", f"/cases/{case}/findings/{finding['id']}", json={"opinion": opinion, "reason": "核对过"})
    clerk.does("POST", f"/cases/{case}/decision", json={"decision": "return", "reason": "请补正", "findings": []})


def complete(person: Person, **more: Any) -> str:
    """A filing with every answer, made over the interface."""
    filing = person.does("POST", "/filings", json={"item": ITEM, "by_hand": True})["filing"]["id"]
    person.does("PATCH", f"/filings/{filing}", json={"answers": ANSWERS | more})
    return str(filing)


def test_somebody_chooses_the_plain_form_on_the_first_screen_and_may_switch_back(visit: Visit) -> None:
    page = visit.page(PHONE)
    page.goto(visit.server.base)
    page.get_by_role("link", name="大字版").click()
    page.get_by_role("link", name="自己填表").click()
    signed_in(visit, page, "applicant3")
    arrived(page)
    expect(page.locator("body")).to_have_class(re.compile("by-hand.*elder|elder.*by-hand"))
    expect(page.locator("#talk")).to_be_hidden()
    box(page, "main_business").fill("卖奶茶")
    box(page, "main_business").blur()
    expect(page.locator("#field-main_business")).to_contain_text("您填的")
    page.locator("#field-has_name label", has_text="是").click()
    box(page, "operator_name").click()
    page.keyboard.type("周禾", delay=30)
    expect(box(page, "name_trade")).to_be_visible()
    page.keyboard.type("苗")
    expect(box(page, "operator_name")).to_have_value("周禾苗")
    box(page, "operator_id_number").fill("4403051992051884")
    box(page, "operator_id_number").blur()
    expect(page.locator("#field-operator_id_number")).to_contain_text("没有记下")
    smallest, words = page.evaluate(SMALLEST)
    assert smallest >= 18 and fits(page), f"{smallest} px: {words}"
    visit.keep(page, "by-hand-phone-elder")
    page.get_by_role("button", name="请小办帮忙").click()
    expect(page.locator("#to-talk")).to_be_visible()
    page.locator("#to-talk").click()
    expect(page.locator("#say textarea")).to_be_visible()
    page.get_by_role("button", name="自己填表").click()
    expect(page.locator("#talk")).to_be_hidden()
    expect(box(page, "operator_name")).to_have_value("周禾苗")


def test_answers_are_read_back_edited_in_place_signed_by_hand_and_handed_in_once(visit: Visit) -> None:
    person = visit.server.person("applicant1")
    filing = complete(person)
    person.upload(filing, "身份证.jpg", papers.identity_card(), "operator_id_card")
    person.read(filing)
    page = visit.sign_in("进入申报", "applicant1")
    page.goto(f"{visit.server.base}/apply/?filing={filing}")
    arrived(page)
    checking(page)
    row = page.locator("#row-capital_wan")
    row.get_by_role("button", name="修改").click()
    page.locator("#edit-capital_wan").fill("差不多吧")
    row.get_by_role("button", name="保存").click()
    expect(row.get_by_role("alert")).to_contain_text("请")
    page.locator("#edit-capital_wan").fill("8万")
    row.get_by_role("button", name="保存").click()
    expect(row.locator(".value")).to_have_text("8")
    expect(row.get_by_role("button", name="修改")).to_be_focused()
    page.locator("#row-operator_gender").get_by_role("button", name="对", exact=True).click()
    expect(page.locator("#row-operator_gender mark")).to_have_count(0)
    person.does("PATCH", f"/filings/{filing}", json={"answers": {"operator_education": None}})
    page.get_by_role("button", name="我核对过了，确认并提交").click()
    summary = page.locator("#summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="文化程度还没有填").click()
    page.locator("#edit-operator_education").fill("大专")
    page.locator("#row-operator_education").get_by_role("button", name="保存").click()
    expect(page.locator("#row-operator_education .value")).to_contain_text("大专")
    assert papers.NUMBER not in (page.locator(".answers").text_content() or "")
    page.get_by_role("button", name="签好了").click()
    expect(page.locator(".signer").get_by_role("alert")).to_contain_text("承诺")
    page.get_by_label("我已读过并作出以上承诺").check()
    page.get_by_role("button", name="签好了").click()
    expect(page.locator(".signer").get_by_role("alert")).to_contain_text("还没有签名")
    drawn(page)
    visit.keep(page, "signing-desktop")
    page.get_by_role("button", name="签好了").click()
    expect(page.locator(".signer .done")).to_contain_text("已签（手写")
    assert person.does("GET", f"/filings/{filing}")["signed"] is True
    page.get_by_role("button", name="我核对过了，确认并提交").dblclick()
    number = page.locator(".receipt .number")
    expect(number).to_have_text(re.compile(r"^2026\d{10}$"))
    visit.keep(page, "standing-desktop")
    assert len([f for f in person.does("GET", "/filings") if f["receipt"]]) == 1
    expect(page.locator(".history")).to_contain_text("登记机关收到申请")
    page.get_by_text("要等多久？法律怎么说").click()
    expect(page.locator(".receipt")).to_contain_text("行政许可法 第三十二条")


def test_a_notice_opens_only_what_it_flags_and_the_next_filing_starts_from_this_one(visit: Visit) -> None:
    person = visit.server.person("applicant2")
    filing = complete(person, contact_email="zhou@example.com")
    case = person.does("POST", f"/filings/{filing}/submit")["case"]
    returned(visit.server, case, {"MATERIAL_MISSING"})
    page = visit.sign_in("进入申报", "applicant2")
    arrived(page)
    notice = page.locator(".notice")
    for wanted in ("身份证", "租赁合同", "产权证明"):
        expect(notice).to_contain_text(wanted)
    checking(page)
    locked = page.locator("#row-operator_education")
    expect(locked).to_contain_text("已锁定")
    page.get_by_role("button", name="还要改别的").click()
    expect(locked.get_by_role("button", name="修改")).to_be_visible()
    phone = visit.page(PHONE, page.context.storage_state())
    phone.goto(f"{visit.server.base}/apply/?filing={filing}")
    expect(phone.locator(".notice")).to_be_visible()
    assert fits(phone)
    visit.keep(phone, "notice-own-phone")
    phone.get_by_text("不想办了，撤回申请").click()
    phone.get_by_role("button", name="确定撤回").click()
    expect(phone.locator(".receipt")).to_contain_text("已撤回")
    page.goto(f"{visit.server.base}/apply/?filing=new&by=hand")
    expect(page.locator(".known")).to_contain_text("您以前填过")
    assert papers.NUMBER not in (page.locator(".known").text_content() or "")
    fresh = arrived(page)
    page.locator(".known").get_by_label(re.compile("^经营者姓名")).uncheck()
    visit.keep(page, "known-desktop")
    page.get_by_role("button", name="带入勾选的").click()
    expect(page.locator(".known")).to_have_count(0)
    answers = person.does("GET", f"/filings/{fresh}")["answers"]
    assert "operator_name" not in answers and "premises_address" not in answers
    assert answers["operator_id_number"]["source"] == "reused" and not answers["operator_id_number"]["confirmed"]
    checking(page)
    expect(page.locator("#row-operator_id_number")).to_contain_text("时填过")


def test_ones_own_data_is_taken_away_and_a_draft_erased_without_a_script(visit: Visit) -> None:
    person = visit.server.person("applicant3")
    draft = person.does("POST", "/filings", json={"item": ITEM, "by_hand": True})["filing"]["id"]
    page = visit.page(DESKTOP)
    page.goto(f"{visit.server.base}/mine")
    signed_in(visit, page, "applicant3")
    page.goto(f"{visit.server.base}/mine")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载全部数据（ZIP）").click()
    assert download.value.suggested_filename == "我的数据.zip"
    visit.keep(page, "mine-desktop")
    page.locator(f'a[href="/mine/erase?filing={draft}"]').click()
    page.get_by_role("button", name="删除这份草稿").click()
    expect(page.get_by_role("status")).to_contain_text("草稿已经删除")
    assert person.call("GET", f"/filings/{draft}").status_code == 404
