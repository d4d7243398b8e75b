"""Amounts written out in the numerals of cheques and forms (中国人民银行《正确填写票据和结算凭证的基本规定》)."""

from __future__ import annotations

from decimal import Decimal

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_STEPS = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿")


def in_words(wan: float | int | str) -> str:
    """An amount in 万元, under 10 000 亿元, to the 分: 5 → 伍万元整, 0.5 → 伍仟元整, 1.00005 → 壹万元伍角."""
    cents = int((Decimal(str(wan)) * 1_000_000).to_integral_value())
    yuan, rest = divmod(cents, 100)
    whole = f"{_whole(yuan)}元" if yuan else ""
    if not rest:
        return (whole or "零元") + "整"
    tenths, hundredths = divmod(rest, 10)
    small = f"{_DIGITS[tenths]}角" if tenths else "零" if whole else ""
    return whole + small + (f"{_DIGITS[hundredths]}分" if hundredths else "")


def _whole(number: int) -> str:
    """A whole number over zero."""
    text, group, gap = "", 0, False
    while number:
        number, part = divmod(number, 10_000)
        if part:
            text = _four(part) + _GROUPS[group] + ("零" if gap and text and not text.startswith("零") else "") + text
            gap = part < 1000
        else:
            gap = bool(text)
        group += 1
    return text


def _four(part: int) -> str:
    """A number under ten thousand, without zeros at its head or end."""
    text, zero = "", False
    for place in range(3, -1, -1):
        digit = part // 10**place % 10
        if digit:
            text += ("零" if zero and text else "") + _DIGITS[digit] + _STEPS[place]
            zero = False
        else:
            zero = True
    return text
