"""The form beside the conversation: every field can be filled by hand; an edit is kept when the field is left."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.counter import OPEN, CounterError
from assistant.filing import Answer, Filing
from assistant.following import Opened, locked
from assistant.page_shell import warn
from assistant.page_view import mask, origin, progress_html, shown
from knowledge.items import Item, ItemField

if TYPE_CHECKING:
    from assistant.page import Page

YES_NO = [("是", True), ("否", False)]


def info(field: ItemField, answer: Answer | None) -> str:
    """The line under a field's title: where the value came from and what is wrong, or what to write."""
    if answer is None:
        return field.help
    state = "" if answer.confirmed else " · 待确认"
    wrong = "；".join(i.message for i in answer.issues if i.severity != "info")
    return origin(answer, masked=field.sensitive) + state + (f" · {wrong}" if wrong else "")


def draw_field(
    field: ItemField, answer: Answer | None, key: str, editable: bool
) -> gr.Textbox | gr.Radio | gr.Dropdown:
    """One field as the component that fits its type; a stored number is shown masked."""
    value = answer.value if answer else None
    common: dict[str, Any] = {
        "label": field.title + ("" if field.required else "（选填）"),
        "info": info(field, answer),
        "key": key,
        "interactive": editable,
    }
    if field.type == "yes_no":
        return gr.Radio(YES_NO, value=value, **common)
    if field.type == "choice":
        choices = [(label, v) for v, label in field.choices.items()]
        return gr.Dropdown(choices, value=value, allow_custom_value=field.open, **common)
    words = shown(field, value)
    return gr.Textbox(mask(words) if field.sensitive else words, max_lines=4, **common)


def typed(field: ItemField, raw: Any) -> Any:
    """What an edit means; entries of a list are written with ； between them."""
    if isinstance(raw, str) and field.type == "scope":
        return [part.strip() for part in raw.replace(";", "；").split("；") if part.strip()] or None
    return (raw.strip() or None) if isinstance(raw, str) else raw


def unchanged(field: ItemField, raw: Any, answer: Answer | None) -> bool:
    """Whether leaving the field changed nothing; a masked or blank number never erases the stored one."""
    if field.sensitive and isinstance(raw, str) and ("*" in raw or not raw.strip()):
        return True
    if field.type in ("yes_no", "choice"):
        return bool(raw == (answer.value if answer else None))
    return str(raw or "").strip() == (shown(field, answer.value) if answer else "")


def parts(item: Item, filing: Filing) -> dict[str, list[ItemField]]:
    """Fields that belong in this filing, by part of the form; derived ones once they have a value."""
    values, grouped = filing.values(), dict[str, list[ItemField]]()
    for field in item.fields:
        if item.applies(field.id, values) and not (field.derived and field.id not in values):
            grouped.setdefault(field.group or "其他", []).append(field)
    return grouped


class Form:
    """Draws the fields of the open filing and keeps each edit."""

    def __init__(self, page: Page, filing_id: gr.State, progress: gr.Markdown) -> None:
        self.page, self.filing_id, self.progress = page, filing_id, progress

    def keep(self, field: ItemField) -> Callable[..., str]:
        """The handler of leaving one field."""

        def handler(raw: Any, open_id: str, request: gr.Request) -> str:
            filing = self.page.filing(request, open_id)
            if filing is not None and not unchanged(field, raw, filing.answers.get(field.id)):
                filing = self._edit(request, filing, field, raw)
            return progress_html(filing, self.page.item(filing))

        return handler

    def _edit(self, request: gr.Request, filing: Filing, field: ItemField, raw: Any) -> Filing:
        try:
            user = self.page.user(request)
            filing, refused = self.page.counter.edit(user, filing.id, {field.id: typed(field, raw)})
        except CounterError as error:
            refused = {field.id: str(error)}
        if field.id in refused:
            warn(f"{field.title}：{refused[field.id]}", 8)
        return filing

    def draw(self, filing: Filing, item: Item, may: Opened | None) -> None:
        """Every part of the form as a section that folds; parts with something missing are open."""
        editable = filing.status in OPEN
        for name, fields in parts(item, filing).items():
            with gr.Accordion(name, open=any(f.id not in filing.answers for f in fields)):
                for field in fields:
                    key = f"{filing.id}-{field.id}-{filing.revision}"
                    mine = editable and not locked(filing, may, [field.id])
                    component = draw_field(field, filing.answers.get(field.id), key, mine)
                    left = component.blur if isinstance(component, gr.Textbox) else component.input
                    left(self.keep(field), [component, self.filing_id], self.progress, show_progress="hidden")


def draw_form(page: Page, filing_id: gr.State, tick: gr.State, progress: gr.Markdown) -> None:
    """Draws the form again whenever the conversation, an upload or another window changed the filing."""

    @gr.render(inputs=[filing_id, tick])
    def form(open_id: str, _revision: int, request: gr.Request) -> None:
        filing = page.filing(request, open_id)
        item = page.item(filing)
        if filing is not None and item is not None:
            may = page.counter.opened(page.user(request), filing)
            Form(page, filing_id, progress).draw(filing, item, may)
            return
        gr.Markdown("先和小办说一句您想办的事；也可以不用小办，自己填。")
        gr.Button("直接填表").click(page.start_blank, None, page.shown)
