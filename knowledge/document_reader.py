"""The child process of `sandbox.Worker` that takes documents apart: `python -m knowledge.document_reader`.

It may not write files and lowers its memory and time limits around everything that parses an outside file; the
libraries are loaded before, since a library that meets a limit while loading crashes. Recognition of characters works
on a bounded picture and gets the larger limits.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import sys
import time
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from knowledge.documents import Limits, Problem, ReadDocument, as_reply
from knowledge.joining import CannotJoin, join
from knowledge.ocr import draw_image_file, read_image_file
from knowledge.office_files import READERS
from knowledge.pdf import draw_pdf_page, read_pdf
from knowledge.sniff import Refused, sniff

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_RECOGNITION_MB = 1800
"""Growth allowed to the recogniser, whose input is always a picture of bounded size."""


class Budget:
    """Sets this process's limits for the stage at hand; `limits` are those of one document."""

    def __init__(self, limits: Limits, tell: Callable[[dict[str, Any]], None]) -> None:
        self.limits, self._tell = limits, tell

    def parsing(self) -> None:
        """Before an outside file is parsed."""
        _allow(self.limits.memory_mb, self.limits.seconds)

    def recognising(self) -> None:
        """Before the words of one picture are recognised; tells the parent that work goes on."""
        _allow(_RECOGNITION_MB, self.limits.page_seconds)
        self._tell({"going": True})


def _allow(memory_mb: int, seconds: float) -> None:
    """Address space may grow by `memory_mb` from here, and `seconds` of processor time per core may pass."""
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if sys.platform == "linux" else 0
    if pages:
        most = pages * resource.getpagesize() + memory_mb * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime + 2 * seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def _confine() -> None:
    """What no document needs: a network, files to write, core dumps, many handles."""
    if sys.platform == "linux" and ctypes.CDLL(None).unshare(_NEW_NETWORK):  # refused to ordinary users,
        ctypes.CDLL(None).unshare(_NEW_USER | _NEW_NETWORK)  # who may have one of their own unless the system forbids
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))


def read(request: dict[str, Any], budget: Budget) -> ReadDocument:
    """The document of a request; what is wrong with it is a `problem`."""
    path, name = Path(request["path"]), str(request["filename"])
    started = time.monotonic()
    budget.parsing()
    try:
        document = _reader(path, name)(path, name, budget)
    except Refused as refused:
        document = ReadDocument(filename=name, problem=refused.problem, detail=refused.detail)
    except MemoryError:
        document = ReadDocument(filename=name, problem="too_large")
    except Exception:
        document = ReadDocument(filename=name, problem="corrupt")
    return document.model_copy(update={"ms": round((time.monotonic() - started) * 1000)})


def _reader(path: Path, name: str) -> Callable[[Path, str, Budget], ReadDocument]:
    """The reader of what the file really is."""
    kind = sniff(path, name)
    return read_pdf if kind == "pdf" else read_image_file if kind == "image" else READERS[kind]


def draw(request: dict[str, Any], budget: Budget) -> dict[str, Any]:
    """PNG of one page, base64, or nothing."""
    path, page, dpi = Path(request["path"]), int(request["page"]), int(request["dpi"])
    budget.parsing()
    try:
        kind = sniff(path, "")
        if kind == "pdf":
            return {"png": b64encode(draw_pdf_page(path, page, dpi, budget.limits)).decode()}
        if kind == "image" and page == 1:
            return {"png": b64encode(draw_image_file(path, dpi, budget.limits)).decode()}
    except Exception:
        return {"problem": _OTHER}
    return {}


def put_together(request: dict[str, Any], budget: Budget) -> dict[str, Any]:
    """The files as one PDF, base64, or the problem of the first that cannot be a page."""
    budget.parsing()
    try:
        return {"pdf": b64encode(join([Path(p) for p in request["paths"]], budget.limits)).decode()}
    except CannotJoin as error:
        return {"problem": error.problem, "index": error.index}
    except MemoryError:
        return {"problem": "too_large"}
    except Exception:
        return {"problem": _OTHER}


_OTHER: Problem = "corrupt"


_DO: dict[str, Callable[[dict[str, Any], Budget], dict[str, Any]]] = {
    "read": lambda request, budget: as_reply(read(request, budget)),
    "draw": draw,
    "join": put_together,
}


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Answers requests until the parent closes the pipe."""

    def tell(reply: dict[str, Any]) -> None:
        replies.write(json.dumps(reply, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        replies.flush()

    for line in requests:
        request = json.loads(line)
        budget = Budget(Limits(**request["limits"]), tell)
        tell(_DO[request["do"]](request, budget))


def _main() -> None:
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # a library that prints must not break the protocol
    _confine()
    serve(sys.stdin.buffer, replies)


if __name__ == "__main__":
    _main()
