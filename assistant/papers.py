"""Uploaded documents on their way in: what is taken, what is read in them, and which empty answers that fills."""

from __future__ import annotations

import re
import tempfile
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from assistant import problems
from assistant.cross_rules import dwelling
from assistant.fields import FieldError, accept
from assistant.filing import Answer, Filing, Issue, Material, ReadValue, SeenEvidence
from assistant.materials import detect_kind, read_values
from assistant.sameness import same_name
from assistant.vault import Vault
from knowledge.documents import PROBLEMS, Limits, ReadDocument, read_document, render_page
from knowledge.items import Item
from knowledge.joining import joined
from knowledge.sniff import Refused, sniff
from prompts.settings import Settings

MOST = 40
"""Documents one filing may hold."""
MEDIA = {"pdf": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
_PICTURES = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG", "image/png"), (b"RIFF", "image/webp"))
_SAFE = re.compile(r"[^\w.()（）\[\]【】、，, +\-]")
_DRAWN = 48
SURE = 0.5
"""Confidence below which the kind of a document is left to the applicant."""

FILLS: Mapping[str, Mapping[str, str]] = {
    "operator_id_card": {
        "name": "operator_name",
        "id_number": "operator_id_number",
        "ethnicity": "operator_ethnicity",
        "address": "operator_residence",
    },
    "lease": {"premises_address": "premises_address"},
    "title_deed": {"premises_address": "premises_address", "usage": "premises_residential"},
    "agent_id_card": {"name": "agent_name", "id_number": "agent_id_number"},
    "platform_proof": {"platform": "online_platform", "url": "online_url"},
    "application_form": {
        "operator_name": "operator_name",
        "operator_id_number": "operator_id_number",
        "premises_address": "premises_address",
        "capital_wan": "capital_wan",
    },
}
"""Kind of document → value read in it → the field it may fill."""


@dataclass(frozen=True)
class Paper:
    """What reading a document gave."""

    kind: str
    pages: int
    status: str
    values: dict[str, ReadValue]
    issues: list[Issue]


class Papers:
    """Bytes of uploaded documents: checked, kept, read and drawn."""

    def __init__(self, vault: Vault, settings: Settings) -> None:
        self._vault = vault
        self._limits = Limits(bytes=settings.upload_mb * 1024 * 1024, pages=settings.upload_pages)
        self._settings = settings
        self.remember: Callable[[str, ReadDocument], None] = lambda sha256, document: None
        """Keeps what was read under the hash of the content; set by the jobs."""
        self._scratch = settings.data.resolve() / "scratch"
        self._scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._drawn: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def limits(self) -> str:
        """The limits in words, shown before an upload and in the refusal."""
        return f"可上传 PDF、JPG、PNG、WebP 或 DOCX，单个不超过 {self._settings.upload_mb} MB、{self._limits.pages} 页"

    def check(self, filename: str, data: bytes) -> str:
        """Media type of a file that may be taken; raises the 413, 415 or 422 problem."""
        if not data:
            raise problems.invalid({"file": PROBLEMS["empty"]})
        if len(data) > self._limits.bytes:
            raise problems.too_large(f"文件“{filename}”太大。{self.limits()}。")
        with self._file(data) as path:
            try:
                kind = sniff(path, filename)
            except Refused as refused:
                raise problems.wrong_kind(f"{PROBLEMS[refused.problem]}（{self.limits()}）") from refused
        if kind == "image":
            return next((media for head, media in _PICTURES if data.startswith(head)), "image/jpeg")
        if kind not in MEDIA:
            raise problems.wrong_kind(f"{PROBLEMS['unsupported']}（{self.limits()}）")
        return MEDIA[kind]

    def read(self, material: Material, today: date) -> Paper:
        """Reads the document behind a material: its kind when none was given, its values and what is wrong with it."""
        with self._file(self._vault.get(material.sha256)) as path:
            document = read_document(path, material.filename, self._limits)
        self.remember(material.sha256, document)
        kind = material.kind or _kind_of(document)
        if document.problem:
            said = Issue(code="MATERIAL_ILLEGIBLE", severity="block", message=self._why(document.problem))
            status = "rejected" if document.problem in ("encrypted", "too_many_pages", "too_large") else "unreadable"
            return Paper(kind, len(document.pages), status, {}, [said])
        values, issues = read_values(kind, document, today)
        legible = any(page.legible and not page.blank for page in document.pages)
        return Paper(kind, len(document.pages), "read" if legible else "unreadable", dict(values), list(issues))

    def document(self, material: Material) -> ReadDocument:
        """The document as read again, lines and boxes."""
        with self._file(self._vault.get(material.sha256)) as path:
            return read_document(path, material.filename, self._limits)

    def joined(self, parts: Sequence[bytes]) -> bytes:
        """Several files as one PDF in their order; raises `CannotJoin`."""
        with ExitStack() as stack:
            return joined([stack.enter_context(self._file(data)) for data in parts], self._limits)

    def page_png(self, material: Material, n: int) -> bytes:
        """PNG of page `n` (from 1), the last ones drawn kept in memory; raises the 404 problem when there is none."""
        key = (material.sha256, n)
        with self._lock:
            if key in self._drawn:
                self._drawn.move_to_end(key)
                return self._drawn[key]
        png = None
        if 1 <= n <= max(material.pages, 1):
            with self._file(self._vault.get(material.sha256)) as path:
                png = render_page(path, n)
        if png is None:
            raise problems.not_found("这一页")
        with self._lock:
            self._drawn[key] = png
            while len(self._drawn) > _DRAWN:
                self._drawn.popitem(last=False)
        return png

    def forget(self, files: Iterable[str]) -> None:
        """Drops the drawn pages of documents that were erased."""
        gone = set(files)
        with self._lock:
            for key in [k for k in self._drawn if k[0] in gone]:
                del self._drawn[key]

    def _why(self, problem: str) -> str:
        return (
            f"{PROBLEMS[problem]}（最多 {self._limits.pages} 页）" if problem == "too_many_pages" else PROBLEMS[problem]
        )

    @contextmanager
    def _file(self, data: bytes) -> Iterator[Path]:
        """The bytes as a file for as long as a reader needs one, readable by this account only."""
        with tempfile.NamedTemporaryFile(dir=self._scratch, prefix="m") as file:
            file.write(data)
            file.flush()
            yield Path(file.name)


def plain_filename(filename: str) -> str:
    """The last part of a name without control, direction and markup characters, at most 100 characters."""
    last = unicodedata.normalize("NFKC", filename).replace("\\", "/").rsplit("/", 1)[-1]
    clean = _SAFE.sub("_", "".join(c for c in last if unicodedata.category(c)[0] != "C")).strip(" .")
    stem, dot, ending = clean.rpartition(".")
    return f"{stem[:90]}{dot}{ending[:8]}" if stem else clean[:100] or "未命名"


def with_paper(
    filing: Filing, material_id: str, paper: Paper, item: Item | None, today: date
) -> tuple[Filing, list[str]]:
    """The filing with what was read, and the fields it filled: empty ones that apply, 待确认, never a given answer."""
    if filing.material(material_id).kind_source == "detected":
        paper = replace(paper, kind=whose(paper, filing))
    materials = [_read(m, paper) if m.id == material_id else m for m in filing.materials]
    changed = filing.model_copy(update={"materials": materials, "answers": dict(filing.answers)})
    if item is None or paper.status != "read":
        return changed, []
    filled = []
    doubtful = {i.page for i in paper.issues if i.code == "MATERIAL_ILLEGIBLE"}
    for name, field_id in FILLS.get(paper.kind, {}).items():
        seen = paper.values.get(name)
        if seen is not None and seen.page not in doubtful and _fill(changed, item, field_id, seen, material_id, today):
            filled.append(field_id)
    if changed.pending in filled:
        changed = changed.model_copy(update={"pending": None})
    return changed, filled


def whose(paper: Paper, filing: Filing) -> str:
    """The kind of a card that was not declared: the operator's, the agent's or a member's, by the name on it."""
    name = paper.values.get("name")
    given = filing.values()
    if paper.kind != "operator_id_card" or name is None:
        return paper.kind
    members = [str(p.get("name", "")) for p in given.get("family_members") or ()]
    if same_name(str(name.value), str(given.get("operator_name") or "")):
        return "operator_id_card"
    if same_name(str(name.value), str(given.get("agent_name") or "")):
        return "agent_id_card"
    return "member_id_card" if any(same_name(str(name.value), m) for m in members) else paper.kind


def _read(material: Material, paper: Paper) -> Material:
    return material.model_copy(
        update={
            "kind": paper.kind,
            "pages": paper.pages,
            "status": paper.status,
            "values": paper.values,
            "issues": paper.issues,
        }
    )


def _fill(filing: Filing, item: Item, field_id: str, seen: ReadValue, material_id: str, today: date) -> bool:
    known = {f.id for f in item.fields}
    if field_id in filing.answers or field_id not in known or not item.applies(field_id, filing.values()):
        return False
    told = dwelling(str(seen.value)) if field_id == "premises_residential" else seen.value
    value = _accepted(lambda: accept(item.field(field_id), told, today)) if told is not None else None
    if value is None:
        return False
    evidence = SeenEvidence(material=material_id, page=seen.page, quote=seen.quote, box=seen.box)
    filing.answers[field_id] = Answer(value=value, source="material", evidence=evidence)
    return True


def _accepted(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except FieldError:
        return None


def _kind_of(document: ReadDocument) -> str:
    kind, sure = detect_kind(document)
    return kind if kind and sure >= SURE else ""
