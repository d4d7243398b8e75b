"""Several pictures and files as one document."""

from __future__ import annotations

from pathlib import Path

import pypdfium2 as pdfium
import pytest
from PIL import Image
from sample_files import LINES, pdf, picture

from knowledge.documents import Limits, read_document
from knowledge.joining import CannotJoin, join, joined
from knowledge.sandbox import Worker


def photo(folder: Path, name: str, **more: object) -> Path:
    path = folder / name
    picture(folder).save(path, "JPEG", quality=90, **more)
    return path


def test_pages_follow_in_the_order_given_and_text_stays_text(tmp_path: Path) -> None:
    printed, shot = pdf(tmp_path, lambda sheet: None), photo(tmp_path, "a.jpg")
    worker = Worker("knowledge.document_reader")
    (tmp_path / "whole.pdf").write_bytes(joined([printed, shot], worker=worker))
    document = read_document(tmp_path / "whole.pdf", "合同.pdf", worker=worker)
    worker.close()
    assert [page.number for page in document.pages] == [1, 2]
    first, second = document.pages
    assert LINES[0] in first.text and all(line.conf == 1 for line in first.lines)
    assert LINES[0] in second.text and any(line.conf < 1 for line in second.lines)


def test_a_photo_taken_on_its_side_becomes_an_upright_page(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = tmp_path / "lying.jpg"
    picture(tmp_path).rotate(90, expand=True).save(lying, "JPEG", exif=exif)
    with pdfium.PdfDocument(join([lying], Limits())) as document:
        width, height = document[0].get_size()
    assert width > height  # the sample is wider than high; its pixels were stored the other way round


def test_the_file_that_cannot_be_a_page_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "b.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing")
    with pytest.raises(CannotJoin) as caught:
        join([photo(tmp_path, "a.jpg"), broken], Limits())
    assert (caught.value.index, caught.value.problem) == (1, "corrupt")
    words = tmp_path / "c.txt"
    words.write_text("租赁合同", encoding="utf-8")
    with pytest.raises(CannotJoin) as caught:
        join([words], Limits())
    assert caught.value.problem == "unsupported"


def test_more_pages_than_allowed_are_refused_before_more_is_read(tmp_path: Path) -> None:
    shot = photo(tmp_path, "a.jpg")
    with pytest.raises(CannotJoin) as caught:
        join([shot, shot, shot], Limits(pages=2))
    assert (caught.value.index, caught.value.problem) == (2, "too_many_pages")
