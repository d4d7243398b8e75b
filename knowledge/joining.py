"""Several photographs and files of one document as one PDF, in the order given, every page upright as people see it."""

from __future__ import annotations

import math
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import asdict
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image

from knowledge.documents import Limits, Problem, reply_of
from knowledge.ocr import load_picture
from knowledge.sandbox import Worker
from knowledge.sniff import Refused, sniff

_LONGEST = 2600
"""Pixels kept of a photograph on its longer side: more than recognition uses, enough to look at closely."""
_QUALITY = 88
_A4_LONG = 842.0
"""Points of the longer side of a page made from a picture."""


class CannotJoin(ValueError):
    """One of the files cannot be a page: `index` from 0, and the problem it has."""

    def __init__(self, index: int, problem: Problem) -> None:
        super().__init__(f"file {index}: {problem}")
        self.index, self.problem = index, problem


def joined(paths: Sequence[Path], limits: Limits | None = None, worker: Worker | None = None) -> bytes:
    """One PDF of all the files' pages, put together in the limited process; raises `CannotJoin`."""
    limits = limits or Limits()
    reply = reply_of({"do": "join", "paths": [str(p) for p in paths], "limits": asdict(limits)}, limits, worker)
    if isinstance(reply.get("pdf"), str):
        return b64decode(reply["pdf"])
    raise CannotJoin(int(reply.get("index", 0)), reply.get("problem", "corrupt"))


def join(paths: Sequence[Path], limits: Limits) -> bytes:
    """The same in this process."""
    out = pdfium.PdfDocument.new()
    for index, path in enumerate(paths):
        try:
            _add(out, path, limits)
        except Refused as refused:
            raise CannotJoin(index, refused.problem) from refused
        except pdfium.PdfiumError as error:
            raise CannotJoin(index, "encrypted" if "assword" in str(error) else "corrupt") from error
        if len(out) > limits.pages:
            raise CannotJoin(index, "too_many_pages")
    file = BytesIO()
    out.save(file)
    return file.getvalue()


def _add(out: pdfium.PdfDocument, path: Path, limits: Limits) -> None:
    kind = sniff(path, "")
    if kind == "pdf":
        with pdfium.PdfDocument(path) as part:
            if len(part) > limits.pages:
                raise Refused("too_many_pages")
            out.import_pages(part)
    elif kind == "image":
        _add_picture(out, path, limits)
    else:
        raise Refused("unsupported")


def _add_picture(out: pdfium.PdfDocument, path: Path, limits: Limits) -> None:
    pixels = load_picture(path, limits, longest=_LONGEST)
    height, width = pixels.shape[:2]
    packed = BytesIO()
    Image.fromarray(pixels[:, :, ::-1]).save(packed, "JPEG", quality=_QUALITY)
    picture = pdfium.PdfImage.new(out)
    picture.load_jpeg(packed, inline=True)
    scale = _A4_LONG / max(width, height)
    wide, high = math.floor(width * scale), math.floor(height * scale)
    picture.set_matrix(pdfium.PdfMatrix().scale(wide, high))
    page = out.new_page(wide, high)
    page.insert_obj(picture)
    page.gen_content()
