"""Who applies: identity documents, what the number says, age, and bars on applying.

GB 11643-1999 (identity number) · 市场主体登记管理条例 第十五条 · 民法典 第十七、十八条 · 公务员法 第五十九条（十六）.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from assistant.identity import age_on, birth_date, gender, id_number_problem, plain_number
from knowledge.items import Check
from review.compare import day, plain, same_name, same_person
from review.submitted import Defect, Inconclusive, Outcome, Seen, Submitted, issue_codes, rule

_CARDS = ("operator_id_card", "member_id_card", "agent_id_card")
_SEX = {"男": "male", "女": "female", "male": "male", "female": "female"}
_SAID = {"male": "男", "female": "女"}
_PUBLIC_POST = ("公务员", "参公", "机关干部", "现役军人", "警察", "法官", "检察官")
_NOT_A_POST = ("退休", "离职", "辞职", "原")
_FIELDS_OF_CARD = {
    "operator_id_card": ("operator_name", "operator_id_number"),
    "agent_id_card": ("agent_name", "agent_id_number"),
}


def id_fault(s: Submitted, number: str) -> str | None:
    """What is wrong with a resident identity number, in words; None when form, date and check digit are right."""
    problem = id_number_problem(plain_number(number), s.filed_on)
    return problem[1] if problem else None


def impossible(s: Submitted, number: str) -> bool:
    """Whether the number holds a day that does not exist."""
    problem = id_number_problem(plain_number(number), s.filed_on)
    return problem is not None and problem[0] == "ID_DATE"


def resident(s: Submitted) -> bool:
    """Whether the operator applies with a resident identity card."""
    return bool(s.of("operator_id_type", "resident_id") == "resident_id")


def _number(s: Submitted) -> str | None:
    """The operator's number: as filed, else as the card shows."""
    filed = s.of("operator_id_number")
    cards = s.seen("id_number", "operator_id_card")
    number = str(filed) if filed else (str(cards[0].value) if cards else None)
    return plain_number(number) if number else None


@rule("id_number")
def id_number(s: Submitted, check: Check) -> Outcome:
    """Number malformed, in the form or as printed on a document."""
    for name in check.params.get("fields") or ("operator_id_number", "family_members", "agent_id_number"):
        for who, value in _numbers_of(s, name):
            if fault := id_fault(s, value):
                yield Defect("18位有效的身份证号码", value, f"{who}号码“{value}”有误：{fault}", fields=(name,))
    if resident(s):
        yield from _printed_numbers(s)


def _numbers_of(s: Submitted, name: str) -> list[tuple[str, str]]:
    """(whose, number) of a field that holds one number or a list of people."""
    value = s.of(name)
    if not value or (name == "operator_id_number" and not resident(s)):
        return []
    if isinstance(value, list):
        return [(f"家庭成员{p.get('name', '')}的", str(p.get("id_number", ""))) for p in value]
    return [("填报的", str(value))]


def _printed_numbers(s: Submitted) -> Outcome:
    """A bad number on a card counts when another document shows the same: two readings do not err alike."""
    filed = str(s.of("operator_id_number", ""))
    others = [str(o.value) for o in s.seen("operator_id_number", "application_form")]
    others += [str(o.value) for key in ("lessee_id", "id_number") for o in s.seen(key, "lease", "platform_proof")]
    for seen in s.seen("id_number", "operator_id_card"):
        fault = id_fault(s, str(seen.value))
        if not fault or str(seen.value) == filed:
            continue
        if str(seen.value) in others or (seen.clear and impossible(s, str(seen.value))):
            message = f"身份证上的号码“{seen.value}”有误：{fault}"
            places = (seen.place(),)
            yield Defect("18位有效的身份证号码", str(seen.value), message, ("operator_id_number",), places)
        else:
            yield Inconclusive(f"身份证号码读作“{seen.value}”，校验不过，可能是识别误差，请对照图像")


