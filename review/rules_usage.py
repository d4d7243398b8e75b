"""What the premises may be used for: stated use, clauses that forbid or limit it, and dwellings.

民法典 第二百七十九条 · 市场主体登记管理条例 第十七、二十条 · 实施细则 第二十五条.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.filing import Material
from knowledge.items import Check
from review.case import Place
from review.compare import plain, same_address
from review.rules_identity import kind_title
from review.submitted import Defect, Inconclusive, Outcome, Seen, Submitted, VisibleLine, rule
from review.trades import TRADES, Trade

_OFFICE = re.compile(
    "软件|信息技术|咨询|设计|代理|广告|翻译|策划|会计|办公服务|家政|商务|网络|互联网销售|数据|中介|摄影"
)
_FORBIDS = re.compile(r"(?:不得|禁止|不可以?|不能|不许|严禁|不准|不同意)(?P<what>[^。；;]*)")
_LIMITS = re.compile(
    r"(?:仅限于?|仅可(?:以|作|用于)?|只能|只可|只限于?|限于|仅能|仅作|仅供|仅用于|只作|专用于)"
    r"(?P<what>[^。；;，,]*)"
)
_UNLESS = re.compile(r"未经|未取得|除非|擅自|违反(?:国家)?法律|违规住人")
_ANY_TRADE = re.compile("商业|商用|商铺|店铺|店面|门面|经营性用房|综合")
_OFFICE_USE = re.compile("办公|写字楼|商务")
_STORE_USE = re.compile("仓储|仓库|库房")
_FACTORY_USE = re.compile("工业|厂房|生产车间")
_DWELLING = re.compile("住宅|居住|居民住房|宿舍|公寓(?!式办公)")
_MIXED = re.compile("商住|商业|办公|综合|商务")
_NOT_IN_OFFICES = {"餐饮", "洗浴足浴", "洗涤", "娱乐", "生产加工", "住宿", "危险化学品"}


def trades(s: Submitted) -> list[Trade]:
    """The sorts of business the filing is about, by its scope and the applicant's own words."""
    entries = [re.sub(r"[（(].*?[)）]", "", str(e)) for e in s.of("business_scope") or ()]
    found = [t for t in TRADES if any(t.entry.search(e) for e in entries)]
    own = str(s.of("main_business", "")) if not entries else ""
    return found + [t for t in TRADES if t not in found and own and t.entry.search(own)]


def dwelling(s: Submitted) -> Seen | None:
    """The document that gives the premises as a dwelling and nothing else."""
    for seen in (*s.seen("usage", "title_deed"), *s.seen("usage", "premises_commitment")):
        words = str(seen.value)
        if _DWELLING.search(words) and not _MIXED.search(words):
            return seen
    return None


@rule("premises_usage")
def premises_usage(s: Submitted, check: Check) -> Outcome:
    """A stated use, or a clause, that does not allow this business."""
    asked = trades(s)
    fields = ("business_scope",)
    told: set[str] = set()
    for material in s.usable("lease", "title_deed", "sublet_consent"):
        for why, place in (*_stated(s, material, asked), *_clauses(s, material, asked)):
            if material.id not in told:
                told.add(material.id)
                names = "、".join(str(e) for e in s.of("business_scope") or ())
                message = f"{_called(s, material)}{why}，与申请的“{names}”冲突"
                yield Defect(f"允许从事“{names}”的用途", place.quote or why, message, fields, (place,))


def _called(s: Submitted, material: Material) -> str:
    need = s.item.material(material.kind)
    return f"《{need.title}》" if need else "材料"


def _stated(s: Submitted, material: Material, asked: list[Trade]) -> Iterator[tuple[str, Place]]:
    """The field 用途: its limits and prohibitions, or a use that excludes the business."""
    seen = s.look(material, "usage")
    if seen is None:
        return
    words = str(seen.value)
    why = forbidden(words, asked, s) or _excluded(words, asked)
    if why:
        yield why, seen.place()


def forbidden(words: str, asked: list[Trade], s: Submitted) -> str | None:
    """Why a sentence does not allow one of these businesses; None when it does not touch them."""
    for match in _FORBIDS.finditer(words):
        if _UNLESS.search(words[max(0, match.start() - 12) : match.start()]) or _UNLESS.search(match["what"]):
            continue
        hit = next((t for t in asked if t.spoken.search(match["what"])), None)
        if hit:
            return f"写明“{match.group().strip()[:40]}”"
    for match in _LIMITS.finditer(words):
        if re.match(r"[\d一二三四五六七八九十]|本人|甲方|乙方|双方", match["what"]):
            continue
        if not _allows(match["what"], asked, s):
            return f"写明“{match.group().strip()[:40]}”"
    return None


def _allows(what: str, asked: list[Trade], s: Submitted) -> bool:
    """Whether a list of permitted uses leaves room for the business."""
    named = [t for t in TRADES if t.spoken.search(what) or t.entry.search(what)]
    office, store = bool(_OFFICE_USE.search(what)), bool(_STORE_USE.search(what))
    dwells = bool(_DWELLING.search(what))
    if not named and not office and not store and not dwells:
        return True
    if any(t in asked for t in named) or _ANY_TRADE.search(what):
        return True
    return office and office_work(s, asked)


