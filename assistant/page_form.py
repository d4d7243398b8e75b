"""The form beside the conversation: every field can be filled by hand; an edit is kept when the field is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.asking import proposed
from assistant.counter import OPEN, CounterError
from assistant.filing import Answer, Filing
from assistant.following import Opened, locked
from assistant.page_view import mask, origin, progress_html, shown
from assistant.record import digest
from knowledge.items import Item, ItemField

if TYPE_CHECKING:
    from assistant.page import Page

YES_NO = [("是", True), ("否", False)]
Drawn = gr.Textbox | gr.Radio | gr.Dropdown


def info(field: ItemField, answer: Answer | None) -> str:
    """The line under a field's title: where the value came from and what is wrong, or what to write."""
    if answer is None:
        return field.help
    state = "" if answer.confirmed else " · 待确认"
    told = [i.message for i in answer.issues if i.severity != "info" or field.type == "scope"]
    return " · ".join([origin(answer, masked=field.sensitive) + state, *told])


def draw_field(field: ItemField, answer: Answer | None, key: str, editable: bool, entries: Sequence[str] = ()) -> Drawn:
    """One field as the component that fits its type; a stored number is shown masked. `entries`: those to pick from."""
    value = answer.value if answer else field.default
    common: dict[str, Any] = {
        "label": field.title + ("" if field.required else "（选填）"),
        "info": info(field, answer),
        "key": key,
        "interactive": editable,
        "elem_id": f"field-{field.id}",
    }
    if field.type == "yes_no":
        return gr.Radio(YES_NO, value=value, **common)
    if field.type == "scope":
        return gr.Dropdown(list(entries), value=value or [], multiselect=True, allow_custom_value=True, **common)
    if field.type == "choice":
        labels = [(label, v) for v, label in field.choices.items()]
        return gr.Dropdown(labels, value=value, allow_custom_value=field.open, **common)
    words = shown(field, value) or ("0" if value == 0 else "")
    fill = gr.InputHTMLAttributes(autocomplete=AUTOCOMPLETE.get(field.id, "off"))
    return gr.Textbox(mask(words) if field.sensitive else words, max_lines=4, html_attributes=fill, **common)


AUTOCOMPLETE = {"operator_name": "name", "operator_mobile": "tel", "contact_email": "email"}
"""What the browser may fill in from the person's own address book."""


def typed(field: ItemField, raw: Any) -> Any:
    """What an edit means: None for a field left empty."""
    if isinstance(raw, list):
        return [str(part).strip() for part in raw if str(part).strip()] or None
    return (raw.strip() or None) if isinstance(raw, str) else raw


def unchanged(field: ItemField, raw: Any, answer: Answer | None) -> bool:
    """Whether leaving the field changed nothing; a masked or blank number never erases the stored one."""
    if field.sensitive and isinstance(raw, str) and ("*" in raw or not raw.strip()):
        return True
    if field.type in ("yes_no", "choice", "scope"):
        return bool((raw or None) == (answer.value if answer else None)) if raw is not False else _is_false(answer)
    return str(raw or "").strip() == (shown(field, answer.value) if answer else "")


def _is_false(answer: Answer | None) -> bool:
    return answer is not None and answer.value is False


def parts(item: Item, filing: Filing) -> dict[str, list[ItemField]]:
    """Fields that belong in this filing, by part of the form; derived ones once they have a value or cannot get one."""
    values, grouped = filing.values(), dict[str, list[ItemField]]()
    asked = {f.id for f in item.asked(values)}
    for field in item.fields:
        hidden = field.derived and field.id not in values and field.id not in asked
        if item.applies(field.id, values) and not hidden:
            grouped.setdefault(field.group or "其他", []).append(field)
    return grouped


