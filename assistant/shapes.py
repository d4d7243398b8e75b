"""How values look in documents: names, numbers, days, addresses, amounts. Texts are plain letters without spaces."""

from __future__ import annotations

import re
from datetime import date

from assistant.amounts import amounts
from assistant.dates import days
from assistant.sheet import Shape, Shaped

HAN = r"\u3400-\u9fff\U00020000-\U000323af\u3007"
_NAME = re.compile(rf"[{HAN}]{{2,16}}(?:[·•.][{HAN}]{{1,12}})*")
_NOT_NAME = re.compile(
    r"身份证|公民|性别|民族|联系|电话|手机|证件|证号|号码|签字|签名|签章|盖章|日期|以下|地址|住址|出生|年月|"
    r"法定|单位|统一|姓名|复印|登记|（|经营|签订|手印|委托|文化|政治|国籍|与户|户主"
)
_ID = re.compile(r"[0-9OoIlZ]{14,19}[0-9Xx×]?|[A-Z][0-9]{7,10}")
_ETHNICITY = re.compile(rf"[^{HAN}]?([{HAN}]{{1,8}})")
_ADDRESS = re.compile(r"[^,;。]{4,120}")
_AREA = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)")
_CONFUSED = str.maketrans("OoIlZ×x", "00112XX")
_LONG = re.compile(r"长期|永久")


def person(text: str) -> Shaped | None:
    """A person's name; `·` as printed."""
    match = _NAME.match(text.lstrip("_"))
    if not match:
        return None
    skipped = len(text) - len(text.lstrip("_"))
    name = match.group()
    stop = _NOT_NAME.search(name)
    if stop:
        name = name[: stop.start()]
    if len(name) < 2:
        return None
    return Shaped(name.replace("•", "·").replace(".", "·"), skipped, skipped + len(name))


def people(text: str) -> Shaped | None:
    """One or several names, kept as one text with 、 between them."""
    names: list[str] = []
    start = end = 0
    while found := person(text[end:]):
        names.append(found.value)
        end += found.end
        if end >= len(text) or text[end] not in "、,/和及":
            break
        end += 1
    return Shaped("、".join(names), start, min(end, len(text))) if names else None


def party(text: str) -> Shaped | None:
    """A person or an organisation: up to the next mark or label."""
    match = re.match(rf"[{HAN}A-Za-z0-9·•()]{{2,40}}", text.lstrip("_"))
    if not match:
        return None
    skipped = len(text) - len(text.lstrip("_"))
    name = match.group()
    if _NOT_NAME.match(name):
        return None
    stop = _NOT_NAME.search(name[1:])
    if stop and "公司" not in name:
        name = name[: stop.start() + 1]
    return Shaped(name, skipped, skipped + len(name)) if len(name) >= 2 else None


def id_number(text: str) -> Shaped | None:
    """An identity number as printed, letters that recognition takes for digits turned back."""
    match = _ID.search(text[:30])
    if not match:
        return None
    raw = match.group()
    number = raw if raw[0].isalpha() and raw[1:].isdigit() and len(raw) < 13 else raw.translate(_CONFUSED)
    return Shaped(number.upper(), *match.span())


def gender(text: str) -> Shaped | None:
    """`male` or `female`."""
    match = re.search(r"男|女", text[:4])
    return Shaped("male" if match.group() == "男" else "female", *match.span()) if match else None


def ethnicity(text: str) -> Shaped | None:
    """The name of the ethnic group with 族."""
    match = _ETHNICITY.match(text)
    if not match:
        return None
    word = re.split(r"出生|住址|性别|公民", match[1])[0]
    return Shaped(word.removesuffix("族") + "族", match.start(1), match.start(1) + len(word)) if word else None


def day(today: date) -> Shape:
    """A day as `YYYY-MM-DD`; one the calendar does not have stays as printed."""

    def shape(text: str) -> Shaped | None:
        for found in days(text[:60], today):
            raw = text[found.start : found.end]
            return Shaped(found.value.isoformat() if found.value else raw, found.start, found.end)
        return None

    return shape


def last_day(today: date) -> Shape:
    """The end of a period: its second day, or 长期."""

    def shape(text: str) -> Shaped | None:
        if match := _LONG.search(text[:40]):
            return Shaped("长期", *match.span())
        found = days(text[:60], today)
        if len(found) < 2:
            return None
        raw = text[found[1].start : found[1].end]
        return Shaped(found[1].value.isoformat() if found[1].value else raw, found[1].start, found[1].end)

    return shape


def address(text: str) -> Shaped | None:
    """An address: up to the next comma or full stop."""
    match = _ADDRESS.match(text)
    return Shaped(match.group().rstrip(":."), 0, len(match.group().rstrip(":."))) if match else None


def words(text: str) -> Shaped | None:
    """All of the text, marks at the end dropped."""
    kept = text.strip("_").rstrip("。;,.")
    start = len(text) - len(text.lstrip("_"))
    return Shaped(kept, start, start + len(kept)) if kept else None


def area(text: str) -> Shaped | None:
    """Square metres as a number."""
    match = _AREA.search(text[:30])
    return Shaped(float(match[1]), *match.span(1)) if match else None


def capital(text: str) -> Shaped | None:
    """An amount in 万元: the figures before 万元 or 元."""
    match = re.match(r"[^\d]{0,4}(\d[\d,]*(?:\.\d+)?)(万?)元?", text)
    if not match:
        return None
    number = float(match[1].replace(",", ""))
    yuan = not match[2] and match.group().endswith("元")
    return Shaped(number / 10000 if yuan else number, match.start(1), match.end(1))


def capital_words(text: str) -> Shaped | None:
    """The amount in words as printed (壹万元整); what it says is `amount_said`."""
    match = re.match(r"[零〇一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟萬億两元圆整正角分]{2,}", text)
    return Shaped(match.group(), *match.span()) if match else None


def amount_said(words_: str) -> float | None:
    """What an amount in words says, in 万元."""
    found = amounts(words_)
    return found[0].value if found else None


def url(text: str) -> Shaped | None:
    """A web address."""
    match = re.search(r"(?:https?:/{1,2})?(?:[\w-]+\.)+[A-Za-z]{2,}[\w./?=&%#:-]*", text)
    return Shaped(match.group(), *match.span()) if match else None
