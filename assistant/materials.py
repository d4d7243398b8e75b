"""From a read document to its kind, its values with page, words and box, and what is wrong with it at first sight.

No model takes part: a value is what stands beside its label, and its quote is what the page shows.
"""

from __future__ import annotations

from datetime import date

from assistant.documents import DocumentKind, Values, kind_of, known
from assistant.filing import Issue, ReadValue
from assistant.sheet import Sheet
from assistant.wording import say
from knowledge.documents import PROBLEMS, HiddenText, ReadDocument, ReadPage
from knowledge.instructions import instruction_in

_SURE = 1.0
"""Signs of a kind that together make it certain."""
_OWN = 0.4
"""Signs of the declared kind with which a document is believed to be it."""
_LEAST_WORDS = 15
"""Characters a page must show before its silence about its kind says anything."""
_WHERE = {
    "no_ink": "与底色相同或被遮盖的文字",
    "tiny": "小到看不见的文字",
    "off_page": "页面以外的文字",
    "invisible": "不显示的文字",
    "zero_width": "零宽度字符",
    "styled": "设为隐藏的文字",
}


def detect_kind(document: ReadDocument) -> tuple[str | None, float]:
    """(material kind, confidence 0–1) of what the document looks like; (None, 0) when nothing speaks for any kind.

    The three identity cards look alike: they are all reported as `operator_id_card`.
    """
    ranked = _ranked(Sheet(document))
    (best, most), (_, second) = ranked[0], ranked[1]
    if most <= 0:
        return None, 0.0
    return best.kinds[0], round(min(1.0, most / _SURE) * (1 - 0.5 * min(1.0, second / most)), 3)


def _ranked(sheet: Sheet) -> list[tuple[DocumentKind, float]]:
    """Kinds by how strongly the document speaks for them."""
    scored = [(kind, kind.score(sheet.text)) for kind in known()]
    return sorted(scored, key=lambda pair: -pair[1])


def read_values(kind: str, document: ReadDocument, today: date) -> tuple[dict[str, ReadValue], list[Issue]]:
    """Values of a document declared to be of `kind`, and issues in words for the applicant.

    Days are `YYYY-MM-DD` (one the calendar lacks stays as printed), amounts 万元, areas m², signatures the name read,
    True for unreadable ink, "" for a blank. A kind nobody reads gives no values, only the general issues.
    """
    if document.problem:
        message = PROBLEMS.get(document.problem, PROBLEMS["corrupt"])
        return {}, [Issue(code="MATERIAL_ILLEGIBLE", severity="block", message=message)]
    sheet = Sheet(document)
    issues = [*_illegible(document), *_glaring(document), *_hidden(document), *_instructions(sheet)]
    reader = kind_of(kind)
    if reader is None:
        return {}, issues
    wrong = _wrong_kind(reader, sheet, document)
    if wrong:
        return {}, [wrong, *issues]
    values: Values = reader.read(sheet, today)
    if not any(i.code == "MATERIAL_ILLEGIBLE" for i in issues):
        issues += reader.issues(sheet, values)
    return values, issues


def _illegible(document: ReadDocument) -> list[Issue]:
    return [
        Issue(
            code="MATERIAL_ILLEGIBLE",
            severity="block",
            message=_why(page),
            page=page.number,
        )
        for page in document.pages
        if not page.legible
    ]


def _glaring(document: ReadDocument) -> list[Issue]:
    """Pages that can be read but for a spot where a lamp is mirrored."""
    told = [page for page in document.pages if page.legible and "glare" in page.faults]
    return [
        Issue(code="MATERIAL_GLARE", severity="warn", message=say("glare", page=page.number), page=page.number)
        for page in told
    ]


def _why(page: ReadPage) -> str:
    """Which page, why it cannot be read and what to do, for the two gravest reasons."""
    seen = page.faults[:2] or ("unknown",)
    why, how = (
        "、".join(say(f"unreadable.{fault}") for fault in seen),
        say(f"unreadable.{seen[0]}.how"),
    )
    return say("unreadable", page=page.number, why=why, how=how)


def _wrong_kind(declared: DocumentKind, sheet: Sheet, document: ReadDocument) -> Issue | None:
    """The document shows another kind, or is readable and shows nothing of the declared one."""
    own = declared.score(sheet.text)
    if own >= _OWN or (not all(page.legible for page in document.pages) and own > 0):
        return None
    best, most = _ranked(sheet)[0]
    if most >= _SURE * 0.6 and best is not declared and most > own + 0.3:
        told = f"这份文件看起来是{best.title}，不是{declared.title}。"
    elif own == 0 and len(sheet.text) >= _LEAST_WORDS and any(page.legible for page in document.pages):
        told = f"这份文件看起来不是{declared.title}。"
    else:
        return None
    message = f"{told}请核对后重新上传，或改选材料种类。"
    return Issue(code="MATERIAL_WRONG_KIND", severity="block", message=message, page=1)


def _hidden(document: ReadDocument) -> list[Issue]:
    """One issue a page that holds words nobody sees."""
    found = []
    for page in document.pages:
        texts = [h for h in page.hidden if _worth_telling(h)]
        if texts:
            ways = "、".join(dict.fromkeys(_WHERE.get(h.how, "看不见的文字") for h in texts))
            quote = texts[0].text[:60]
            message = f"第{page.number}页含有{ways}：“{quote}”。请提交不含隐藏内容的文件。"
            found.append(Issue(code="MATERIAL_HIDDEN_TEXT", severity="warn", message=message, page=page.number))
    return found


def _worth_telling(hidden: HiddenText) -> bool:
    """Words, not the stray mark or page number a printing program leaves."""
    return sum(c.isalnum() for c in hidden.text) >= 4


def _instructions(sheet: Sheet) -> list[Issue]:
    """Words to the reviewer on a page, hidden in the file, in its description or in its name."""
    document, found = sheet.document, []
    for page in document.pages:
        shown = "".join(piece.text for piece in sheet.pieces if piece.page == page.number)
        layers = [shown, "\n".join(line.text for line in page.lines), *(h.text for h in page.hidden)]
        words = next((w for w in map(instruction_in, layers) if w), None)
        if words:
            found.append(_instruction(words, f"第{page.number}页", page.number))
    stem = document.filename.rsplit(".", 1)[0].replace("_", " ")
    sources = [(stem, "文件名"), *((h.text, "文件属性") for h in document.unseen)]
    for text, where in sources:
        if words := instruction_in(text):
            found.append(_instruction(words, where, None))
    return found


def _instruction(words: str, where: str, page: int | None) -> Issue:
    message = f"{where}有写给审核人员或者系统的话：“{words[:80]}”。这些话不影响审核，请提交只含办理内容的文件。"
    return Issue(code="MATERIAL_INSTRUCTION", severity="warn", message=message, page=page)
