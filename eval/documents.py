"""`python -m eval documents PACKAGES FILES`: value by value, what is read in identity cards, leases and title deeds.

PACKAGES is a JSON-lines file of packages (`materials`: kind, render, file, content, effects), FILES the folder they
were rendered into, one folder a package. Told by kind of document and by how it came: text PDF, scan or photo.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from math import sqrt
from pathlib import Path
from typing import Any

from assistant.filing import ReadValue
from assistant.materials import detect_kind, read_values
from knowledge.documents import ReadDocument, read_document
from knowledge.hidden import overlap

DAY = date(2026, 11, 20)
"""The day the packages were filed."""
WANTED: dict[str, tuple[str, ...]] = {
    "id_card": ("name", "gender", "ethnicity", "birth_date", "address", "id_number",
                "issuer", "valid_from", "valid_to"),
    "lease": ("lessor_name", "lessee_name", "premises_address", "area_m2", "usage", "start_date", "end_date",
              "lessor_signed", "lessee_signed"),
    "title_deed": ("owner_name", "premises_address", "usage"),
}  # fmt: skip
"""Kind of content → the values that must be read in it."""
_BACK = ("issuer", "valid_from", "valid_to")
_CAME = {"digital": "text PDF", "scan": "scan", "photo": "photo"}


@dataclass(frozen=True)
class Told:
    """One value of one document."""

    package: str
    file: str
    content: str
    came: str
    name: str
    wanted: Any
    got: Any
    right: bool
    boxed: bool
    """Whether the box lies on printed words that hold the value; True for a value rightly absent."""

    def line(self) -> str:
        """A wrong value for the terminal."""
        return f"  {self.package}/{self.file} {self.came} {self.name}: wanted {self.wanted!r}, got {self.got!r}"


def documents(packages: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """(package, material) of every identity card, lease and title deed that can be read."""
    for line in packages.read_text(encoding="utf-8").splitlines():
        found = json.loads(line) if line.strip() else {}
        for package in [found, *(found[k] for k in ("base", "variant", "with", "without") if k in found)]:
            for material in package.get("materials", ()):
                if material["content"]["doc"] in WANTED and not material.get("effects", {}).get("illegible"):
                    yield package["id"], material


def measure(packages: Path, files: Path, kept: Path | None = None) -> list[Told]:
    """Every wanted value of every document. With `kept`, recognition is done once a file and reader."""
    told: list[Told] = []
    for package, material in documents(packages):
        path = files / package / material["file"]
        told += compared(package, material, read(path, kept), truth(path))
    return told


def read(path: Path, kept: Path | None) -> ReadDocument:
    """The document at `path`, from `kept` when it was read before."""
    name = hashlib.sha256(path.read_bytes()).hexdigest()
    file = kept / f"{name}.json" if kept else None
    if file and file.exists():
        return ReadDocument.model_validate_json(file.read_text(encoding="utf-8"))
    document = read_document(path, path.name)
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(document.model_dump_json(), encoding="utf-8")
    return document


def truth(path: Path) -> list[list[dict[str, Any]]]:
    """Printed lines with their boxes, page by page; empty without the renderer's notes."""
    notes = path.with_name(path.name + ".truth.json")
    return [page["lines"] for page in json.loads(notes.read_text("utf-8"))["pages"]] if notes.exists() else []


def compared(
    package: str, material: dict[str, Any], document: ReadDocument, printed: list[list[dict[str, Any]]]
) -> list[Told]:
    """The wanted values of one document beside those read."""
    content, came = material["content"], _CAME[material["render"]]
    values, _ = read_values(material["kind"], document, DAY)
    told = [
        Told(package, material["file"], content["doc"], came, "(kind)", material["kind"], kind := _kind(document),
             same_kind(kind, material["kind"]), True)
    ]  # fmt: skip
    for name in WANTED[content["doc"]]:
        wanted, seen = _wanted(content, name), values.get(name)
        got = seen.value if seen else None
        right = same(wanted, got)
        boxed = not seen or not got or not printed or _on_words(seen, printed)
        told.append(Told(package, material["file"], content["doc"], came, name, wanted, got, right, boxed))
    return told


def _kind(document: ReadDocument) -> str | None:
    return detect_kind(document)[0]


def same_kind(found: str | None, wanted: str) -> bool:
    """The identity cards of an operator, a member and an agent look alike."""
    return found == wanted or bool(found) and str(found).endswith("id_card") and wanted.endswith("id_card")


def _wanted(content: dict[str, Any], name: str) -> Any:
    side = "back" if name in _BACK else "front"
    return None if side not in content.get("sides", (side,)) else content.get(name)


def plain(value: Any) -> str:
    """A value as compared: width variants and spaces aside, sex and ethnic group in the canonical form."""
    if value in (None, "", False):
        return ""
    if isinstance(value, float | int) and not isinstance(value, bool):
        return f"{float(value):g}"
    text = "".join(unicodedata.normalize("NFKC", str(value)).split())
    text = {"male": "男", "female": "女"}.get(text, text).rstrip("。;,")
    return f"{float(text):g}" if text.replace(".", "", 1).isdigit() and "." in text else text.removesuffix("族")


def same(wanted: Any, got: Any) -> bool:
    """Equal as compared; True (ink that is no readable name) is right where somebody signed."""
    return bool(wanted) if got is True else plain(wanted) == plain(got)


def _on_words(seen: ReadValue, printed: list[list[dict[str, Any]]]) -> bool:
    """Whether the box lies on a printed line of its page that shares words with the quote."""
    lines = printed[seen.page - 1] if seen.page <= len(printed) else []
    if seen.box is None:
        return False
    near = [line["text"] for line in lines if overlap(tuple(line["box"]), seen.box) > 0.4]
    return bool(set(plain("".join(near))) & set(plain(seen.quote)))


def table(told: list[Told]) -> list[str]:
    """Shares by kind of document and way of coming, by value, and every wrong value."""
    out = [f"{'document':<12}{'came as':<10}{'values':>7}{'right':>7}{'share':>9}  95 %            boxes right"]
    for content in WANTED:
        for came in _CAME.values():
            out += _row(content, came, [t for t in told if (t.content, t.came) == (content, came)])
    for came in _CAME.values():
        out += _row("all three", came, [t for t in told if t.came == came])
    kinds = [t for t in told if t.name == "(kind)"]
    out.append(f"kind of document told right: {sum(t.right for t in kinds)}/{len(kinds)}")
    wrong = [t for t in told if not t.right]
    return [*out, f"{len(wrong)} wrong:", *(t.line() for t in wrong)]


def _row(content: str, came: str, told: list[Told]) -> list[str]:
    values = [t for t in told if t.name != "(kind)"]
    if not values:
        return []
    right, n, boxed = sum(t.right for t in values), len(values), sum(t.boxed for t in values)
    low, high = wilson(right, n)
    return [f"{content:<12}{came:<10}{n:>7}{right:>7}{right / n:>9.1%}  [{low:.3f}, {high:.3f}]  {boxed}/{n}"]


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % interval of a share."""
    z, p = 1.96, hits / n
    middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def save(told: list[Told], out: Path) -> None:
    """Every value as JSON lines."""
    out.write_text("".join(json.dumps(asdict(t), ensure_ascii=False) + "\n" for t in told), encoding="utf-8")
