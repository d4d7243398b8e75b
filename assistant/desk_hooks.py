"""What the review desk does for the counter; the desk is further right and hands these in when the parts are built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from assistant import problems
from assistant.filing import Filing


def _no_desk(*_: Any) -> Any:
    raise problems.busy("审核窗口尚未就绪，暂时不能提交。您填写的内容已经保存。")


@dataclass(frozen=True)
class DeskHooks:
    """What the review desk does in the same transaction as the applicant's step."""

    submitted: Callable[[Filing], str] = _no_desk
    """Takes in the frozen filing and returns the id of its case."""
    withdrawn: Callable[[Filing], None] = _no_desk
    """Closes the case of a filing that the applicant takes back."""
    notice: Callable[[Filing], Mapping[str, Any] | None] = lambda _: None
    """The latest notice of a filing as JSON, or None."""
    notice_pdf: Callable[[Filing], bytes | None] = lambda _: None
    """The same as a PDF."""
    clock: Callable[[Filing], Mapping[str, Any] | None] = lambda _: None
    """The days by which the law wants the office to act, or None when no time is running."""
