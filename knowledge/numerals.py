"""Quantities in Chinese text as comparable values: 五万元, 5万元 and 50000元 are one; 三个工作日 is not 三日.

Knows money, percentages and fractions, durations, ages, clock times, days of the year and counts.
Article numbers (第十九条) are references, not quantities, and are left out.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Bound = Literal["", ">=", "<="]

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "半": 0.5}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_BIG = {"万": 10_000, "亿": 100_000_000}
_DECIMAL = r"[零〇一二三四五六七八九十]+点[零〇一二三四五六七八九]+(?=倍|[万亿元米平公吨%])[万亿]?"
_N = (
    rf"(?:{_DECIMAL}|\d[\d,]*(?:\.\d+)?(?:[百万亿]|千(?![克米瓦]))*"
    r"|(?:[零〇一二两俩三四五六七八九十百万亿]|千(?![克米瓦]))+|半)"
)
_UNIT = (
    r"个?工作日|个?自然日|个月|个星期|个小时|个?钟头|小时|分钟|星期|周岁|周年|美元|块钱|人民币|平方米|平米|千克|公斤|公里|汉字"
    r"|元|块|圆|日|天|月|年|岁|周|时|点|倍|成|人|名|个|次|种|米|吨|份|套|条|件|户|家|字"
)
_SAME = {
    "个工作日": "工作日", "天": "日", "个月": "月", "个小时": "小时", "个钟头": "小时", "钟头": "小时",
    "周岁": "岁", "块钱": "元", "块": "元", "圆": "元", "人民币": "元", "点": "时", "名": "人", "周年": "年",
    "公斤": "千克", "平米": "平方米", "自然日": "日", "个自然日": "日", "汉字": "字", "个星期": "周", "星期": "周",
}  # fmt: skip
_VAGUE = {"个", "次", "种", "人", "份", "套", "条", "件", "户", "家", "字", ""}
_QUANTITY = re.compile(rf"(?P<num>{_N})\s*(?:多|余)?(?P<unit>{_UNIT})?(?:的?罚款)?")
_PART = re.compile(rf"(?P<base>百|千|万|[二三四五六七八九十])分之(?P<num>{_N})")
_HALF = re.compile(r"(?:超?过|达到|不足)?半数|一半")
_RATIO = re.compile(r"(?P<num>\d{1,2})/(?P<base>\d{1,2})(?![/\d])")
_PERCENT = re.compile(r"(?P<num>\d+(?:\.\d+)?)\s*[%‰]")
_DAY = re.compile(rf"(?P<month>{_N})月(?:份)?(?:(?P<day>{_N})[日号]|(?P<end>底))")
_YEAR = re.compile(r"(?P<num>(?:19|20)\d\d|二[〇零][〇零一二三四五六七八九]{2})年")
_DOUBLE = re.compile("双倍|翻倍|加倍")
_NOT_A_NUMBER = re.compile(
    r"一(?:律|般|样|起|致|同|次性|经|方|定|切|旦|些|直|并|体|站|网|窗|款|项|边|块(?!钱|以|内)|点(?![零〇一二三四五六七八九十半])|会|下|家(?!公司|企业))"
    r"|统一|同一|唯一|(?<!分)之一|进一步|万一|千万别|千万不|十分(?!之)|单一|任一|每一|另一|某一|这一|那一|(?<!以)上一|(?<!以)下一|一个人|百姓"
)
_REFERENCE = re.compile(
    rf"第{_N}(?:条(?:之{_N})?|款|项|章|节|编|次|类|年|天|个|批|步|三人|二人|三者)|[(（]{_N}[)）]|(?<=\n){_N}、"
)
_RANGE = re.compile(r"\s*(?:以上|以下)?\s*(?:至|到|~|-|—|－|～)\s*")


@dataclass(frozen=True)
class Quantity:
    """One number with its unit. `value` is in `unit`: 元, % (a fraction times 100), 日, 工作日, 月, 年, 岁, 时
    (hour of the day), 月日 (month × 100 + day), 年份, 倍, or a count; `unit` is empty when the text leaves it out."""

    value: float
    unit: str
    text: str
    start: int
    end: int
    bound: Bound = ""
    strict: bool = False
    """The bound leaves the number itself out (不满, 超过, 以外)."""


def widen(text: str) -> str:
    """The text with full-width forms as half-width (NFKC), length kept where NFKC keeps it."""
    return "".join(n if len(n := unicodedata.normalize("NFKC", c)) == 1 else c for c in text)


def number(words: str) -> float | None:
    """Value of Arabic, Chinese or mixed numerals (`5万`, `二十`, `1.5万`, `二百一十八`); None when it is none."""
    plain = words.replace(",", "")
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([百千万亿]*)", plain)
    if found:
        value = float(found[1])
        for c in found[2]:
            value *= (_UNITS | _BIG)[c]
        return value
    if "点" in plain:
        return _decimal(plain)
    if not plain or any(c not in _DIGITS and c not in _UNITS and c not in _BIG for c in plain):
        return None
    return _chinese(plain)


def _decimal(words: str) -> float | None:
    """一点五 is 1.5, 一点五万 is 15000."""
    whole, _, rest = words.partition("点")
    big = _BIG.get(rest[-1:], 1)
    digits = rest.rstrip("万亿")
    before = number(whole)
    if before is None or not digits or any(c not in _DIGITS for c in digits):
        return None
    return float(f"{before:.0f}.{''.join(str(int(_DIGITS[c])) for c in digits)}") * big


def _chinese(words: str) -> float:
    if len(words) > 1 and all(c in _DIGITS for c in words):
        return float("".join(str(int(_DIGITS[c])) for c in words))
    total = section = digit = 0.0
    for c in words:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _UNITS:
            section, digit = section + (digit or 1) * _UNITS[c], 0
        else:
            total, section, digit = (total + (section + digit or 1)) * _BIG[c], 0, 0
    return total + section + digit


def quantities(text: str) -> list[Quantity]:
    """Every quantity of the text, in its order; spans are places in `text`."""
    plain = widen(text)
    found: list[Quantity] = []
    taken = [m.span() for m in _REFERENCE.finditer(plain)]
    taken += [m.span() for m in _NOT_A_NUMBER.finditer(plain)]

    def free(span: tuple[int, int]) -> bool:
        return all(span[1] <= a or span[0] >= b for a, b in taken)

    for pattern, read in (
        (_DAY, _day),
        (_YEAR, _year),
        (_PART, _part),
        (_PERCENT, _percent),
        (_DOUBLE, _double),
        *_SHARES,
    ):
        for m in pattern.finditer(plain):
            quantity = read(m) if free(m.span()) else None
            if quantity:
                taken.append(m.span())
                found.append(quantity)
    found += _counted(plain, taken)
    return sorted((_bounded(q, plain) for q in found), key=lambda q: q.start)


def _day(m: re.Match[str]) -> Quantity | None:
    month = number(m["month"]) or 0
    day = 31 if m["end"] and month in (1, 3, 5, 7, 8, 10, 12) else 30 if m["end"] else number(m["day"]) or 0
    good = 1 <= month <= 12 and 1 <= day <= 31
    return Quantity(month * 100 + day, "月日", m[0], m.start(), m.end()) if good else None


def _year(m: re.Match[str]) -> Quantity | None:
    return Quantity(number(m["num"]) or 0, "年份", m[0], m.start(), m.end())


def _part(m: re.Match[str]) -> Quantity | None:
    base, value = number(m["base"]), number(m["num"])
    return Quantity(round(value / base * 100, 6), "%", m[0], m.start(), m.end()) if base and value is not None else None


def _percent(m: re.Match[str]) -> Quantity | None:
    scale = 0.1 if m[0].endswith("‰") else 1
    return Quantity(float(m["num"]) * scale, "%", m[0], m.start(), m.end())


def _double(m: re.Match[str]) -> Quantity | None:
    return Quantity(2, "倍", m[0], m.start(), m.end())


def _half(m: re.Match[str]) -> Quantity | None:
    return Quantity(50, "%", m[0], m.start(), m.end())


def _ratio(m: re.Match[str]) -> Quantity | None:
    num, base = int(m["num"]), int(m["base"])
    good = 0 < num < base
    return Quantity(round(num / base * 100, 6), "%", m[0], m.start(), m.end()) if good else None


_SHARES = ((_HALF, _half), (_RATIO, _ratio))


def _counted(plain: str, taken: list[tuple[int, int]]) -> list[Quantity]:
    """Numbers with a unit after them, or in a range whose end has one, or plainly large."""
    free = [
        m for m in _QUANTITY.finditer(plain) if all(m.end("num") <= a or m.start() >= b for a, b in taken)
    ]  # fmt: skip
    out: list[Quantity] = []
    for i, m in enumerate(free):
        value, unit = number(m["num"]), m["unit"] or ""
        follows = free[i + 1] if i + 1 < len(free) else None
        if value is not None and not unit and follows and _RANGE.fullmatch(plain[m.end() : follows.start()]):
            unit = follows["unit"] or ""
            value = _lent(value, m["num"], follows["num"])
        quantity = _unit(value, _SAME.get(unit, unit), m) if value is not None else None
        if quantity:
            out.append(quantity)
    return out


def _lent(value: float, words: str, end: str) -> float:
    """五到十万 lends its 万 to the five."""
    big = end[-1] if end[-1] in _BIG and not set(words) & (set(_BIG) | {"百", "千"}) else ""
    return value * _BIG.get(big, 1)


def _unit(value: float, unit: str, m: re.Match[str]) -> Quantity | None:
    if unit == "成":
        value, unit = value * 10, "%"
    if unit == "周":
        value, unit = value * 7, "日"
    if value == 0.5 and unit == "年":
        value, unit = 6, "月"
    if value == 0.5 and unit == "月":
        value, unit = 15, "日"
    if unit == "年" and value % 1 == 0.5:
        value, unit = value * 12, "月"
    if unit in ("年", "月", "日") and value == 1 and _RATE.match(m.string[m.end() : m.end() + 14]):
        return None
    # 一个, 一次 are articles rather than counts; a bare digit without a unit says too little.
    if unit in ("人", "个") and value == 1 and _AT_LEAST.match(m.string[m.end() :]):
        return Quantity(value, unit, m[0], m.start(), m.end())
    if unit in _VAGUE and (value <= 1 or (not unit and value < 10)):
        return None
    if unit == "时" and value <= 12 and _EVENING.search(m.string[max(0, m.start() - 3) : m.start()]):
        value += 12
    return Quantity(value, unit, m[0], m.start(), m.end())


_AT_LEAST = re.compile("以上")
_RATE = re.compile(rf"(?:至少|最多|要)[^，。内]{{0,8}}次|[交缴补发给付收罚领]{_N}(?:元|块)")
"""一年补三千元 is a rate."""
_EVENING = re.compile(r"(?:晚上?|夜里?|夜间|下午|傍晚)$")
_MORE = re.compile(r"^(?:\s*(?:的罚款)?)(?:以上|以后|起|及以上|以外|之外)")
_LESS = re.compile(r"^(?:以下|以内|之内|内|及以下|前|之前|以前)")
_MORE_BEFORE = re.compile(
    r"(?:至少|最少|最低|不得?(?:少于|低于|小于|早于|短于)|(?<!不)(?<!不得)(?:超过|大于|高于|多于|晚于)|(?<![不未])满)为?$|(?:至少|最少)[一-龥]{1,3}$"
)
_LESS_BEFORE = re.compile(
    r"(?:至多|最多|最长|最高|最晚|最迟|上限|不得?(?:超过|大于|高于|多于|晚于|长于|迟于)"
    r"|(?<!不)(?<!不得)(?:少于|低于|小于|早于)|不满|未满|不足|不到|未到)(?:不得超过|为|是)?$|(?:至多|最多|最长)[一-龥]{1,3}$"
)
_STRICT = re.compile(
    r"(?:(?<!不)(?<!不得)(?:超过|大于|高于|多于|晚于|少于|低于|小于|早于)|不满|未满|不足|不到|未到)为?$"
)
"""以上, 以下, 以内, 届满 include the number; 不满, 超过, 以外 do not (民法典 第一千二百五十九条)."""


def _bounded(q: Quantity, plain: str) -> Quantity:
    after, before = plain[q.end : q.end + 4], plain[max(0, q.start - 8) : q.start]
    bound: Bound = ""
    if _LESS.match(after) or _LESS_BEFORE.search(before):
        bound = "<="
    elif _MORE.match(after) or _MORE_BEFORE.search(before):
        bound = ">="
    strict = bool(_STRICT.search(before)) or after.startswith(("以外", "之外"))
    return Quantity(q.value, q.unit, q.text, q.start, q.end, bound, strict)


def comparable(a: Quantity, b: Quantity) -> bool:
    """Whether two quantities measure the same thing, so that different values disagree."""
    if a.unit == b.unit:
        return True
    if {a.unit, b.unit} <= {"月", "年", "日", "工作日"}:
        return True
    return "" in (a.unit, b.unit) and min(a.value, b.value) >= 100 and {a.unit, b.unit} <= {"", "元"}


def same(a: Quantity, b: Quantity) -> bool:
    """Whether two quantities are equal in value and unit; a year is twelve months, a day never a working day."""
    if a.unit == b.unit or "" in (a.unit, b.unit):
        return abs(a.value - b.value) < 1e-6
    months = {"月": 1, "年": 12}
    if a.unit in months and b.unit in months:
        return abs(a.value * months[a.unit] - b.value * months[b.unit]) < 1e-6
    hours = {"小时": 1, "日": 24}
    if a.unit in hours and b.unit in hours:
        return abs(a.value * hours[a.unit] - b.value * hours[b.unit]) < 1e-6
    # Ages and counts are often told without 周岁 or with another measure word.
    return {a.unit, b.unit} <= {"年", "岁"} | _VAGUE and abs(a.value - b.value) < 1e-6