class Form:
    """Draws the fields of the open filing and keeps each edit."""

    def __init__(self, page: Page, filing_id: gr.State, tick: gr.State, progress: gr.Markdown) -> None:
        self.page, self.filing_id, self.tick, self.progress = page, filing_id, tick, progress

    def keep(self, field: ItemField, leads: bool) -> Callable[..., list[Any]]:
        """The handler of leaving one field: the field with its line, progress, whether to draw the form again, and
        where it `leads`, new choices for the scope."""

        def handler(raw: Any, open_id: str, request: gr.Request) -> list[Any]:
            told, progress, again = left(raw, open_id, request)
            if not leads:
                return [told, progress, again]
            filing = self.page.filing(request, open_id)
            return [told, progress, again, gr.update(choices=self.entries(filing)) if filing else gr.skip()]

        def left(raw: Any, open_id: str, request: gr.Request) -> tuple[Any, str, Any]:
            before = self.page.filing(request, open_id)
            item = self.page.item(before)
            if before is None or item is None or unchanged(field, raw, before.answers.get(field.id)):
                return gr.skip(), progress_html(before, item), gr.skip()
            after, why = self._edit(request, before, field, raw)
            if why:
                return gr.update(info=f"没有记下：{why}", elem_classes="wrong"), progress_html(before, item), gr.skip()
            again = parts(item, before) != parts(item, after)
            told = gr.update(info=info(field, after.answers.get(field.id)), elem_classes="kept")
            return told, progress_html(after, item), standing_of(after) if again else gr.skip()

        return handler

    def entries(self, filing: Filing) -> list[str]:
        """Entries of the scope to pick from: those chosen, those for the business as told, then all others."""
        scopes, chosen = self.page.counter.parts.scopes, filing.values().get("business_scope") or ()
        return list(dict.fromkeys([*chosen, *(e.entry for e in (*proposed(filing, scopes), *scopes.entries))]))

    def _edit(self, request: gr.Request, filing: Filing, field: ItemField, raw: Any) -> tuple[Filing, str]:
        """(the filing, why the value was not taken)."""
        try:
            user = self.page.user(request)
            kept, refused = self.page.counter.edit(user, filing.id, {field.id: typed(field, raw)})
        except CounterError as error:
            return filing, str(error)
        return kept, refused.get(field.id, "")

    def draw(self, filing: Filing, item: Item, may: Opened | None) -> None:
        """Every part of the form as a section that folds; parts with something missing are open.

        A field whose answer did not change keeps its key, and with it what is being typed there.
        """
        editable = filing.status in OPEN
        entries, drawn = self.entries(filing), dict[str, tuple[ItemField, Drawn]]()
        for name, fields in parts(item, filing).items():
            with gr.Accordion(name, open=any(f.id not in filing.answers for f in fields)):
                for field in fields:
                    answer = filing.answers.get(field.id)
                    mine = editable and not locked(filing, may, [field.id])
                    key = _key(filing, field, answer, mine)
                    drawn[field.id] = (field, draw_field(field, answer, key, mine, entries))
        for field, box in drawn.values():
            self._listen(field, box, [b for f, b in drawn.values() if f.type == "scope"])

    def _listen(self, field: ItemField, box: Drawn, scopes: list[Drawn]) -> None:
        """Keeps the field when it is left."""
        left = box.blur if isinstance(box, gr.Textbox) else box.input
        leads = field.id in _LEADS and len(scopes) == 1
        told = [box, self.progress, self.tick, *(scopes if leads else ())]
        left(self.keep(field, leads), [box, self.filing_id], told, show_progress="hidden")


_LEADS = ("main_business",)
"""Fields whose answer changes what the scope offers."""


def standing_of(filing: Filing | None) -> str:
    """What the form was drawn for: it is drawn again when this changes."""
    return f"{filing.id}-{filing.revision}" if filing else "none"


def _key(filing: Filing, field: ItemField, answer: Answer | None, mine: bool) -> str:
    return f"{filing.id}-{field.id}-{digest([answer and answer.model_dump(mode='json'), mine])[:12]}"


def draw_form(page: Page, filing_id: gr.State, tick: gr.State, progress: gr.Markdown) -> None:
    """Draws the form again whenever the conversation, an upload or another window changed the filing."""

    # One trigger: two at once would draw the same fields in two renders, and the page component refuses that.
    @gr.render(inputs=[filing_id], triggers=[tick.change])
    def form(open_id: str, request: gr.Request) -> None:
        filing = page.filing(request, open_id)
        item = page.item(filing)
        if filing is not None and item is not None:
            may = page.counter.opened(page.user(request), filing)
            Form(page, filing_id, tick, progress).draw(filing, item, may)
            return
        gr.Markdown("先和小办说一句您想办的事；也可以不用小办，自己填。")
        gr.Button("直接填表").click(page.start_blank, None, page.shown)