@rule("id_valid_on")
def id_valid_on(s: Submitted, check: Check) -> Outcome:
    """An identity document that has run out, or does not run yet, on the filing day."""
    for seen in s.seen("valid_to", *(check.params.get("kinds") or _CARDS)):
        if "长期" in str(seen.value):
            continue
        end = day(seen.value)
        if end is None:
            yield Inconclusive(f"有效期限“{seen.quote}”无法识别")
        elif end < s.filed_on:
            title = _title(s, seen)
            message = f"{title}有效期至{end}，申请日{s.filed_on}已过期"
            yield Defect(f"申请日{s.filed_on}仍在有效期内", f"有效期至{end}", message, places=(seen.place(),))


def _title(s: Submitted, seen: Seen) -> str:
    return {"operator_id_card": "经营者身份证", "agent_id_card": "代理人身份证"}.get(
        seen.material.kind, "家庭成员身份证"
    )


@rule("id_both_sides")
def id_both_sides(s: Submitted, check: Check) -> Outcome:
    """A card of which only one side is there."""
    for material in s.materials(*(check.params.get("kinds") or _CARDS)):
        if "ID_BACK_MISSING" in issue_codes(material):
            message = "身份证只有一面，请补交正反两面"
            yield Defect("人像面和国徽面", "只有一面", message, places=(s.whole(material),))


@rule("same_value")
def same_value(s: Submitted, check: Check) -> Outcome:
    """A filed name or number that a document states otherwise; all documents that do in one finding."""
    name, read = str(check.params["field"]), str(check.params["read"])
    filed = s.of(name)
    if not filed:
        return
    card = f"{name.partition('_')[0]}_id_card"
    against = [*s.seen(read, card), *s.seen(name, "application_form")]
    other: list[Seen] = []
    for seen in against:
        verdict = _verdict(s, name, str(filed), seen)
        if isinstance(verdict, Inconclusive):
            yield verdict
        elif verdict:
            other.append(seen)
    if other:
        where = "、".join(dict.fromkeys(kind_title(s, seen) for seen in other))
        message = f"填报的{s.item.field(name).title}“{filed}”与{where}上的“{other[0].value}”不一致"
        yield Defect(str(filed), str(other[0].value), message, (name,), tuple(seen.place() for seen in other))


def _verdict(s: Submitted, name: str, filed: str, seen: Seen) -> bool | Inconclusive:
    """Whether the document says something else, or why that cannot be told."""
    if name.endswith("number"):
        return _number_differs(s, filed, seen)
    verdict = same_person(filed, str(seen.value), seen.sure)
    if verdict != "doubt":
        return verdict == "different"
    return Inconclusive(f"{kind_title(s, seen)}上读作“{seen.value}”，与填报的“{filed}”不同，可能是识别误差，请对照图像")


def _number_differs(s: Submitted, filed: str, seen: Seen) -> bool | Inconclusive:
    one, read = plain(filed).upper(), plain(str(seen.value)).upper()
    if one == read:
        return False
    if resident(s) and id_fault(s, read) and (not seen.clear or _close(one, read)):
        return Inconclusive(f"号码读作{read}，与填报的{one}不同，可能是识别误差，请对照图像")
    return True


def _close(a: str, b: str) -> bool:
    """Two numbers that a reading error of a digit or two would turn into each other."""
    return SequenceMatcher(None, a, b, autojunk=False).ratio() > 0.85


def kind_title(s: Submitted, seen: Seen) -> str:
    """What the document is called in the item."""
    need = s.item.material(seen.material.kind)
    return f"《{need.title}》" if need else "材料"


@rule("from_id_number")
def from_id_number(s: Submitted, check: Check) -> Outcome:
    """Sex or date of birth that the identity number contradicts, as filed or as printed."""
    name = str(check.params["field"])
    number = _number(s)
    if not resident(s) or number is None or id_fault(s, number):
        return
    said = gender(number) if name == "operator_gender" else str(birth_date(number))
    filed = s.of(name)
    label = s.item.field(name).title
    if filed and _canonical(filed) != said:
        message = f"填报的{label}“{_SAID.get(str(filed), filed)}”与身份证号码所示“{_SAID.get(str(said), said)}”不符"
        yield Defect(_SAID.get(str(said), str(said)), _SAID.get(str(filed), str(filed)), message, (name,))
    yield from _printed(s, name, label)


