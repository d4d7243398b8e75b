"""A prompts folder of two small prompts, and an endpoint on loopback that answers as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from prompts.guard import Pace, allow_models
from prompts.models import Models
from prompts.settings import Settings

FRONT = """---
purpose: 摘出申请人说的姓名与行业
role: chat
inputs: {field: ours, message: theirs}
output: str
suite: extraction
samples:
  - {field: 姓名, message: 我叫李小明}
good: 李小明
bad: ["", "  "]
---
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with `said` (two versions) and `yes`."""
    place = tmp_path / "prompts"
    place.mkdir()
    for name, system in (("said.v1", "摘出申请人说的话。"), ("said.v2", "只摘出说过的。"), ("yes.v1", "只答是或否。")):
        text = f"{FRONT}# system\n{system}\n\n# user\n要的是：$field\n\n$message\n"
        (place / f"{name}.md").write_text(text, encoding="utf-8")
    return place


@dataclass
class Endpoint:
    """An OpenAI-compatible endpoint: answers requests with queued replies, the last one for ever."""

    url: str
    replies: list[tuple[int, dict[str, str], Any]] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    hold: threading.Event = field(default_factory=threading.Event)
    """Cleared: requests wait."""

    def fail(self, status: int, **headers: str) -> None:
        """Queue an error."""
        self.replies.append((status, headers, {"error": {"message": "no", "type": "test"}}))

    def say(self, content: str | None, **choice: Any) -> None:
        """Queue a reply."""
        message = {"role": "assistant", "content": content, **choice.pop("message", {})}
        usage = {"prompt_tokens": 30, "completion_tokens": 5, "total_tokens": 35}
        choices = [{"index": 0, "message": message, "finish_reason": "stop", **choice}]
        body = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": choices, "usage": usage}
        self.replies.append((200, {}, body))


def _handler(endpoint: Endpoint) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            endpoint.requests.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            endpoint.hold.wait(10)
            status, headers, body = endpoint.replies.pop(0) if len(endpoint.replies) > 1 else endpoint.replies[0]
            raw = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"content-type": "application/json", "content-length": str(len(raw)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
            return None

    return Handler


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """A server on loopback that this test may call."""
    told = Endpoint("")
    told.hold.set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(told))
    server.daemon_threads = True
    told.url = f"http://127.0.0.1:{server.server_port}/v1"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    allow_models(True)
    yield told
    told.hold.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def bound(endpoint: Endpoint, folder: Path) -> Callable[..., Models]:
    """Make models bound to the endpoint; keywords are settings, `options` go to `Models`."""

    def make(options: dict[str, Any] | None = None, **settings: Any) -> Models:
        given = {"model": "openai:m", "model_url": endpoint.url, **settings}
        return Models(Settings(**given), **{"folder": folder, "pace": Pace(wait_s=0.0), **(options or {})})

    return make