def office_work(s: Submitted, asked: list[Trade]) -> bool:
    """Whether the business is done at desks."""
    entries = [str(e) for e in s.of("business_scope") or ()]
    return not asked or all(_OFFICE.search(e) for e in entries)


def _excluded(words: str, asked: list[Trade]) -> str | None:
    """A plain use that excludes the business without saying so: offices and stores have no kitchens."""
    names = {t.name for t in asked}
    if _ANY_TRADE.search(words) or _FORBIDS.search(words) or _LIMITS.search(words):
        return None
    if _OFFICE_USE.search(words) and names & _NOT_IN_OFFICES:
        return f"用途为“{words}”"
    if _STORE_USE.search(words) and names - {"仓储批发", "零售"}:
        return f"用途为“{words}”"
    if _FACTORY_USE.search(words) and names & {"餐饮", "住宿", "娱乐", "洗浴足浴", "教育培训"}:
        return f"用途为“{words}”"
    return None


def _clauses(s: Submitted, material: Material, asked: list[Trade]) -> Iterator[tuple[str, Place]]:
    """Clauses anywhere in the document; a sentence may run over several lines."""
    lines = [line for line in s.lines(material) if line.sure >= 0.5]
    for text, first, own in sentences(lines):
        why = forbidden(text, asked, s)
        if why and "存放易燃易爆" not in text:
            line = _line_of(why, own) or first
            yield f"第{line.page}页{why}", Place(id=material.id, page=line.page, box=line.box, quote=line.text)


def sentences(lines: list[VisibleLine]) -> Iterator[tuple[str, VisibleLine, list[VisibleLine]]]:
    """(sentence, its first line, its lines) over the pages; lines of one paragraph are joined."""
    joined = "".join(line.text for line in lines)
    starts, at = [], 0
    for line in lines:
        starts.append(at)
        at += len(line.text)
    for match in re.finditer(r"[^。；;]+[。；;]?", joined):
        own = [ln for ln, a in zip(lines, starts, strict=True) if a < match.end() and a + len(ln.text) > match.start()]
        if own:
            yield match.group(), own[0], own


def _line_of(why: str, lines: list[VisibleLine]) -> VisibleLine | None:
    """The line where the quoted words begin."""
    quoted = why.partition("“")[2].rstrip("”")
    return next((ln for ln in lines if quoted[:6] and quoted[:6] in ln.text), None)


@rule("residential_consent")
def residential_consent(s: Submitted, check: Check) -> Outcome:
    """A dwelling without the consent of the neighbours concerned, whatever the form says (民法典 第二百七十九条)."""
    shown = dwelling(s)
    if s.of("premises_kind") == "online" or (s.of("premises_residential") is not True and shown is None):
        return
    consents = s.materials("neighbour_consent")
    places = (shown.place(),) if shown else ()
    if not consents:
        said = "填报为住宅" if s.of("premises_residential") is True else "填报为非住宅"
        printed = f"，{kind_title(s, shown)}用途为“{shown.value}”" if shown else ""
        message = f"{said}{printed}，没有提交有利害关系的业主同意的材料"
        expected = "neighbour_consent 有利害关系的业主一致同意的证明"
        yield Defect(expected, "未提交", message, ("premises_residential",), places)
    for consent in s.usable("neighbour_consent"):
        yield from _consent(s, consent)


def _consent(s: Submitted, consent: Material) -> Outcome:
    where, filed = s.look(consent, "premises_address"), str(s.of("premises_address", ""))
    verdict = same_address(filed, str(where.value), sure=where.clear) if where and filed else "same"
    if where and verdict == "different":
        message = f"业主同意书写的是“{where.value}”，不是申请的经营场所“{filed}”"
        yield Defect(filed, str(where.value), message, ("premises_residential",), (where.place(),))
    elif where and verdict == "doubt":
        yield Inconclusive(f"业主同意书的地址读作“{where.value}”，与填报的不同，可能是识别误差，请对照图像")
    signed = consent.values.get("signed_by")
    if signed is not None and signed.value in ([], "", False):
        place = Place(id=consent.id, page=signed.page, box=signed.box, quote=signed.quote or None)
        yield Defect("有利害关系的业主签字", "没有签字", "业主同意书没有业主签字", ("premises_residential",), (place,))


@rule("residential_allowed")
def residential_allowed(s: Submitted, check: Check) -> Outcome:
    """A business that may not be done in a dwelling."""
    shown = dwelling(s)
    filed = s.of("premises_residential") is True
    if s.of("premises_kind") == "online" or not (filed or shown):
        return
    words = [str(w) for w in check.params.get("words") or ()]
    for entry in s.of("business_scope") or ():
        known = s.scopes.get(str(entry))
        said = any(w in str(entry) for w in words)
        if said or (filed and known is not None and not known.residential_ok):
            message = f"“{entry}”不得在住宅内经营"
            fields = ("premises_residential", "business_scope")
            yield Defect("非住宅的经营场所", plain(str(entry)), message, fields, (shown.place(),) if shown else ())
