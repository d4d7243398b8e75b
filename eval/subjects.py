"""What a suite can be run on: the product's own functions, each taking a case's input and giving plain JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from assistant.conversation import Parts, open_filing, turn
from assistant.filing import Answer, Filing
from assistant.inquiry import inquire
from assistant.support import Supported
from assistant.written import write
from eval.run import Subject
from eval.samples import submitted
from eval.suite import SubjectName
from knowledge.citation import Passage
from knowledge.grounding import Panel
from knowledge.items import Catalogue
from knowledge.library import Library
from knowledge.office import Office
from knowledge.regions import regions
from knowledge.scopes import Scopes
from prompts.models import Models
from prompts.settings import ROLES, Settings
from review.rules import review_rules

HERE = Path(__file__).resolve().parent
ITEM = "individual-business-registration"
UNHURRIED_S = 600.0
"""A suite asks what a model can do, not how fast this machine is."""


class Subjects:
    """The parts of the product, built once for all suites of a run; a context manager that ends the engine."""

    def __init__(
        self,
        settings: Settings,
        *,
        models: Models | None = None,
        library: Library | None = None,
        versions: Mapping[str, int] | None = None,
    ) -> None:
        self.settings = settings
        self.models = models or Models(settings, versions=versions)
        self._pinned = " ".join(f"{name}@{n}" for name, n in sorted((versions or {}).items()))
        if library is None:
            library = Library(settings)
            library.refresh()
        office = Office.load(settings.office)
        self.parts = Parts(
            settings=settings,
            models=self.models,
            catalogue=Catalogue.load(),
            scopes=Scopes.load(None, office.scope_catalogue),
            office=office,
            regions=regions(),
            library=library,
            panel=Panel(self.models),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.models.close()

    def get(self, name: SubjectName) -> Subject:
        """The function of one subject, with the models and vectors it needs made ready first."""
        if name not in ("review", "scope"):
            self.models.warm()
            self.parts.library.vectorise()
        known: dict[SubjectName, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "extraction": self.extraction,
            "answer": self.answer,
            "claim": self.claim,
            "retrieval": self.retrieval,
            "scope": self.scope,
            "review": self.review,
            "written": self.written,
        }
        return known[name]

    def under(self, name: SubjectName) -> dict[str, str]:
        """What the outputs of a subject depend on, for the cache and the report."""
        code = {
            "rules": _digest("review/rules*.py", "assistant/sameness.py", "review/submitted.py", "review/trades.py"),
            "items": _digest("knowledge/items/*.yaml", "knowledge/*.csv"),
        }
        if name in ("review", "scope"):
            return code
        bound = {f"model.{role}": self.models.name(role) for role in ROLES}
        words = {
            "prompts": _digest("prompts/*.md"),
            "code": _digest("assistant/*.py", "knowledge/*.py", "assistant/*.yaml"),
            "pinned": self._pinned,
        }
        return code | bound | words | {"library": self.parts.library.version}

    # One method a subject: input of a case → output for the graders

    def extraction(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """`text`, with optional `pending` field and `answers` so far → values, status, asked."""
        now, filing = datetime.now(UTC), None
        if "pending" in given:
            filing = _pending(given, now)
            filing, reply = turn(filing, given["text"], self.parts, now)
        else:
            filing, reply = open_filing("evaluator", ITEM, given["text"], self.parts, now)
        return {"values": filing.values(), "status": reply.status, "asked": reply.asked, "text": reply.text}

    def answer(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """`question`, optional `history`, `on`, `region` → status, text, cited."""
        on = date.fromisoformat(given["on"]) if "on" in given else None
        said = inquire(self.parts, given["question"], given.get("history", ()), on, given.get("region"))
        return {"status": said.status, "text": said.text, "cited": [c.passage for c in said.citations]}

    def written(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """`question`, `passages` (document, article, text) → status, text of the sentences that stand, removed.

        The model bound to the role writer writes, whether or not it has earned it: this is where it does.
        """
        shown = [Supported(_passage(p), 0.9) for p in given["passages"]]
        draft = write(self.models, self.parts.panel, given["question"], shown, patience_s=UNHURRIED_S)
        return {
            "status": "answered" if draft.sentences else "quoted",
            "text": "\n".join(s.text for s in draft.sentences),
            "cited": [c.passage for c in draft.citations],
            "removed": [{"text": r.text, "why": r.why} for r in draft.removed],
        }

    def claim(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """`claim`, `passage` → verdict, score."""
        checked = self.parts.panel.check(given["claim"], given["passage"])
        return {"verdict": checked.verdict, "score": checked.score, "agreed": checked.agreed}

    def retrieval(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """`query`, optional `k` → cited passage ids, best first."""
        hits = self.parts.library.search(given["query"], given.get("k", 10))
        return {"cited": [hit.passage.id for hit in hits]}

    def scope(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """`text` → proposed entries and the permits they need."""
        entries = self.parts.scopes.propose(given["text"])
        return {"entries": [e.entry for e in entries], "text": "；".join(e.permit for e in entries)}

    def review(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """`sample` with optional `change` → codes and findings of the rules."""
        findings, gaps = review_rules(submitted(given["sample"], given.get("change", {}), self.parts))
        shown = [{"code": f.code, "severity": f.severity, "message": f.message} for f in findings]
        return {"codes": [f.code for f in findings], "findings": shown, "inconclusive": gaps}


def _passage(given: Mapping[str, str]) -> Passage:
    return Passage(id=f"{given['document']}@#{given['article']}", version="", rank="法律", **given)


def _pending(given: Mapping[str, Any], now: datetime) -> Filing:
    answers = {k: Answer(value=v, source="form", confirmed=True) for k, v in given.get("answers", {}).items()}
    return Filing(
        id="evaluated",
        owner="evaluator",
        item=ITEM,
        item_version="",
        answers=answers,
        pending=given["pending"],
        created_at=now,
        updated_at=now,
    )


def _digest(*patterns: str) -> str:
    """Short hash over files of the product, so that kept outputs end when the code they came from changes."""
    files = sorted(p for pattern in patterns for p in HERE.parent.glob(pattern))
    return hashlib.sha256(b"".join(p.read_bytes() for p in files)).hexdigest()[:12]
