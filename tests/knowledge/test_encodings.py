"""Chinese text in the encodings that offices have used."""

import pytest

from knowledge.encodings import UnreadableText, decode

WORDS = "第一条 为了规范市场主体登记管理行为，推进法治化市场建设，制定本条例。\n第二条 登记机关应当当场办理。"
TRADITIONAL = "第一條 為了規範市場主體登記管理行為，制定本條例。\n第二條 登記機關應當當場辦理。"


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "gb18030", "gbk", "gb2312", "hz", "utf-16", "utf-16-le", "utf-16-be", "utf-32"],
)
def test_chinese_text_is_read_whatever_its_encoding(encoding: str) -> None:
    assert decode(WORDS.encode(encoding))[0] == WORDS


def test_traditional_text_in_big5_is_not_taken_for_gb18030() -> None:
    assert decode(TRADITIONAL.encode("big5")) == (TRADITIONAL, "big5hkscs")


def test_line_ends_of_every_system_become_one() -> None:
    assert decode("甲\r\n乙\r丙".encode())[0] == "甲\n乙\n丙"


def test_nearly_utf8_is_refused_with_line_and_byte() -> None:
    raw = WORDS.encode() + b"\xe7\xff" + WORDS.encode()
    with pytest.raises(UnreadableText, match=rf"第2行（第{len(WORDS.encode()) + 1}字节）起不是UTF-8"):
        decode(raw)


def test_bytes_of_no_text_are_refused() -> None:
    with pytest.raises(UnreadableText, match="看不出文字的编码"):
        decode(bytes(range(256)) * 20)
