"""Text of printed and plain documents."""

from pathlib import Path

import pytest

from knowledge.documents import Line, ReadPage
from knowledge.passages import cut
from knowledge.reading import Unreadable, paragraphs, text_of


def page(number: int, *lines: tuple[str, float, float]) -> ReadPage:
    made = tuple(Line(text=t, box=(a, 0.1 + 0.05 * i, b, 0.13 + 0.05 * i)) for i, (t, a, b) in enumerate(lines))
    return ReadPage(number=number, width=595, height=842, lines=made)


def test_wrapped_lines_are_joined_over_pages_and_running_heads_go() -> None:
    head, foot = ("某某条例", 0.4, 0.6), ("— 1 —", 0.48, 0.52)
    pages = (
        page(1, head, ("第一条 登记机关应当对申请材料进行形", 0.14, 0.9), ("式审查，材料齐全的当场", 0.1, 0.9), foot),
        page(2, head, ("登记。", 0.1, 0.2), ("第二条 不能当场登记的，三日内登", 0.14, 0.9), ("记。", 0.1, 0.15), foot),
        page(3, head, ("情形复杂的，可以延长三日。", 0.14, 0.7), foot),
    )
    units = cut("\n".join(paragraphs(pages)))
    assert [u.text for u in units] == [
        "登记机关应当对申请材料进行形式审查，材料齐全的当场登记。",
        "不能当场登记的，三日内登记。\n情形复杂的，可以延长三日。",
    ]


def test_lines_without_boxes_are_paragraphs() -> None:
    lines = tuple(Line(text=t) for t in ("第一条 甲。", "乙。", "12"))
    assert paragraphs((ReadPage(number=1, lines=lines),)) == ["第一条 甲。", "乙。"]


def test_a_document_is_taken_apart_once(tmp_path: Path) -> None:
    file, cache = tmp_path / "law.txt", tmp_path / "texts"
    file.write_text("第一条 头一次读到的。", "utf-8")
    assert text_of(file, "abc", cache) == "第一条 头一次读到的。"
    file.write_text("第一条 没有再读。", "utf-8")
    assert text_of(file, "abc", cache) == "第一条 头一次读到的。"
    assert text_of(file, "another", cache) == "第一条 没有再读。"


def test_what_was_kept_badly_is_read_again(tmp_path: Path) -> None:
    file, cache = tmp_path / "law.txt", tmp_path / "texts"
    file.write_text("第一条 甲。", "utf-8")
    text_of(file, "abc", cache)
    (kept,) = cache.iterdir()
    kept.write_text(kept.read_text("utf-8")[:-4], "utf-8")
    assert text_of(file, "abc", cache) == "第一条 甲。"


def test_text_with_a_few_broken_bytes_is_refused_with_the_place(tmp_path: Path) -> None:
    file = tmp_path / "law.txt"
    good = "第一条 为了规范市场主体登记管理行为，制定本条例。\n第二条 登记机关应当".encode()
    file.write_bytes(good + b"\xe7\xff" + "办理。".encode())
    with pytest.raises(Unreadable, match=rf"第2行（第{len(good) + 1}字节）起不是UTF-8"):
        text_of(file, "x", tmp_path)
