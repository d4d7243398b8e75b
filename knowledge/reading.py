"""Text of a policy document, whichever kind of file it is; extraction is done once per content and kept."""

from __future__ import annotations

from pathlib import Path

from knowledge.passages import UnreadableText, read_text

PLAIN = (".md", ".txt")
MAX_BYTES = 40 * 1024 * 1024


class Unreadable(ValueError):
    """No text could be had from the file; the message tells the operator why, in Chinese."""


def text_of(path: Path, sha256: str, cache: Path) -> str:
    """Text of the file; what had to be extracted is kept in `cache` by the hash of the file."""
    if path.stat().st_size > MAX_BYTES:
        raise Unreadable(f"文件超过{MAX_BYTES // 1024 // 1024}MB")
    if path.suffix.lower() in PLAIN:
        try:
            return read_text(path)
        except UnreadableText as problem:
            raise Unreadable("看不出文字的编码") from problem
    kept = cache / f"{sha256}.txt"
    if kept.is_file():
        return kept.read_text("utf-8")
    text = _extracted(path)
    cache.mkdir(parents=True, exist_ok=True)
    kept.write_text(text, "utf-8")
    return text


def _extracted(path: Path) -> str:
    from knowledge.documents import read_document

    document = read_document(path, path.name)
    if document.problem:
        raise Unreadable(document.problem)
    lines = [line.text for page in document.pages for line in page.lines]
    if not any(line.strip() for line in lines):
        raise Unreadable("没有读到文字")
    return "\n".join(lines)
