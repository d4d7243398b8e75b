"""One request to a chat model inside a deadline: retries, the breaker, the day's tokens, the kill switch."""

from __future__ import annotations

import contextvars
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

from langchain_core.messages import AIMessage, BaseMessage
from langsmith.run_helpers import tracing_context
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, stop_before_delay

from prompts.errors import BadReply, ModelError, ModelTimeout, ModelUnavailable
from prompts.settings import Role

if TYPE_CHECKING:
    from prompts.models import Models

T = TypeVar("T")


class Rejected(Exception):
    """The endpoint does not take this kind of request (no schemas, no functions, no probabilities)."""


class Deadline:
    """Seconds left of a whole call, repair and retries included."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Never negative."""
        return max(0.0, self._ends - time.monotonic())


def call(models: Models, role: Role, messages: Sequence[BaseMessage], deadline: Deadline, **options: Any) -> AIMessage:
    """Send messages and return the reply; `options` go to the provider. Raises `ModelError` or `Rejected`."""
    models.enter(role)
    try:
        with models.traffic.call():
            reply = _tries(models, deadline)(lambda: _once(models, role, messages, deadline, options))
    except Exception as error:
        models.spend(_estimate(messages))
        raise _named(models, role, error) from None
    models.passed(role)
    models.spend(_used(messages, reply))
    return reply


def _tries(models: Models, deadline: Deadline) -> Retrying:
    def pause(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        return _retry_after(error) or float(models.pace.wait_s * 2 ** (state.attempt_number - 1))

    return Retrying(
        retry=retry_if_exception(transient),
        stop=stop_after_attempt(models.pace.attempts) | stop_before_delay(max(deadline.left, 0.001)),
        wait=pause,
        reraise=True,
    )


def _once(
    models: Models, role: Role, messages: Sequence[BaseMessage], deadline: Deadline, options: dict[str, Any]
) -> AIMessage:
    def send() -> AIMessage:
        chat = models.chat(role)  # asked for at every try: an embedded engine that died is started again here
        with tracing_context(enabled=False):  # applicants' words go to the configured model and nowhere else
            return _message(chat.bind(**options, **_timeout(chat, deadline)).invoke(list(messages)))

    return within(deadline.left, send)


def within(seconds: float, work: Callable[[], T]) -> T:
    """Run `work` and stop waiting after `seconds` (raises `ModelTimeout`): a trickling reply outlasts read timeouts."""
    done: queue.Queue[tuple[T | None, BaseException | None]] = queue.Queue(1)
    context = contextvars.copy_context()

    def run() -> None:
        try:
            done.put((context.run(work), None))
        except BaseException as error:  # handed to the caller, which raises it
            done.put((None, error))

    threading.Thread(target=run, daemon=True, name="model-call").start()
    try:
        value, error = done.get(timeout=seconds)
    except queue.Empty:
        raise ModelTimeout("超时未答复") from None
    if error is not None:
        raise error
    return cast(T, value)  # a value whenever there is no error, and that value may be None


def transient(error: BaseException) -> bool:
    """Whether the same request may succeed on another try."""
    status = _status(error)
    if status is not None:
        return status in {408, 409, 425, 429} or status >= 500
    names = {c.__name__ for c in type(error).__mro__}
    return isinstance(error, ConnectionError) or bool(names & {"APIConnectionError", "TransportError"})


def _named(models: Models, role: Role, error: Exception) -> Exception:
    """The error as callers know it; counts what was the endpoint's fault."""
    if isinstance(error, BadReply):
        models.passed(role)
        return error
    if isinstance(error, ModelTimeout) or any(c.__name__ == "APITimeoutError" for c in type(error).__mro__):
        models.failed(role)
        return ModelTimeout("模型超时未答复")
    if isinstance(error, ModelError):
        models.failed(role)
        return error
    if _status(error) in {400, 422, 501} or isinstance(error, NotImplementedError | TypeError):
        models.passed(role)
        too_long = "context" in str(error).lower() and "size" in str(error).lower()
        return BadReply("内容超过模型一次能读的长度") if too_long else Rejected(type(error).__name__)
    models.failed(role)
    return ModelUnavailable(f"模型不可用（{_status(error) or type(error).__name__}）")


def _status(error: BaseException | None) -> int | None:
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    return status if isinstance(status, int) else None


def _retry_after(error: BaseException | None) -> float:
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    value = str(headers.get("retry-after", ""))
    return float(value) if value.replace(".", "", 1).isdigit() else 0.0


def _timeout(chat: Any, deadline: Deadline) -> dict[str, float]:
    """OpenAI clients also close the connection at the deadline, which ends the generation on the server."""
    return {"timeout": deadline.left} if hasattr(chat, "openai_api_base") else {}


def _message(reply: Any) -> AIMessage:
    if not isinstance(reply, AIMessage):
        raise BadReply("模型没有答复")
    return reply


def _estimate(messages: Sequence[BaseMessage]) -> int:
    """Tokens of a request nobody counted: a Chinese character is about one."""
    return sum(len(str(m.content)) for m in messages)


def _used(messages: Sequence[BaseMessage], reply: AIMessage) -> int:
    counted = reply.usage_metadata
    return counted["total_tokens"] if counted else _estimate(messages) + len(str(reply.content))
