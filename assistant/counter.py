"""受理窗口: everything an applicant can do, shared by the page and the interface.

Every method takes the signed-in user and refuses, as not found, what belongs to somebody else. Refusals are `Problem`s.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal
from weakref import WeakValueDictionary

from assistant import problems, signing
from assistant.conversation import Parts, open_filing, turn
from assistant.desk_hooks import DeskHooks
from assistant.filing import Filing, Material, Reply
from assistant.following import Opened, locked, opened, unlocked_only
from assistant.form import form_pdf
from assistant.form_edits import edited, settled
from assistant.papers import MOST, Papers, plain_filename, with_paper
from assistant.people import People, User
from assistant.problems import Problem
from assistant.store import Conflict, Store
from assistant.views import needed
from assistant.wording import say
from knowledge.items import Item, NeededMaterial

__all__ = ["OPEN", "Counter", "CounterError", "DeskHooks"]
CounterError = Problem
LONGEST_MESSAGE = 4000
OPEN = ("draft", "returned")
"""States in which a filing may be changed."""


class Counter:
    """The applicant's side of the office."""

    def __init__(
        self,
        parts: Parts,
        store: Store,
        people: People,
        papers: Papers,
        reading: Callable[[str, str], None] = lambda filing_id, material_id: None,
    ) -> None:
        """`reading(filing, material)` asks for a document to be read; it ends in `finish_reading`."""
        self.parts, self.store, self.people, self.papers = parts, store, people, papers
        self.reading = reading
        self.desk = DeskHooks()
        self._turns: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()

    # Reading

    def now(self) -> datetime:
        """This moment."""
        return datetime.now(UTC)

    def user_named(self, username: str) -> User:
        """The account with that user name; the 401 problem when there is none."""
        user = self.people.by_username(username)
        if user is None:
            raise problems.not_signed_in()
        return user

    def degraded(self) -> str:
        """A sentence for people when the assistant is not at work, else empty."""
        if self.parts.models.ready("chat"):
            return ""
        return "智能助手暂时不可用：您仍可直接填写表单、上传材料和提交，内容照常保存。"

    def filings(self, user: User) -> list[Filing]:
        """The user's filings, latest change first."""
        return self.store.filings(user.id)

    def filing(self, user: User, filing_id: str) -> Filing:
        """One of the user's filings."""
        found = self.store.filing(filing_id)
        if found is None or found.owner != user.id:
            raise problems.not_found("这份申报")
        return found

    def item(self, filing: Filing) -> Item | None:
        """The service item of a filing; None while it is not settled."""
        try:
            return self.parts.catalogue.get(filing.item)
        except KeyError:
            return None

    def needed(self, filing: Filing) -> list[NeededMaterial]:
        """Documents the filing needs as answered so far."""
        return needed(filing, self.item(filing), self.parts.scopes)

    def page_png(self, user: User, filing_id: str, material_id: str, n: int) -> bytes:
        """Image of a page (from 1) of an uploaded document."""
        return self.papers.page_png(self._material(self.filing(user, filing_id), material_id), n)

    def form_pdf(self, user: User, filing_id: str) -> bytes:
        """The filled application form."""
        filing = self.filing(user, filing_id)
        return self.printed(filing)

    def notice(self, user: User, filing_id: str) -> Mapping[str, Any] | None:
        """The latest notice of the filing, or None."""
        filing = self.filing(user, filing_id)
        return self.desk.notice(filing) if filing.case else None

    def notice_pdf(self, user: User, filing_id: str) -> bytes:
        """The latest notice as a PDF."""
        filing = self.filing(user, filing_id)
        made = self.desk.notice_pdf(filing) if filing.case else None
        if made is None:
            raise problems.not_found("告知书")
        return made

    def printed(self, filing: Filing) -> bytes:
        """The application form of a filing with the signatures that stand."""
        drawings = {s.drawing: self.store.vault.get(s.drawing) for s in signing.standing(filing) if s.drawing}
        return form_pdf(filing, self.known_item(filing), drawings)

    def opened(self, user: User, filing: Filing) -> Opened | None:
        """What a returned filing leaves open; None: everything."""
        item = self.item(filing)
        notice = self.desk.notice(filing) if filing.status == "returned" and filing.case else None
        return opened(filing, item, notice) if item else None

    # Talking and filling in

    def start_filing(
        self, user: User, item: str | None = None, text: str = "", *, by_hand: bool = False
    ) -> tuple[Filing, Reply]:
        """A new filing and the first reply. Without `item` the assistant finds it in `text`, or asks.

        `by_hand`: the applicant goes without the assistant; `text` must be empty.
        """
        if item and item not in {i.code for i in self.parts.catalogue.all()}:
            raise problems.invalid({"item": "没有这个事项，请从事项列表里选一项，或者直接说您要办什么。"})
        text = _message(text) if text.strip() else ""
        if by_hand and (text or not item):
            raise problems.invalid({"by_hand": "自己填表要先选好事项，不用说话。"})
        filing, reply = open_filing(user.id, item, text, self.parts, self.now())
        filing = filing.model_copy(update={"id": secrets.token_hex(10), "owner": user.id, "by_hand": by_hand})
        return self.store.add_filing(self._settled(filing), user.id), reply

    def say(self, user: User, filing_id: str, text: str) -> tuple[Filing, Reply]:
        """One turn of the conversation. Turns on one filing wait for each other; no lock is held on the database."""
        text = _message(text)
        with self._turns.setdefault(filing_id, threading.Lock()):
            try:
                return self._turn(user, filing_id, text)
            except Conflict:
                return self._turn(user, filing_id, text)

    def edit(
        self, user: User, filing_id: str, answers: Mapping[str, Any], expected_revision: int | None = None
    ) -> tuple[Filing, dict[str, str]]:
        """Takes a form edit: (the filing, {field: why it was not taken}); good values are kept beside bad ones."""
        refused: dict[str, str] = {}

        def change(filing: Filing) -> tuple[Filing, dict[str, Any]]:
            if expected_revision is not None and filing.revision != expected_revision:
                raise problems.conflict()
            shut = locked(filing, self.opened(user, filing), answers)
            open_ = {n: raw for n, raw in answers.items() if n not in shut}
            kept, bad, changed = edited(filing, self.known_item(filing), open_, self.parts.settings.day())
            refused.clear()
            refused.update(bad)
            refused.update(dict.fromkeys(shut, say("locked")))
            return kept if changed else filing, {"fields": changed}

        return self.change(user, filing_id, "filing.edited", change), refused

    def confirm(self, user: User, filing_id: str, fields: Iterable[str] | Literal["all"]) -> Filing:
        """The applicant has read these answers back and stands by them."""
        named = None if fields == "all" else set(fields)

        def change(filing: Filing) -> tuple[Filing, dict[str, Any]]:
            unknown = (named or set()) - set(filing.answers)
            if unknown:
                raise problems.invalid(dict.fromkeys(sorted(unknown), "这一项还没有填写"))
            chosen = [n for n, a in filing.answers.items() if not a.confirmed and (named is None or n in named)]
            confirmed = {n: filing.answers[n].model_copy(update={"confirmed": True}) for n in chosen}
            return filing.model_copy(update={"answers": {**filing.answers, **confirmed}}), {"fields": chosen}

        return self.change(user, filing_id, "filing.confirmed", change)

    # Documents

    def upload(
        self, user: User, filing_id: str, filename: str, data: bytes, kind: str | None = None
    ) -> tuple[Filing, Material]:
        """Takes a document in; it is read afterwards. Limits are named in the refusal."""
        filing = self._open(user, filing_id)
        name = plain_filename(filename)
        self._check_kind(filing, kind)
        media = self.papers.check(name, data)
        sha256 = self.store.keep_file(data)
        material = Material(
            id=secrets.token_hex(6),
            kind=kind or "",
            kind_source="applicant" if kind else "detected",
            filename=name,
            media_type=media,
            sha256=sha256,
        )

        def change(filing: Filing) -> tuple[Filing, dict[str, Any]]:
            if len(filing.materials) >= MOST:
                raise problems.invalid({"file": f"一份申报最多 {MOST} 个文件，请先删去不需要的。"})
            return filing.model_copy(update={"materials": [*filing.materials, material]}), {
                "material": material.id,
                "file": sha256,
            }

        kept = self.change(user, filing_id, "material.added", change)
        self.reading(filing_id, material.id)
        filing = self.filing(user, filing_id)
        return filing, next((m for m in filing.materials if m.id == material.id), kept.material(material.id))

    def remove_material(self, user: User, filing_id: str, material_id: str) -> Filing:
        """Takes a document out of the filing; answers read in it stay, they are the applicant's to change."""

        def change(filing: Filing) -> tuple[Filing, dict[str, Any]]:
            material, may = self._material(filing, material_id), self.opened(user, filing)
            if may is not None and material.id not in may.materials:
                raise problems.wrong_state(say("locked_paper"))
            left = [m for m in filing.materials if m.id != material_id]
            return filing.model_copy(update={"materials": left}), {"material": material_id}

        return self.change(user, filing_id, "material.removed", change)

    def finish_reading(self, filing_id: str, material_id: str) -> None:
        """Reads a document and fills empty answers from it; nothing happens when it is read or gone already."""
        filing = self.store.filing(filing_id)
        waiting = [m for m in filing.materials if m.id == material_id and m.status == "reading"] if filing else []
        if not waiting:
            return
        today = self.parts.settings.day()
        paper = self.papers.read(waiting[0], today)

        def change(filing: Filing) -> tuple[Filing, dict[str, Any]]:
            if not any(m.id == material_id and m.status == "reading" for m in filing.materials):
                return filing, {}
            item = self.item(filing) if filing.status in OPEN and not waiting[0].made_here else None
            read, filled = with_paper(filing, material_id, paper, item, today)
            return read, {"material": material_id, "status": paper.status, "fields": filled}

        self._change_by("system", lambda: self.store.filing(filing_id), "material.read", change)

    # Handing in

    def submit(self, user: User, filing_id: str) -> Filing:
        """Hands the filing in: frozen, with a receipt and a case. A second call gives the same receipt and case."""
        filing = self.filing(user, filing_id)
        if filing.status == "submitted":
            return filing
        _refuse_closed(filing)
        item = self.known_item(filing)
        missing = item.missing(filing.values(), filing.skipped, required_only=True)
        if missing:
            raise problems.invalid({m: f"请填写{item.field(m).title}" for m in missing}, "还有必填的内容没有填写。")
        try:
            return self._hand_in(user, filing)
        except Conflict:
            again = self.filing(user, filing_id)
            if again.status == "submitted":
                return again
            raise

    def withdraw(self, user: User, filing_id: str) -> Filing:
        """Takes the filing back; not once it is decided."""
        filing = self.filing(user, filing_id)
        if filing.status == "withdrawn":
            return filing
        if filing.status not in (*OPEN, "submitted"):
            raise problems.wrong_state("这份申报已经办结，不能撤回。")
        with self.store.transaction():
            if filing.case:
                self.desk.withdrawn(filing)
            gone = filing.model_copy(update={"status": "withdrawn"})
            return self.store.save_filing(gone, filing.revision, actor=user.id, action="filing.withdrawn")

    def forget(self, files: Iterable[str]) -> None:
        """Drops what memory still holds of erased documents."""
        self.papers.forget(files)

    # Inside

    def _turn(self, user: User, filing_id: str, text: str) -> tuple[Filing, Reply]:
        filing = self._open(user, filing_id)
        if filing.by_hand:
            raise problems.wrong_state(say("by_hand.talk"))
        changed, reply = unlocked_only(filing, *turn(filing, text, self.parts, self.now()), self.opened(user, filing))
        body = {"fields": reply.noted, "reply": reply.status, "made_by": [m.prompt for m in reply.made_by]}
        kept = self.store.save_filing(
            self._settled(changed), filing.revision, actor=user.id, action="filing.said", body=body
        )
        return kept, reply

    def _hand_in(self, user: User, filing: Filing) -> Filing:
        with self.store.transaction() as unit:
            day = self.parts.settings.day()
            number = filing.receipt or f"{day:%Y%m%d}{unit.next_number(f'receipt {day.year}'):06d}"
            round_ = filing.round + 1 if filing.status == "returned" else filing.round
            update = {"status": "submitted", "receipt": number, "round": round_, "pending": None, "reopened": []}
            update["case"] = filing.case or "c" + secrets.token_hex(8)
            kept = self.store.save_filing(
                filing.model_copy(update=update), filing.revision, actor=user.id, action="filing.submitted"
            )
            case = self.desk.submitted(kept)
            if case != kept.case:
                raise RuntimeError(f"the desk opened case {case} for filing {kept.id}, wanted {kept.case}")
            return kept

    def change(
        self, user: User, filing_id: str, action: str, change: Callable[[Filing], tuple[Filing, dict[str, Any]]]
    ) -> Filing:
        """Applies `change` to one of the user's open filings and keeps it as `action`, with what `change` notes."""
        return self._change_by(user.id, lambda: self._open(user, filing_id), action, change)

    def _change_by(
        self,
        actor: str,
        load: Callable[[], Filing | None],
        action: str,
        change: Callable[[Filing], tuple[Filing, dict[str, Any]]],
    ) -> Filing:
        """Loads, changes, settles and saves in one transaction."""
        with self.store.transaction():
            filing = load()
            if filing is None:
                raise problems.not_found("这份申报")
            changed, body = change(filing)
            if changed == filing:
                return filing
            return self.store.save_filing(
                self._settled(changed), filing.revision, actor=actor, action=action, body=body
            )

    def _settled(self, filing: Filing) -> Filing:
        item, p = self.item(filing), self.parts
        if item is None:
            return filing
        return signing.kept_signed(settled(filing, item, p.office, p.scopes, p.regions, p.settings.day()))

    def _open(self, user: User, filing_id: str) -> Filing:
        filing = self.filing(user, filing_id)
        _refuse_closed(filing)
        return filing

    def known_item(self, filing: Filing) -> Item:
        """The service item of a filing; the 409 problem while it is not settled."""
        item = self.item(filing)
        if item is None:
            raise problems.wrong_state("请先告诉小办您要办什么事，选定事项后再填写。")
        return item

    def _check_kind(self, filing: Filing, kind: str | None) -> None:
        item = self.item(filing)
        kinds = {m.kind for m in item.materials} if item else set()
        if kind and kind not in kinds:
            raise problems.invalid({"kind": "没有这种材料"})

    def _material(self, filing: Filing, material_id: str) -> Material:
        try:
            return filing.material(material_id)
        except KeyError:
            raise problems.not_found("这份材料") from None


def _refuse_closed(filing: Filing) -> None:
    if filing.status not in OPEN:
        raise problems.wrong_state("这份申报已经提交或办结，现在不能修改。")


def _message(text: str) -> str:
    """The words of a turn; raises the 422 problem for none or too many."""
    if not text.strip():
        raise problems.invalid({"text": "请说一句话再发送。"})
    if len(text) > LONGEST_MESSAGE:
        raise problems.invalid({"text": f"一次最多 {LONGEST_MESSAGE} 个字，请分几次说。"})
    return text