def _printed(s: Submitted, name: str, label: str) -> Outcome:
    """What the card prints against the number on the same card."""
    key = "gender" if name == "operator_gender" else "birth_date"
    for seen in s.seen(key, "operator_id_card"):
        read = s.look(seen.material, "id_number")
        number = plain_number(str(read.value)) if read else ""
        if not read or id_fault(s, number):
            continue
        said = gender(number) if key == "gender" else str(birth_date(number))
        if _canonical(seen.value) == said:
            continue
        if not seen.clear:
            yield Inconclusive(f"身份证上的{label}读作“{seen.quote}”，与号码不符，字迹不清，请对照图像")
            continue
        shown = _SAID.get(str(_canonical(seen.value)), str(seen.value))
        message = f"身份证上印的{label}“{shown}”与证件号码所示“{_SAID.get(str(said), said)}”不符"
        yield Defect(_SAID.get(str(said), str(said)), shown, message, (name,), (seen.place(),))


def _canonical(value: Any) -> str:
    return _SEX.get(str(value), str(value))


@rule("age")
def age(s: Submitted, check: Check) -> Outcome:
    """Age on the filing day within `least` ≤ age < `below`, whichever are given."""
    number = _number(s)
    born = (
        birth_date(number) if number and resident(s) and not id_fault(s, number) else day(s.of("operator_birth_date"))
    )
    if born is None:
        yield Inconclusive("出生日期无法确定")
        return
    old, least, below = age_on(born, s.filed_on), check.params.get("least", 0), check.params.get("below", 999)
    if not least <= old < below:
        return
    places = tuple(c.place() for c in s.seen("id_number", "operator_id_card"))[:1]
    note = "须由工作人员核实是否以自己的劳动收入为主要生活来源" if old >= 16 else "不能独立登记为个体工商户"
    message = f"经营者{born}出生，申请日{s.filed_on}为{old}周岁，{note}"
    yield Defect("年满18周岁，或年满16周岁并以自己的劳动收入为主要生活来源", f"{old}周岁", message, _BIRTH, places)


_BIRTH = ("operator_birth_date", "operator_id_number")


@rule("restricted_person")
def restricted_person(s: Submitted, check: Check) -> Outcome:
    """A person barred by the office's list, or whom a document shows in a public post."""
    yield from _barred(s)
    occupation = str(s.of("operator_occupation", ""))
    if _public_post(occupation):
        message = f"经营者职业为“{occupation}”，公务员不得从事或者参与营利性活动"
        yield Defect("不是在职公务员", occupation, message, ("operator_occupation",))
    for seen in _posts(s):
        message = f"材料载明经营者职业为“{seen.value}”，公务员不得从事或者参与营利性活动"
        yield Defect("不是在职公务员", str(seen.value), message, ("operator_occupation",), (seen.place(),))


def _barred(s: Submitted) -> Outcome:
    if s.office.restricted_persons is None:
        yield Inconclusive("没有配置受限人员名单")
        return
    name, number = str(s.of("operator_name", "")), plain(str(s.of("operator_id_number", "")))
    person = s.office.restricted(name, number, s.filed_on)
    if person is not None:
        message = f"经营者在受限人员名单中：{person.reason}"
        yield Defect("不在受限期内", person.reason, message, ("operator_name", "operator_id_number"))


def _public_post(words: str) -> bool:
    return any(w in words for w in _PUBLIC_POST) and not any(w in words for w in _NOT_A_POST)


def _posts(s: Submitted) -> Iterator[Seen]:
    """Where a household register gives the operator's occupation as a public post."""
    name = str(s.of("operator_name", ""))
    for seen in s.seen("members", "family_proof"):
        for person in seen.value if isinstance(seen.value, list) else ():
            post = str(person.get("occupation") or "")
            if same_name(str(person.get("name", "")), name) and _public_post(post):
                yield _post(s, seen, post)


def _post(s: Submitted, seen: Seen, post: str) -> Seen:
    """The line that names the post, or the register as a whole."""
    line = next((ln for ln in s.lines(seen.material) if post in ln.text), None)
    page, quote, box = (line.page, line.text, line.box) if line else (seen.page, seen.quote, seen.box)
    return Seen(seen.material, seen.key, post, page, quote, box, seen.sure)
