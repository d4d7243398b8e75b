"""The documents themselves: absent, of another kind, unreadable, with hidden text or words to the reviewer.

市场主体登记管理条例 第十六、十七、十九条 · 实施细则 第七条.
"""

from __future__ import annotations

import re

from assistant.filing import Issue, Material
from knowledge.items import Check
from review.case import Place
from review.compare import name_key
from review.rules_scope import licensed
from review.submitted import Defect, Inconclusive, Outcome, Seen, Submitted, rule

_NAMED_ELSEWHERE = {
    "agent_id_card": "agent",
    "pre_approval": "scope_licence",
    "neighbour_consent": "residential_consent",
    "family_proof": "family_proof",
}
"""Absent documents that a more telling check of the same item names."""
_SAID = re.compile("“(.+?)”")
_TO_REVIEWER = re.compile(
    r"(?:忽略|跳过|无视|略过|绕过)[^.]{0,14}(?:检查|审核|审查|核对|校验|比对|签字|规则|问题)"
    r"|(?:AI|人工智能|智能|系统|审核|审查|模型|机器人)[^.]{0,14}(?:请|无需|不必|不用|直接|一律|自动)[^.]{0,14}"
    r"(?:通过|忽略|跳过|核对|检查|合格|批准|准予)"
    r"|(?:ignore|skip|bypass|approve)[^.]{0,24}(?:check|review|rule|instruction|this|all)",
    re.IGNORECASE,
)
"""A file name is no sentence: an order to whoever reviews is told by fewer signs than on a page."""


@rule("material_present")
def material_present(s: Submitted, check: Check) -> Outcome:
    """A required document that is absent; what a more telling check names is left to it."""
    kinds = {c.kind for c in s.item.checks}
    licences = [e.licence for e in licensed(s, "pre", "post", "filing", "none")]
    for need in s.item.needed(s.values, licences):
        have = len(s.materials(need.kind, *need.instead))
        if have >= need.count or _NAMED_ELSEWHERE.get(need.kind) in kinds:
            continue
        lack = need.count - have
        count = f"，还缺{lack}份" if need.count > 1 else ""
        message = f"没有提交{need.title}{count}。{need.why}"
        yield Defect(f"{need.kind} {need.title}", "未提交", message, cites=(need.basis,) if need.basis else ())


@rule("material_kind")
def material_kind(s: Submitted, check: Check) -> Outcome:
    """A document that is not what it was declared to be."""
    for material, issue in _issues(s, "MATERIAL_WRONG_KIND"):
        need = s.item.material(material.kind)
        expected = f"{material.kind} {need.title if need else ''}".strip()
        yield Defect(
            expected, issue.message, f"《{material.filename}》{issue.message}", places=(_at(s, material, issue),)
        )


@rule("material_legible")
def material_legible(s: Submitted, check: Check) -> Outcome:
    """A page too blurred, cut or dark to read."""
    for material, issue in _issues(s, "MATERIAL_ILLEGIBLE"):
        place = Place(id=material.id, page=issue.page or 1)
        yield Defect("清晰可辨的材料", "看不清", f"《{material.filename}》{issue.message}", places=(place,))
    for material in s.filing.materials:
        if material.status == "unreadable" and "MATERIAL_ILLEGIBLE" not in {i.code for i in material.issues}:
            yield Defect(
                "可以打开的材料", "打不开", f"《{material.filename}》无法读取", places=(Place(id=material.id),)
            )
        elif material.status == "reading":
            yield Inconclusive(f"《{material.filename}》还没有读完")


@rule("material_hidden_text")
def material_hidden_text(s: Submitted, check: Check) -> Outcome:
    """Text that is in the file but not visible on the page."""
    yield from _once(s, "MATERIAL_HIDDEN_TEXT", "页面上看得见的文字")


