"""Amounts of money in 万元 and whole numbers, in figures or in Chinese numerals."""

from __future__ import annotations

import re
from dataclasses import dataclass

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "仨": 3, "壹": 1, "贰": 2}
DIGITS |= dict(zip("叁肆伍陆柒捌玖", range(3, 10), strict=True))
UNITS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_HAN = "零〇一二两三四五六七八九壹贰叁肆伍陆柒捌玖"
_STEP = "十百千拾佰仟"
_NUMBER = rf"(?:\d+(?:,\d{{3}})*(?:\.\d+)?|[{_HAN}{_STEP}]+(?:点[{_HAN}]+)?|半)"
_MONEY = re.compile(
    rf"(?P<n>{_NUMBER})\s*(?:个)?\s*(?P<unit>万|萬|w|k|千|亿)?\s*(?P<more>{_NUMBER})?\s*(?P<tail>千|百)?\s*"
    r"(?P<yuan>块钱|块|元|圆|塊|蚊|大洋|人民币|rmb|yuan)?",
    re.I,
)
_HEDGED = re.compile(
    rf"{_NUMBER}\s*[万千wk]?\s*(?:到|至|~|—)\s*{_NUMBER}\s*[万千wk](?:块|元)?(?:之间|左右)?|"
    rf"[几幾]\s*[十百千]?\s*[万千块元]|[{_HAN}\d]+[十百]?[来多几余]\s*(?:万|千|块|元|个)|十[来几多](?:[一二三四五六七八九]?十?万)?|万把|千把|"
    rf"\d+(?:\.\d+)?\s*[万wk]?\s*(?:到|至|-|~|—|、|或者?|还是)\s*\d+(?:\.\d+)?\s*[万wk千块元]|"
    rf"[一二三四五六七八九两]{{2}}(?:[十百千]?万|[百千](?!万)|十万?)|[一二三四五六七八九]十[一二三四五六七八九]{{2}}万|"
    rf"[{_HAN}]+(?:到|至|或者?|还是)[{_HAN}十]+万|(?:不到|不足|最多|顶多|起码|至少|不超过)[{_HAN}十百\d]|[万千]多",
    re.I,
)
_YUAN_FROM = 1000
"""A bare number this large is yuan: nobody opens a stall with a thousand times ten thousand yuan."""


@dataclass(frozen=True)
class Amount:
    """An amount in 万元 and where it stands; `value` None when the words name no single amount (十来万)."""

    value: float | None
    start: int
    end: int


def numeral(word: str) -> float:
    """The number that a Chinese numeral or a figure says (十八 → 18, 三千五 → 3500, 2.5 → 2.5)."""
    if re.fullmatch(r"[\d,.]+", word):
        return float(word.replace(",", ""))
    if word == "半":
        return 0.5
    whole, _, rest = word.partition("点")
    fraction = float("0." + "".join(str(DIGITS[c]) for c in rest)) if rest else 0.0
    return _whole(whole) + fraction


def _whole(word: str) -> float:
    if not any(c in UNITS for c in word):
        return float("".join(str(DIGITS[c]) for c in word) or 0)
    total, current, unit = 0, 0, 1
    for c in word:
        if c in UNITS:
            unit = UNITS[c]
            total += (current or 1) * unit
            current = 0
        else:
            current = DIGITS[c]
            unit = 1 if c in "零〇" else unit
    return float(total + current * (unit // 10 if unit > 1 and word[-1] not in UNITS else 1))


def amounts(text: str, bare: bool = False) -> list[Amount]:
    """Amounts in the order said; with `bare` a number without a unit counts too."""
    hedges = [m.span() for m in _HEDGED.finditer(text)]
    found = [Amount(None, s, e) for s, e in hedges]
    for m in _MONEY.finditer(text):
        if any(s < m.end() and m.start() < e for s, e in hedges):
            continue
        value = _value(m, bare)
        if value is not None and value > 0:
            found.append(Amount(value, m.start(), m.start() + len(m.group().rstrip())))
    return sorted(found, key=lambda a: a.start)


def _value(m: re.Match[str], bare: bool) -> float | None:
    number, unit, yuan = numeral(m["n"]), (m["unit"] or "").lower(), m["yuan"]
    if unit in ("万", "萬", "w"):
        return _round(number + _rest(m, 10000))
    if unit in ("千", "k"):
        return _round((number * 1000 + _rest(m, 1000) * 1000) / 10000)
    if unit == "亿":
        return _round(number * 10000)
    if m["more"] or (not yuan and re.fullmatch(r"\d{9,}", m["n"])):
        return None  # a telephone or identity number
    if yuan:
        return _round(number / 10000)
    if not (bare or re.search("[千仟]", m["n"])) or _stands_in_a_word(m):
        return None
    return _round(number / 10000) if number >= _YUAN_FROM else _round(number)


def _rest(m: re.Match[str], unit: int) -> float:
    """What follows the unit, as a share of it: 一万五 → .5, 两万五千 → .5, 十万八 → .8."""
    if not m["more"]:
        return 0.0
    more = numeral(m["more"])
    if m["tail"]:
        return more * UNITS[m["tail"]] / unit
    return more / 10 if more < 10 and not any(c in UNITS for c in m["more"]) else more / unit


def _stands_in_a_word(m: re.Match[str]) -> bool:
    """一 in 一起, 十 in 十分: a single numeral character followed by another word."""
    text, word = m.string, m["n"]
    if word[0].isdigit():
        around = text[max(0, m.start() - 1) : m.start()] + text[m.end() : m.end() + 1]
        return bool(re.search(r"[A-Za-z@年月日号楼栋岁\d]", around))
    return (
        m.end() < len(text) and bool(re.match(r"[\u4e00-\u9fff]", text[m.end() :])) and text[m.end()] not in "吧啊呀哈"
    )


def _round(number: float) -> float:
    rounded = round(number, 6)
    return int(rounded) if rounded == int(rounded) else rounded


_COUNT = re.compile(rf"(\d+|[{_HAN}十]+|一|俩|仨)\s*(?:本|份|个|张|套|册|copies|copy)?")
_COUNTED_COPIES = re.compile(rf"一正([{_HAN}十]|\d+)副|([{_HAN}十]|\d+)副(?!本|总|业)")
"""一正一副: one original and so many copies."""
_NONE = re.compile(
    r"不(?:用|要|需要|需|领|必|办|申请)|没有?|无|免|算了|唔使|唔要|冇|莫得|零|别|no(?:ne)?(?![a-z])|n't", re.I
)


def counts(text: str) -> tuple[int, int, int] | None:
    """(number, start, end) of a whole number of things; 不用 and 没有 are none."""
    if copies := _COUNTED_COPIES.search(text):
        return int(numeral(copies[1] or copies[2])), *copies.span()
    unit = re.search(rf"(\d+|[{_HAN}十]+|俩|仨)\s*(?:本|份|张|套|册|个|copies|copy)", text, re.I)
    if unit:
        return int(numeral(unit[1])), *unit.span()
    if none := _NONE.search(text):
        return 0, *none.span()
    figure = re.search(r"(?<![\w.])\d{1,3}(?![\w.])", text) or re.search(rf"^[{_HAN}十]+$", text)
    return (int(numeral(figure.group())), *figure.span()) if figure else None
