"""The first pass over one case: what the rules find, then what only reading can tell. It decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from assistant.filing import Material
from knowledge.documents import ReadDocument
from review.case import Case
from review.submitted import Submitted, VisibleLine

if TYPE_CHECKING:
    from assistant.conversation import Parts


def visible(document: ReadDocument) -> tuple[VisibleLine, ...]:
    """The visible lines of a document, in the order of its pages; hidden words are left out."""
    return tuple(
        VisibleLine(page.number, line.text, line.box, line.conf) for page in document.pages for line in page.lines
    )


def submitted(case: Case, parts: Parts, read: Callable[[Material], ReadDocument | None]) -> Submitted:
    """What the rules see of a case: its frozen filing and what can be read in its documents."""
    documents = {m.id: read(m) for m in case.filing.materials}
    texts = {material: visible(document) for material, document in documents.items() if document is not None}
    item = parts.catalogue.get(case.filing.item)
    return Submitted(case.filing, item, case.filed_on, parts.office, parts.scopes, parts.regions, parts.library, texts)
