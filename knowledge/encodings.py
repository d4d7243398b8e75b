"""Text of bytes in any encoding that Chinese offices use, told by what reads as Chinese, not by what is claimed."""

from __future__ import annotations

import re

from charset_normalizer import from_bytes

_SAMPLE = 20_000
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_CANDIDATES = ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be", "euc_jis_2004")
_FREQUENT = frozenset(
    "的一是在不有和人中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所"
    "第条款规应当者经营部门记登申请管理关机市场监督本办材料证依照提交政务日内设其他或与及之由"
    "國為時來們產種後學會說對過動發條規應當經營門記請關場監督辦證務設與項業據處機審護"
)
"""Characters that make up a third or more of any law or notice, simplified and traditional."""
_SIGNS = "，。、；：？！（）《》“”‘’　—…〔〕·%"


class UnreadableText(ValueError):
    """The bytes are no text in an encoding that Chinese offices use; the message says so in Chinese, with the place."""


def decode(raw: bytes) -> tuple[str, str]:
    """(text with `\\n` line ends and without byte order mark, name of the encoding); raises UnreadableText."""
    text, encoding = _decoded(raw)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", ""), encoding


def _decoded(raw: bytes) -> tuple[str, str]:
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return _strict(raw, encoding), encoding
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return _guessed(raw)
    if b"~{" in raw and raw.isascii():  # HZ: GB 2312 in seven bits, as old mail systems sent it
        return _read_hz(raw) or (text, "utf-8")
    if "\x00" in text:  # UTF-16 of plain Latin text is valid UTF-8 full of zeros
        return _guessed(raw)
    return text, "utf-8"


def _read_hz(raw: bytes) -> tuple[str, str] | None:
    try:
        text = raw.decode("hz")
    except UnicodeDecodeError:
        return None
    return (text, "hz") if _chinese(text) > 0 else None


def _strict(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableText(_place(raw, error.start, encoding)) from error


def _guessed(raw: bytes) -> tuple[str, str]:
    """The candidate that reads most like Chinese; many encodings decode foreign bytes without an error."""
    read = [(_chinese(text), text, name) for name in _CANDIDATES if (text := _try(raw, name)) is not None]
    if read:
        score, text, name = max(read, key=lambda r: r[0])
        if score > 0:
            return text, name
    if _mostly_utf8(raw):
        raise UnreadableText(_place(raw, _first_bad(raw), "utf-8"))
    best = from_bytes(raw).best()
    if best is None or "\x00" in str(best) or _odd(str(best)):
        raise UnreadableText("看不出文字的编码，不是 UTF-8、GB 18030、Big5 或 UTF-16")
    return str(best), best.encoding


def _try(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except (UnicodeDecodeError, UnicodeError):
        return None


def _chinese(text: str) -> float:
    """Share of frequent characters among the Chinese ones; 0 when the text does not read as Chinese."""
    letters = [c for c in text[:_SAMPLE] if not c.isspace()]
    han = [c for c in letters if "\u4e00" <= c <= "\u9fff"]
    known = len(han) + sum(c.isascii() and c.isprintable() or c in _SIGNS for c in letters)
    if not han or "\x00" in text or known < 0.95 * len(letters):
        return 0.0
    share = sum(c in _FREQUENT for c in han) / len(han)
    return share if share > 0.1 or len(han) < 8 else 0.0


def _odd(text: str) -> bool:
    """Whether control characters stand in it that no text has."""
    return bool(re.search(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", text[:_SAMPLE]))


def _first_bad(raw: bytes) -> int:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return 0


def _mostly_utf8(raw: bytes) -> bool:
    """Whether only a few bytes keep it from being UTF-8 of Chinese text."""
    text = raw.decode("utf-8", "replace")
    return _chinese(text.replace("\ufffd", "")) > 0 and text.count("\ufffd") <= max(3, len(text) // 50)


def _place(raw: bytes, at: int, encoding: str) -> str:
    name = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8"}.get(encoding, encoding.upper())
    return f"第{raw.count(10, 0, at) + 1}行（第{at + 1}字节）起不是{name}，也不像别的中文编码"
