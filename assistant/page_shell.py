"""What the three pages share: the look, the script of the header, and a place for an escaped fragment."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

_FOLDER = Path(__file__).parent
CSS = (_FOLDER / "page.css").read_text(encoding="utf-8")


SCREENS = (_FOLDER / "screens.css").read_text(encoding="utf-8")


def page_head(*paths: Path) -> str:
    """The shared script and a page's own, and the rules that depend on the screen, for the head of the page."""
    own = "".join(path.read_text(encoding="utf-8") for path in paths if path.exists())
    shared = (_FOLDER / "shell.js").read_text(encoding="utf-8")
    return f"<style>{SCREENS}</style><script>{shared}{own}</script>"


def header(place: str, *extra: str) -> str:
    """The line at the top: where one is, large type, sign out."""
    return (
        f'<div class="bar"><a class="brand" href="/">办成<small>{place}</small></a>{"".join(extra)}'
        '<button id="elder">大字版</button><button id="sign-out">退出</button></div>'
    )


def html(value: str = "", elem_id: str | None = None) -> gr.Markdown:
    """A place for one escaped fragment; formulas off, so that amounts with $ stay as they are."""
    return gr.Markdown(value, elem_id=elem_id, latex_delimiters=[])


def tell(text: str, seconds: float = 10) -> None:
    """A passing note in the corner of the page."""
    gr.Info(text, duration=seconds, title="提示")


def warn(text: str, seconds: float = 10) -> None:
    """A passing warning in the corner of the page: what was not taken, and why."""
    gr.Warning(text, duration=seconds, title="请注意")
