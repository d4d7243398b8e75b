"""The application form and the ways to reach people: signatures, date, amounts, agent, phone and mail.

市场主体登记管理条例 第十六至十八条 · 实施细则 第十四、十五条 · 个体工商户登记（备案）申请书 表注1.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from assistant.identity import email_problem, phone_problem, plain_number
from knowledge.items import Check
from review.compare import amount, day, name_key, plain, same_name, same_person
from review.rules_identity import kind_title
from review.submitted import Defect, Inconclusive, Outcome, Seen, Submitted, rule

_OLDEST_SIGNATURE_DAYS = 365


@rule("phone")
def phone(s: Submitted, check: Check) -> Outcome:
    """A number that is no mobile number of the mainland."""
    for name in check.params.get("fields") or ("operator_mobile", "contact_mobile", "agent_mobile"):
        value = s.of(name)
        if value and phone_problem(plain_number(str(value))):
            message = f"{s.item.field(name).title}“{value}”不是有效的手机号码"
            yield Defect("11位手机号码", str(value), message, (name,))


@rule("email")
def email(s: Submitted, check: Check) -> Outcome:
    """An address that mail cannot be sent to."""
    for name in check.params.get("fields") or ("contact_email",):
        value = s.of(name)
        if value and email_problem(str(value).strip()):
            message = f"{s.item.field(name).title}“{value}”格式不对"
            yield Defect("名称@域名，例如 name@example.com", str(value), message, (name,))


@rule("form_signed")
def form_signed(s: Submitted, check: Check) -> Outcome:
    """The operator has not signed the form, or somebody else has."""
    for form in s.usable("application_form"):
        signed, seen = signature(s, form, "signed")
        if signed is None:
            yield Inconclusive("申请书的签字栏没有识别出来，请对照图像")
        elif not signed:
            yield Defect("经营者本人签字", "签字处空白", "申请书经营者签字处没有签字", places=(seen,))


def signature(s: Submitted, material: Any, key: str) -> tuple[bool | str | None, Any]:
    """(signed: the name, True, False or "" for a blank, None when not seen; where)."""
    read = material.values.get(key)
    if read is None:
        return None, s.whole(material)
    return read.value, Seen(material, key, read.value, read.page, read.quote, read.box, 1.0).place()


@rule("form_date")
def form_date(s: Submitted, check: Check) -> Outcome:
    """Date of signing missing, impossible, after the filing day or long before it."""
    for form in s.usable("application_form"):
        read = form.values.get("signed_on")
        if read is None:
            yield from _no_date(s, form)
            continue
        place = Seen(form, "signed_on", read.value, read.page, read.quote, read.box, 1.0).place()
        fault = _date_fault(read.value, read.quote, s)
        if fault:
            yield Defect(
                f"不晚于申请日{s.filed_on}的签字日期", read.quote or "空白", f"申请书签字日期{fault}", places=(place,)
            )


def _no_date(s: Submitted, form: Any) -> Outcome:
    """The reader found no date: missing when it found the signature's part of the page, else in doubt."""
    yield Inconclusive("申请书的签字日期没有识别出来，请对照图像")


def _date_fault(value: Any, quote: str, s: Submitted) -> str | None:
    on = day(value)
    if on is None:
        return f"“{quote}”不存在" if value and re.search(r"\d", str(value)) else "没有填写"
    if on > s.filed_on:
        return f"{on}在申请日{s.filed_on}之后"
    return f"{on}早于申请日一年以上" if (s.filed_on - on).days > _OLDEST_SIGNATURE_DAYS else None


@rule("family_signed")
def family_signed(s: Submitted, check: Check) -> Outcome:
    """A family member who takes part has not signed the form (表注1：家庭经营的由全体参加经营的家庭成员签字)."""
    members = [str(p.get("name", "")) for p in s.of("family_members") or ()]
    if s.of("composition") != "family" or not members:
        return
    for form in s.usable("application_form"):
        read = form.values.get("member_signatures")
        if read is None:
            yield Inconclusive("申请书的家庭成员签字栏没有识别出来，请对照图像")
            continue
        given = {name_key(str(n)) for n in _listed(read.value) if n not in (False, "")}
        if form.made_here:  # drawn names cannot be read; who drew them is kept
            given |= {name_key(x.name) for x in s.filing.signatures if x.part == "member"}
        absent = [m for m in members if name_key(m) not in given]
        if absent:
            place = Seen(form, "member_signatures", read.value, read.page, read.quote, read.box, 1.0).place()
            yield from _unsigned(absent, len(given), len(members), place)


def _unsigned(absent: list[str], given: int, wanted: int, place: Any) -> Outcome:
    """Handwriting may be misread: with as many signatures as members only a doubt is left."""
    who = "、".join(absent)
    if given >= wanted:
        yield Inconclusive(f"家庭成员签字与“{who}”对不上，可能是字迹识别误差，请对照图像")
        return
    message = f"参加经营的家庭成员{who}没有在申请书上签字"
    yield Defect(f"{who}签字", "没有签字", message, ("family_members",), (place,))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else re.split(r"[、,，\s]+", str(value))


