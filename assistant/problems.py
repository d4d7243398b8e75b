"""What went wrong, in words a person can act on: behind `application/problem+json` and the pages' notices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TITLES = {
    400: "请求有误",
    401: "请先登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持这种操作",
    409: "内容已变化",
    413: "文件或内容太大",
    415: "文件类型不符",
    422: "填写的内容有误",
    429: "操作太频繁",
    500: "系统出错",
    503: "暂时不可用",
}


class Problem(Exception):
    """A refusal with its HTTP status, a stable code and a sentence for the person in front of it."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        fields: Mapping[str, str] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.fields = dict(fields or {})
        self.retry_after = retry_after

    def body(self) -> dict[str, Any]:
        """The JSON of the interface."""
        return {
            "type": "about:blank",
            "title": TITLES.get(self.status, TITLES[500]),
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "fields": self.fields,
        }


def not_signed_in() -> Problem:
    """401."""
    return Problem(401, "not_signed_in", "登录已过期或还没有登录，请登录后再试。")


def wrong_password() -> Problem:
    """401, the same for an unknown user."""
    return Problem(401, "wrong_password", "用户名或密码不正确。")


def wrong_role() -> Problem:
    """403."""
    return Problem(403, "wrong_role", "您的账号不能做这项操作。")


def not_found(what: str = "您要找的内容") -> Problem:
    """404, also for what belongs to somebody else."""
    return Problem(404, "not_found", f"没有找到{what}。请检查编号，或返回列表重新打开。")


def conflict() -> Problem:
    """409: somebody else, or another window, was first."""
    return Problem(409, "conflict", "这份申报刚刚在别处改动过，您的修改还没有保存。请刷新后再改一次。")


def wrong_state(detail: str) -> Problem:
    """409: not in this state."""
    return Problem(409, "wrong_state", detail)


def invalid(fields: Mapping[str, str], detail: str = "") -> Problem:
    """422 with each field and what is wrong with it."""
    said = detail or "；".join(dict.fromkeys(fields.values())) or "填写的内容有误，请改正后再试。"
    return Problem(422, "invalid", said, fields=fields)


def too_large(detail: str) -> Problem:
    """413."""
    return Problem(413, "too_large", detail)


def wrong_kind(detail: str) -> Problem:
    """415."""
    return Problem(415, "wrong_kind", detail)


def too_many(retry_after: int) -> Problem:
    """429."""
    return Problem(429, "too_many", f"操作太频繁，请 {retry_after} 秒后再试。", retry_after=retry_after)


def busy(detail: str = "系统正忙，请稍后再试。已保存的内容不会丢失。", retry_after: int = 5) -> Problem:
    """503."""
    return Problem(503, "busy", detail, retry_after=retry_after)


def no_space() -> Problem:
    """503: the disk is full."""
    return busy("服务器的存储空间满了，这次的内容没有收下；以前保存的都还在。请过一会儿再试，或者到窗口办理。", 300)


def assistant_off() -> Problem:
    """503: the kill switch, or no model answers."""
    return Problem(503, "assistant_off", "智能助手暂时不可用。您仍可直接填写表单、上传材料和提交。", retry_after=60)


def failed(error_id: str) -> Problem:
    """500; the id finds the entry in the log."""
    return Problem(500, "failed", f"系统出错了，已保存的内容不会丢失。请稍后再试；如需帮助，请告知编号 {error_id}。")
