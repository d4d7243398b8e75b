"""Papers: searchable Chinese text, the visible and the hidden label, tables over pages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import BytesIO

from pypdf import PdfReader

from assistant.paper import AI_LABEL, Paper

MADE_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def read(paper: Paper) -> PdfReader:
    return PdfReader(BytesIO(paper.bytes()))


def words(reader: PdfReader) -> str:
    return "".join("".join(page.extract_text().split()) for page in reader.pages)


def test_chinese_text_rare_characters_included_can_be_copied_from_the_file() -> None:
    paper = Paper("一次性告知书", number="编号 A-1", made_at=MADE_AT).heading("申请人").paragraph("䶮𠮷先生，请补正。")
    text = words(read(paper))
    for wanted in ("一次性告知书", "编号A-1", "申请人", "䶮𠮷先生，请补正。"):
        assert wanted in text


def test_the_label_stands_on_every_page_and_in_the_file_description() -> None:
    reader = read(Paper("通知", made_at=MADE_AT).new_page().paragraph("第二页"))
    assert len(reader.pages) == 2
    assert all(AI_LABEL in "".join(page.extract_text().split()) for page in reader.pages)
    label = json.loads(str((reader.metadata or {})["/AIGC"]))
    assert label["Label"] == "1" and label["ContentProducer"] and len(label["ProduceID"]) == 32


def test_a_paper_made_without_ai_carries_no_label() -> None:
    reader = read(Paper("收据", label="", made_at=MADE_AT).paragraph("已收到"))
    assert "/AIGC" not in (reader.metadata or {})
    assert "人工智能" not in words(reader)


def test_a_long_table_repeats_its_heading_on_the_next_page() -> None:
    rows = [("序号", "问题"), *((str(i), "租赁合同的承租人与经营者不一致") for i in range(60))]
    reader = read(Paper("清单", made_at=MADE_AT).table(rows, (1, 8), header=True))
    assert len(reader.pages) > 1
    assert all("序号" in page.extract_text() for page in reader.pages)


def test_the_same_words_give_the_same_file() -> None:
    assert Paper("通知", made_at=MADE_AT).bytes() == Paper("通知", made_at=MADE_AT).bytes()
