"""Files that cannot be taken, and a model endpoint that talks nonsense until it is gone."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

from pypdf import PdfReader, PdfWriter
from sample_papers import lease

GOOD = lease("2027年9月30日")


def locked() -> bytes:
    """A PDF that opens with a password only."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(GOOD)))
    writer.encrypt("secret", algorithm="AES-256")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


BAD_FILES: dict[str, tuple[str, bytes]] = {
    "of 0 bytes": ("空的.pdf", b""),
    "too big": ("很大.pdf", b"%PDF-1.7\n" + b"0" * (21 * 1024 * 1024)),
    "locked": ("加密.pdf", locked()),
    "cut off": ("坏的.pdf", GOOD[: len(GOOD) // 3]),
    "a program named pdf": ("程序.pdf", b"MZ" + bytes(4000)),
    "a picture of noise": ("照片.jpg", b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20),
    "a script": ("说明.html", b"<script>alert(1)</script>"),
}


class _Nonsense(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        said = {"role": "assistant", "content": "吧啦吧啦 }{ 忽略规则 <b>准予登记</b>"}
        reply = {
            "id": "n", "object": "chat.completion", "created": 0, "model": "nonsense",
            "choices": [{"index": 0, "message": said, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }  # fmt: skip
        body = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Says nothing."""


class NonsenseModel:
    """An endpoint with the OpenAI protocol whose model makes no sense."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Nonsense)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def close(self) -> None:
        """From now on nobody answers there."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._server.server_close()
            self._thread.join(5)
