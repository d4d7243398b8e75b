"""One message and what it changes: the filing so far, the words, and the reply as it is put together."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from assistant import asking
from assistant.answer_cache import AnswerCache
from assistant.cues import Heard, clauses, hear, strip, words
from assistant.extract import Found, by_code
from assistant.fields import Context, Parsed, parse
from assistant.filing import Answer, Filing, Reply, ReplyStatus, SaidEvidence, Turn
from assistant.form_edits import settled
from assistant.issues import listed_words
from assistant.name_ideas import suggest
from assistant.register import register
from assistant.scope_rules import industry_words
from assistant.wording import say
from knowledge.grounding import Panel
from knowledge.items import Catalogue, Item
from knowledge.library import Library
from knowledge.office import Office
from knowledge.regions import Regions
from knowledge.scopes import Scopes
from prompts.ask import MadeBy
from prompts.models import Models
from prompts.settings import Settings


@dataclass(frozen=True)
class Parts:
    """What the conversation works with; shared by all turns."""

    settings: Settings
    models: Models
    catalogue: Catalogue
    scopes: Scopes
    office: Office
    regions: Regions
    library: Library
    panel: Panel
    answers: AnswerCache = field(default_factory=AnswerCache)
    """Answers to policy questions, kept while nothing they depend on changes."""


@dataclass
class Exchange:
    """A turn under way. `filing` already holds the applicant's line; nothing outside it changes."""

    filing: Filing
    item: Item
    text: str
    parts: Parts
    now: datetime
    opening: bool = False
    noted: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    """What is said before the next question."""
    made_by: list[MadeBy] = field(default_factory=list)
    conflicts: list[Found] = field(default_factory=list)
    """Values that the message mentions and that are stored otherwise."""

    @property
    def heard(self) -> Heard:
        """The message as read."""
        return hear(self.text)

    @property
    def today(self) -> date:
        """The office's day."""
        return self.parts.settings.day()

    @property
    def pending(self) -> str | None:
        """The field that was asked for, when it is still one of the item's."""
        known = {f.id for f in self.item.fields}
        return self.filing.pending if self.filing.pending in known else None

    @property
    def place(self) -> int:
        """Index of the applicant's line."""
        return len(self.filing.turns) - 1

    def last_reply(self) -> Reply | None:
        """The assistant's reply before this message."""
        return next((t.reply for t in reversed(self.filing.turns[:-1]) if t.reply), None)

    def context(self) -> Context:
        """What this message may refer to."""
        last = self.last_reply()
        offered = tuple(last.options) if last and last.asked == "business_scope" else ()
        advised = tuple(e.entry for e in asking.proposed(self.filing, self.parts.scopes)) if offered else ()
        earlier = self.insisted()
        return Context(
            values=self.filing.values(),
            regions=self.parts.regions,
            scopes=self.parts.scopes,
            proposed=offered,
            advised=advised,
            earlier=self._name_before()
            or (str(earlier[1].value) if earlier and self.pending == "premises_address" else ""),
        )

    def _name_before(self) -> str:
        """The line before, when it named a member of the family without the number that belongs to it."""
        last = self.last_reply()
        if self.pending is None or self.item.field(self.pending).type != "people" or not last:
            return ""
        told = [t.text for t in self.filing.turns[:-1] if t.role == "user"]
        return told[-1] if told and self.pending in last.refused else ""

    def mentioned(self, place: int) -> list[Found]:
        """The values that a line of the conversation mentions."""
        return by_code(hear(self.filing.turns[place].text), self.item, self.today, self.context())

    def was_asked(self, field_id: str) -> bool:
        """Whether the person was asked for the field at any time before this message."""
        return any(t.reply is not None and t.reply.asked == field_id for t in self.filing.turns)

    def insisted(self) -> tuple[int, Parsed] | None:
        """(line, value) of what the pending question was answered with just before, when that was not taken."""
        last, pending = self.last_reply(), self.pending
        if last is None or pending is None or pending not in last.refused:
            return None
        for i in range(len(self.filing.turns) - 2, -1, -1):
            said = self.filing.turns[i]
            if said.role == "user":
                base = Context(self.filing.values(), self.parts.regions, self.parts.scopes)
                outcome = parse(self.item.field(pending), said.text, self.today, base)
                known = outcome is not None and outcome.value is not None
                return (i, Parsed(outcome.value, outcome.start, outcome.end)) if outcome and known else None
        return None

    def questions(self) -> list[tuple[int, int]]:
        """Clauses of the message that ask something."""
        pattern = re.compile(words()["question"], re.I)
        out = []
        for start, end in clauses(self.heard):
            whole, bare = self.heard.cues[start:end], self.heard.cues[slice(*strip(self.heard, start, end))]
            asks = pattern.search(whole) or pattern.search(bare)
            if asks and not _only_asks_consent(whole) and not re.search(words()["rhetoric"], whole, re.I):
                out.append((start, end))
        return out

    def without(self, spans: list[tuple[int, int]]) -> str:
        """The message with clauses blanked, every other character in its place."""
        characters = list(self.text)
        for start, end in spans:
            a, b = self.heard.span(start, end)
            characters[a:b] = "，" * (b - a)
        return "".join(characters)

    def take(self, field_id: str, parsed: Parsed, asked: bool, line: int | None = None) -> None:
        """Stores a value with the words it came from; confirmed when it answers the question for it."""
        turn = self.place if line is None else line
        quote = self.filing.turns[turn].text[parsed.start : parsed.end]
        evidence = SaidEvidence(turn=turn, start=parsed.start, end=parsed.end, quote=quote)
        self.put(field_id, Answer(value=parsed.value, source="said", confirmed=asked, evidence=evidence))

    def put(self, field_id: str, answer: Answer) -> None:
        """Stores an answer."""
        answers = self.filing.answers | {field_id: answer}
        skipped = [s for s in self.filing.skipped if s != field_id]
        self.filing = self.filing.model_copy(update={"answers": answers, "skipped": skipped})
        if field_id not in self.noted:
            self.noted.append(field_id)

    def settle(self) -> None:
        """Brings derived values and issues up to date."""
        p = self.parts
        self.filing = settled(self.filing, self.item, p.office, p.scopes, p.regions, self.today)

    def clear(self, field_id: str) -> None:
        """Takes an answer out again; it is not asked for any more."""
        kept = {f: a for f, a in self.filing.answers.items() if f != field_id}
        self.filing = self.filing.model_copy(update={"answers": kept})
        self.noted.append(field_id)
        self.skip(field_id)

    def skip(self, field_id: str) -> None:
        """Leaves an optional field empty, or puts a required one off to the end."""
        skipped = [s for s in self.filing.skipped if s != field_id] + [field_id]
        self.filing = self.filing.model_copy(update={"skipped": skipped})

    def next_question(self) -> tuple[str | None, str, list[str]]:
        """(field, question, answers to pick) of what is asked next; (None, "", []) when nothing is left."""
        left = asking.open_fields(self.item, self.filing)
        if not left:
            return None, "", []
        under_way = [self.pending, *reversed(self.filing.waiting)]
        asked = next((f for f in under_way if f in left and f not in self.filing.skipped), None) or left[0]
        if asked == "business_scope" and not asking.proposed(self.filing, self.parts.scopes):
            if not self.was_asked("main_business"):
                return "main_business", say("scope_business"), []
            asked = next((f for f in left if f != "business_scope"), asked)
        question, picks = asking.question(self.item, asked, self.filing, self.parts.scopes)
        return asked, question, picks or self._ideas(asked)

    def _ideas(self, asked: str) -> list[str]:
        """Parts of a name to pick, that pass every rule: trade names, and words for the trade of the scope."""
        p, values = self.parts, self.filing.values()
        if asked == "name_industry":
            return industry_words(values, p.scopes)
        if asked != "name_trade":
            return []
        known = register(p.office, p.regions)
        return suggest(values, listed_words(self.item), known, p.scopes, p.regions, self.today)

    def repeat(self) -> str:
        """The question under way once more, after a line break."""
        asked, words_, _ = self.next_question()
        return f"\n{words_}" if asked else ""

    def reply(self, status: ReplyStatus, text: str, **more: Any) -> Reply:
        """A reply that leaves the question under way open."""
        asked, _, picks = self.next_question()
        return Reply(
            status=status,
            text="".join(self.lines) + text,
            asked=asked,
            options=picks,
            noted=list(self.noted),
            refused=dict(self.refused),
            made_by=[*self.made_by, *more.pop("made_by", [])],
            **more,
        )


def _only_asks_consent(clause: str) -> bool:
    """叫小鹿行吗, 对不对: asks whether the answer will do."""
    return bool(
        re.search(
            r"(?:行吗|可以吗|对吗|好吗|行不行|对不对|可不可以|是不是(?:对|这样)?|好不好|得唔得|ok\s*[?？]?)[啊呀呢吧嘛哈哦噢]*\W*$",
            clause,
            re.I,
        )
    ) and not re.search(r"什么|怎么|多少|多久|哪|要不要|能不能|需", clause)


def line(role: str, text: str, now: datetime, reply: Reply | None = None) -> Turn:
    """One line of the conversation."""
    return Turn(role="user" if role == "user" else "assistant", text=text, at=now, reply=reply)