@rule("material_instruction")
def material_instruction(s: Submitted, check: Check) -> Outcome:
    """Text addressed to the reviewer or to an AI system, on the page or in the file's name; it has no effect."""
    yield from _once(s, "MATERIAL_INSTRUCTION", "只写办理事项本身的内容")
    told = {material.id for material, _ in _issues(s, "MATERIAL_INSTRUCTION")}
    for material in s.filing.materials:
        words = _TO_REVIEWER.search(re.sub(r"[\s_]+", "", material.filename))
        if words and material.id not in told:
            message = f"文件名“{material.filename}”里有写给审核人员或者系统的话"
            yield Defect("普通的文件名", words.group(), message, places=(Place(id=material.id),))


def _once(s: Submitted, code: str, expected: str) -> Outcome:
    """One finding a document, at the first place."""
    told = set()
    for material, issue in _issues(s, code):
        if material.id not in told:
            told.add(material.id)
            message = f"《{material.filename}》{issue.message}"
            yield Defect(expected, issue.message, message, places=(_words_at(s, material, issue),))


def _issues(s: Submitted, code: str) -> list[tuple[Material, Issue]]:
    return [(m, i) for m in s.filing.materials for i in m.issues if i.code == code]


def _at(s: Submitted, material: Material, issue: Issue) -> Place:
    first = next((line for line in s.lines(material) if line.page == (issue.page or line.page)), None)
    if first is None:
        return Place(id=material.id, page=issue.page or 1)
    return Place(id=material.id, page=first.page, box=first.box, quote=first.text)


def _words_at(s: Submitted, material: Material, issue: Issue) -> Place:
    """The words the reader quotes, and their box when they are visible."""
    found = _SAID.search(issue.message)
    words = found[1] if found else ""
    line = next((ln for ln in s.lines(material) if words and (ln.text in words or words in ln.text)), None)
    if line is not None:
        return Place(id=material.id, page=line.page, box=line.box, quote=line.text)
    return Place(id=material.id, page=issue.page, quote=words or None)


@rule("family_proof")
def family_proof(s: Submitted, check: Check) -> Outcome:
    """Family operation without proof, or a proof that does not show the operator and every member."""
    if s.of("composition") != "family":
        return
    if not s.materials("family_proof"):
        expected = "family_proof 户口簿或者结婚证"
        yield Defect(expected, "未提交", "家庭经营，但没有提交户口簿或者结婚证", ("family_members",))
        return
    proofs = s.usable("family_proof")
    named = [p for proof in proofs for p in listed(s, proof)]
    if not named:
        if proofs:
            yield Inconclusive("户口簿或者结婚证上的姓名没有识别出来，请对照图像")
        return
    wanted = [str(p.get("name", "")) for p in s.of("family_members") or ()]
    absent = [n for n in wanted if n and name_key(n) not in {name_key(p) for p, _ in named}]
    if absent:
        yield from _not_shown(s, absent, named)


def listed(s: Submitted, proof: Material) -> list[tuple[str, Seen]]:
    """(name, where) of each person a household register or marriage certificate shows."""
    seen = s.look(proof, "members") or s.look(proof, "persons") or s.look(proof, "names")
    if seen is None or not isinstance(seen.value, list):
        return []
    return [(str(p.get("name", "")) if isinstance(p, dict) else str(p), seen) for p in seen.value]


def _not_shown(s: Submitted, absent: list[str], named: list[tuple[str, Seen]]) -> Outcome:
    shown, who = "、".join(n for n, _ in named), "、".join(absent)
    if not all(seen.clear for _, seen in named):
        yield Inconclusive(f"户口簿或者结婚证上读到“{shown}”，没有“{who}”，字迹不清，请对照图像")
        return
    operator = str(s.of("operator_name", ""))
    places = tuple({seen.material.id: seen.place() for _, seen in named}.values())
    message = f"户口簿或者结婚证上是{shown}，没有申报的家庭成员{who}"
    yield Defect(f"{operator}和{who}的亲属关系证明", shown, message, ("family_members",), places)
