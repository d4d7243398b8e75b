"""What will be done: scope entries, permits before and after registration, and approvals.

市场主体登记管理条例 第十四条 · 实施细则 第十二、二十二条.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from assistant.filing import Material
from knowledge.items import Check
from knowledge.scopes import ScopeEntry
from review.case import Place
from review.compare import day, plain, same_address, same_person
from review.submitted import Defect, Inconclusive, Outcome, Seen, Submitted, rule

_GENERIC = ("许可证", "批准书", "批准文件", "经营", "证书", "许可", "备案", "证")


def entries(s: Submitted) -> list[str]:
    """The filed scope."""
    return [str(e) for e in s.of("business_scope") or ()]


def licensed(s: Submitted, *licences: str) -> list[ScopeEntry]:
    """Entries of the filed scope that need one of these licences."""
    known = [s.scopes.get(e) for e in entries(s)]
    return [e for e in known if e is not None and e.licence in licences]


@rule("scope_standard")
def scope_standard(s: Submitted, check: Check) -> Outcome:
    """Entries that are not in the catalogue."""
    for entry in entries(s):
        if s.scopes.get(entry) is None:
            near = "、".join(e.entry for e in s.scopes.propose(entry, 2))
            expected = f"规范目录中的条目{f'，例如{near}' if near else ''}"
            yield Defect(expected, entry, f"经营范围“{entry}”不是规范目录中的条目", ("business_scope",))


@rule("scope_licence")
def scope_licence(s: Submitted, check: Check) -> Outcome:
    """An approval that is needed before registration and absent, or permits to tell the applicant about."""
    if check.params.get("licence") == "pre":
        yield from _before(s)
    else:
        yield from _after(s)


def _before(s: Submitted) -> Outcome:
    needed = licensed(s, "pre")
    if not needed or s.materials("pre_approval"):
        return
    names = "、".join(e.entry for e in needed)
    message = f"“{names}”须在登记前取得{_permits(needed)}，没有提交批准文件"
    cites = tuple(dict.fromkeys(e.basis for e in needed if e.basis))
    expected = f"pre_approval 登记前的批准文件（{_permits(needed)}）"
    yield Defect(expected, "未提交", message, ("business_scope",), cites=cites)


def _after(s: Submitted) -> Outcome:
    needed = licensed(s, "post", "filing")
    if not needed:
        return
    told = [f"“{e.entry}”须{'备案' if e.licence == 'filing' else '取得'}{e.permit or '许可'}" for e in needed]
    message = f"{'；'.join(told)}，登记后办理，应当告知申请人"
    cites = tuple(dict.fromkeys(e.basis for e in needed if e.basis))
    found = "、".join(e.entry for e in needed)
    yield Defect("告知登记后须办理的许可或者备案", found, message, ("business_scope",), cites=cites)


def _permits(needed: list[ScopeEntry]) -> str:
    return "、".join(dict.fromkeys(e.permit for e in needed if e.permit)) or "批准文件"


@rule("approval_valid_on")
def approval_valid_on(s: Submitted, check: Check) -> Outcome:
    """An approval out of date; without a term, in doubt after the days of 细则 第二十二条."""
    for approval in s.usable("pre_approval"):
        end, issued = s.look(approval, "valid_to"), s.look(approval, "issued_on")
        until = day(end.value) if end else None
        if end and until and until < s.filed_on:
            message = f"批准文件有效期至{until}，申请日{s.filed_on}已过期"
            yield Defect(f"申请日{s.filed_on}仍有效", f"有效期至{until}", message, places=(end.place(),))
        elif end is None:
            yield from _without_term(s, issued, int(check.params.get("days_without_term", 90)))


def _without_term(s: Submitted, issued: Seen | None, days: int) -> Outcome:
    on = day(issued.value) if issued else None
    if issued is None or on is None:
        yield Inconclusive("批准文件的有效期没有识别出来，请对照图像")
    elif (s.filed_on - on).days > days:
        yield Inconclusive(f"批准文件{on}签发，没有识别出有效期，超过{days}日，请确认效力")


@rule("approval_fits")
def approval_fits(s: Submitted, check: Check) -> Outcome:
    """An approval for another person, another place or another business."""
    for approval in s.usable("pre_approval"):
        for why, field, expected, place in (*_holder(s, approval), *_place(s, approval), *_business(s, approval)):
            yield Defect(expected, why, f"批准文件{why}", (field,), (place,))


def _holder(s: Submitted, approval: Material) -> Iterator[tuple[str, str, str, Place]]:
    """The holder may be the operator or the business under its name; either fitting is enough."""
    operator, business = str(s.of("operator_name", "")), str(s.of("business_name", ""))
    seen = [h for h in (s.look(approval, "holder"), s.look(approval, "person")) if h]
    if not seen or not operator:
        return
    if any(same_person(n, str(h.value), h.sure) != "different" for h in seen for n in (operator, business) if n):
        return
    yield f"的持有人是“{seen[0].value}”，不是经营者“{operator}”", "operator_name", operator, seen[0].place()


def _place(s: Submitted, approval: Material) -> Iterator[tuple[str, str, str, Place]]:
    filed = str(s.of("premises_address", ""))
    where = s.look(approval, "address") or s.look(approval, "premises_address")
    if where and filed and same_address(filed, str(where.value), sure=where.clear) == "different":
        if plain(filed)[-6:] in plain(str(where.value)) or _cut_short(filed, str(where.value)):
            return
        yield f"载明的地址“{where.value}”不是申请的经营场所“{filed}”", "premises_address", filed, where.place()


def _cut_short(filed: str, read: str) -> bool:
    """An incomplete filed address is named by its own check."""
    return plain(read).startswith(plain(filed))


def _business(s: Submitted, approval: Material) -> Iterator[tuple[str, str, str, Place]]:
    """The name of the licence, or its scope, against the entries that need one."""
    needed = licensed(s, "pre")
    title = s.look(approval, "licence_name")
    if not needed or title is None or not title.clear:
        return
    covers = str((s.look(approval, "scope") or title).value)
    if any(fits(str(title.value), e) or fits(covers, e) for e in needed):
        return
    names = "、".join(e.entry for e in needed)
    yield f"是“{title.value}”，不是“{names}”的批准文件", "business_scope", _permits(needed), title.place()


def fits(licence: str, entry: ScopeEntry) -> bool:
    """Whether the name of a licence speaks of the entry: they share a word beyond 许可证 and 经营."""
    said = _bare(licence)
    for own in (_bare(entry.permit), _bare(entry.entry)):
        match = SequenceMatcher(None, said, own, autojunk=False).find_longest_match()
        if own and match.size >= min(3, len(own)):
            return True
    return False


def _bare(words: str) -> str:
    found = plain(words)
    for word in _GENERIC:
        found = found.replace(word, "")
    return found