@rule("agent")
def agent(s: Submitted, check: Check) -> Outcome:
    """An agent without identity document, powers or signature, or whose document is somebody else's."""
    if s.of("has_agent") is not True:
        return
    if not s.materials("agent_id_card"):
        yield Defect("agent_id_card 代理人身份证件", "未提交", "委托代理，但没有提交代理人身份证件", ("agent_name",))
    if not s.of("agent_powers"):
        yield Defect("逐项写明委托权限", "未填写", "没有写明代理人的委托权限", ("agent_powers",))
    name = str(s.of("agent_name", ""))
    for seen in s.seen("name", "agent_id_card"):
        if name and same_person(name, str(seen.value), seen.sure) == "different":
            message = f"填报的代理人“{name}”与代理人身份证上的“{seen.value}”不一致"
            yield Defect(name, str(seen.value), message, ("agent_name",), (seen.place(),))
    for seen in s.seen("agent_name", "application_form"):
        if name and same_person(name, str(seen.value), seen.sure) == "different":
            message = f"填报的代理人“{name}”与申请书上的“{seen.value}”不一致"
            yield Defect(name, str(seen.value), message, ("agent_name",), (seen.place(),))


@rule("amounts_agree")
def amounts_agree(s: Submitted, check: Check) -> Outcome:
    """Capital that differs between the filing and the form, or between figures and words."""
    filed = amount(s.of("capital_wan")) if s.of("capital_wan") is not None else None
    for seen in s.seen("capital_wan", "application_form"):
        read = amount(seen.value)
        if read is None:
            yield Inconclusive(f"申请书的出资额“{seen.quote}”无法识别")
        elif filed is not None and read != filed:
            yield from _amount_differs(s, seen, f"{_wan(filed)}万元", f"{_wan(read)}万元")
    for seen in s.seen("capital_words", "application_form"):
        read = amount(seen.value)
        figures = next((amount(f.value) for f in s.seen("capital_wan", "application_form")), None)
        if read is not None and read not in (filed, figures):
            yield from _amount_differs(s, seen, f"{_wan(filed or figures)}万元", str(seen.value))
        elif read is not None and figures is not None and read != figures:
            yield from _amount_differs(s, seen, f"{_wan(figures)}万元", str(seen.value))


def _amount_differs(s: Submitted, seen: Seen, expected: str, found: str) -> Outcome:
    if not seen.clear:
        yield Inconclusive(f"申请书的出资额读作“{seen.quote}”，与填报的{expected}不同，字迹不清，请对照图像")
        return
    message = f"网上填报的出资额{expected}与{kind_title(s, seen)}上的{found}不一致"
    yield Defect(expected, found, message, ("capital_wan",), (seen.place(),))


def _wan(yuan: Decimal | None) -> str:
    """Yuan as 万元, without trailing zeros."""
    return "" if yuan is None else f"{(yuan / 10000).normalize():f}"


@rule("values_agree")
def values_agree(s: Submitted, check: Check) -> Outcome:
    """Two documents, or a document and the filing, disagree on what no other check names."""
    yield from _members(s)
    yield from _form_text(s)


def _members(s: Submitted) -> Outcome:
    """Family members: the filing, their cards and the household register must name the same numbers."""
    filed = s.of("family_members") or ()
    known: list[tuple[str, str, Seen | None]] = []
    known += [(str(p.get("name", "")), plain(str(p.get("id_number", ""))), None) for p in filed]
    for seen in s.seen("members", "family_proof"):
        people = seen.value if isinstance(seen.value, list) else []
        known += [(str(p.get("name", "")), plain(str(p.get("id_number") or "")), seen) for p in people]
    for card in s.seen("name", "member_id_card"):
        number = s.look(card.material, "id_number")
        if number is not None:
            yield from _member_number(s, card, number, known)


def _member_number(s: Submitted, card: Seen, number: Seen, known: list[tuple[str, str, Seen | None]]) -> Outcome:
    read = plain(str(number.value)).upper()
    against = [(n, seen) for name, n, seen in known if n and same_name(name, str(card.value)) and n.upper() != read]
    if not against:
        return
    if not number.clear:
        yield Inconclusive(f"家庭成员{card.value}的号码读作{read}，与其他材料不同，字迹不清，请对照图像")
        return
    places = (number.place(), *(seen.place() for _, seen in against if seen is not None))
    message = f"家庭成员{card.value}身份证上的号码{read}与填报或者户口簿上的{against[0][0]}不一致"
    yield Defect(against[0][0], read, message, ("family_members",), places)


def _form_text(s: Submitted) -> Outcome:
    """The printed form against the filing: name of the business."""
    filed = s.of("business_name") if s.of("has_name") else None
    for seen in s.seen("business_name", "application_form"):
        if filed and plain(str(seen.value)) != plain(str(filed)) and seen.clear:
            message = f"填报的名称“{filed}”与{kind_title(s, seen)}上的“{seen.value}”不一致"
            yield Defect(str(filed), str(seen.value), message, ("business_name",), (seen.place(),))
