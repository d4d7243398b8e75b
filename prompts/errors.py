"""What can go wrong when a model is asked.

ModelError                 base: the caller goes on without the model (plain form question, `unchecked` finding)
├── ModelOff               the kill switch is on
├── ModelUnavailable       not downloaded, not reachable, refused the request, or failing too often to be tried
├── ModelTimeout           no reply within the deadline
├── BadReply               a reply came and, after one repair, still was not what was asked for
└── OverBudget             the office's tokens for the day are spent

No message ever holds a value of a prompt or a word of a reply: errors are logged, applicants' data is not.
"""

from __future__ import annotations


class ModelError(Exception):
    """Base of every failed model call; the text is Chinese and may be shown to a clerk."""


class ModelOff(ModelError):
    """The assistant has been switched off by the operator."""

    def __init__(self, message: str = "智能助手已关闭") -> None:
        super().__init__(message)


class ModelUnavailable(ModelError):
    """The model cannot be used now; trying again later may help."""


class ModelTimeout(ModelError):
    """The deadline of the call passed."""


class BadReply(ModelError):
    """The reply does not have the asked shape."""


class OverBudget(ModelError):
    """The day's tokens are used up."""

    def __init__(self, message: str = "今天的模型用量已到上限") -> None:
        super().__init__(message)
