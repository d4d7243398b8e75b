"""The frame of the pages that need no script, and a refusal as such a page for people who came with a browser."""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template

from assistant.problems import TITLES, Problem
from knowledge.office import CONTACT

_FRAME = Template((Path(__file__).parent / "front.html").read_text(encoding="utf-8"))


def plain_page(title: str, main: str, *, large: bool = False, tools: str = "", contact: str = CONTACT) -> str:
    """A whole page; `main` and `tools` are markup with every foreign word escaped already."""
    return _FRAME.substitute(
        title=escape(title),
        main=main,
        body="large" if large else "",
        tools=tools,
        contact=escape(contact),
    )


def problem_page(problem: Problem) -> str:
    """What went wrong, and the two ways on."""
    title = TITLES.get(problem.status, TITLES[500])
    ways = '<p><a class="button" href="/">回到首页</a> <a class="plain" href="/sign-in">登录</a></p>'
    main = f'<h1>{escape(title)}</h1><div class="card error" role="alert"><p>{escape(problem.detail)}</p></div>{ways}'
    return plain_page(f"{title} · 办成", main)


def wants_page(method: str, path: str, accept: str) -> bool:
    """Whether a request comes from somebody looking at pages, not from a program or a script of a page."""
    return method in ("GET", "HEAD", "POST") and not path.startswith("/api/") and "text/html" in accept
