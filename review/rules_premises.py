"""Where business is done: the address, the right to use it, the lease and the owner.

市场主体登记管理条例 第八、十一、十六、十七条 · 实施细则 第六、十、二十五条 · 民法典 第四百九十、七百一十六条.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from assistant.addresses import address_outside, complete, incomplete_address
from assistant.filing import Material
from knowledge.items import Check
from review.case import Place
from review.compare import address_key, day, name_key, plain, same_address, same_name, same_person
from review.rules_identity import kind_title
from review.submitted import Defect, Inconclusive, Outcome, Seen, Submitted, rule

_PREMISES = ("lease", "title_deed", "premises_commitment", "application_form")
_NO_NAME = {"", "无", "/", "-", "—", "无平台"}


@rule("address_complete")
def address_complete(s: Submitted, check: Check) -> Outcome:
    """An address without street number, building or room."""
    for breach in incomplete_address(s.values):
        message = f"经营场所“{breach.word}”没有写到门牌号、楼栋或者房号"
        yield Defect("写到门牌号、楼栋、房号的地址", breach.word, message, (breach.field,))


@rule("address_same")
def address_same(s: Submitted, check: Check) -> Outcome:
    """The filed address against every document that shows the premises; one finding for one differing address."""
    filed = str(s.of("premises_address", ""))
    if not filed:
        return
    other: dict[str, list[Seen]] = {}
    for seen in s.seen("premises_address", *_PREMISES):
        verdict = same_address(filed, str(seen.value), sure=seen.clear)
        if verdict == "doubt":
            yield Inconclusive(
                f"{kind_title(s, seen)}的地址读作“{seen.value}”，与填报的不同，可能是识别误差，请对照图像"
            )
        elif verdict == "different" and not _only_shorter(filed, str(seen.value)):
            other.setdefault(address_key(str(seen.value)), []).append(seen)
    for same in other.values():
        places = tuple(seen.place() for seen in same)
        where = "、".join(dict.fromkeys(kind_title(s, seen) for seen in same))
        message = f"填报的经营场所“{filed}”与{where}上的“{same[0].value}”不一致"
        yield Defect(filed, str(same[0].value), message, ("premises_address",), places)


def _cut(s: Submitted, filed: str, seen: Seen) -> bool:
    """Whether only a piece of the address was read, and the document shows the filed one in full."""
    piece = address_key(str(seen.value)) in address_key(filed)
    return piece and s.shows(seen.material, address_key, filed)


def _only_shorter(filed: str, read: str) -> bool:
    """An incomplete filed address that the document completes is named by its own check."""
    return not complete(filed) and address_key(read).find(address_key(filed)[-8:]) >= 0


@rule("address_area")
def address_area(s: Submitted, check: Check) -> Outcome:
    """Premises outside the area of this authority (实施细则 第十条)."""
    filed = str(s.of("premises_address", ""))
    breaches = address_outside(s.values, s.office, s.regions)
    if breaches is None:
        known = "没有配置登记机关的管辖区域" if not s.office.areas else f"从“{filed}”看不出属于哪个区"
        yield Inconclusive(known)
    elif breaches:
        areas = "、".join(s.office.area_names) or "本机关辖区"
        message = f"经营场所“{filed}”不在{s.office.authority_name or '本机关'}的管辖区域（{areas}）"
        yield Defect(areas, filed, message, ("premises_address",), _printed_address(s))


def _printed_address(s: Submitted) -> tuple[Place, ...]:
    return tuple(seen.place() for seen in s.seen("premises_address", "application_form"))[:1]


@rule("lease_term")
def lease_term(s: Submitted, check: Check) -> Outcome:
    """A lease that has ended or not begun on the filing day."""
    for lease in s.usable("lease"):
        start, end = s.look(lease, "start_date"), s.look(lease, "end_date")
        if start is None and end is None:
            yield Inconclusive("租赁期限没有识别出来，请对照图像")
            continue
        places = tuple(dict.fromkeys(_key(seen.place()) for seen in (end, start) if seen))
        fault = _term_fault(s, start, end)
        if fault:
            term = f"{start.value if start else '?'}至{end.value if end else '?'}"
            yield Defect(f"租期包含申请日{s.filed_on}", term, f"租期{term}，{fault}", places=tuple(map(_place, places)))


def _key(place: Place) -> str:
    return place.model_dump_json()


def _place(text: str) -> Place:
    return Place.model_validate_json(text)


def _term_fault(s: Submitted, start: Seen | None, end: Seen | None) -> str | None:
    begins, ends = day(start.value) if start else None, day(end.value) if end else None
    if ends and ends < s.filed_on:
        return f"申请日{s.filed_on}已到期"
    if begins and begins > s.filed_on:
        return f"申请日{s.filed_on}尚未起租"
    return "起止日期颠倒" if begins and ends and begins > ends else None


@rule("lease_lessee")
def lease_lessee(s: Submitted, check: Check) -> Outcome:
    """A lessee who is not the operator."""
    operator = str(s.of("operator_name", ""))
    members = [str(p.get("name", "")) for p in s.of("family_members") or ()]
    for seen in s.seen("lessee_name", "lease"):
        verdict = same_person(operator, str(seen.value), seen.sure)
        if not operator or verdict == "same":
            continue
        if any(same_name(m, str(seen.value)) for m in members):
            yield Inconclusive(f"承租人“{seen.value}”是参加经营的家庭成员，不是经营者，请确认")
        elif verdict == "doubt":
            yield Inconclusive(f"承租人读作“{seen.value}”，与经营者“{operator}”可能不同，请对照图像")
        else:
            message = f"租赁合同的承租人“{seen.value}”不是经营者“{operator}”"
            yield Defect(operator, str(seen.value), message, ("operator_name",), (seen.place(),))


@rule("lease_lessor")
def lease_lessor(s: Submitted, check: Check) -> Outcome:
    """A lessor who is not the owner, without the owner's consent to sublet these premises (民法典 第七百一十六条)."""
    for lessor in s.seen("lessor_name", "lease"):
        for owner in s.seen("owner_name", "title_deed"):
            yield from _owner_differs(s, lessor, owner)


def people(text: Any) -> list[str]:
    """Names in a field that may hold several: 甲、乙; 甲 乙."""
    listed = text if isinstance(text, list) else re.split(r"[、,，;；/及和]|\s{1,}", str(text))
    return [str(n).strip() for n in listed if str(n).strip()]


def _owner_differs(s: Submitted, lessor: Seen, owner: Seen) -> Outcome:
    owners, lessors = people(owner.value), people(lessor.value)
    outside = [n for n in lessors if not any(same_name(n, o) for o in owners)]
    silent = [o for o in owners if not any(same_name(n, o) for n in lessors) and not _appears(s, o, lessor.material)]
    if not outside and not silent:
        return
    if not outside and len(owners) > 1:
        if not any(_consents(s, c, silent, lessors) is None for c in s.usable("sublet_consent")):
            who = "、".join(silent)
            message = f"房屋由{'、'.join(owners)}共有，没有看到共有人{who}同意出租"
            yield Defect(f"共有人{who}同意", "没有同意的材料", message, places=(lessor.place(), owner.place()))
        return
    if len(outside) == 1 and same_person(outside[0], owners[0], min(lessor.sure, owner.sure)) == "doubt":
        yield Inconclusive(f"出租人“{lessor.value}”与产权人“{owner.value}”不同，字迹不清，请对照图像")
        return
    yield from _without_consent(s, lessor, owner, owners, lessors)


def _without_consent(s: Submitted, lessor: Seen, owner: Seen, owners: list[str], lessors: list[str]) -> Outcome:
    consents = s.usable("sublet_consent")
    faults = [_consents(s, consent, owners, lessors) for consent in consents]
    if consents and any(fault is None for fault in faults):
        return
    message = f"出租人“{lessor.value}”不是产权人“{owner.value}”，没有产权人同意转租的证明"
    if consents:
        message = f"出租人“{lessor.value}”不是产权人“{owner.value}”，转租同意书{faults[0]}"
    elif s.materials("sublet_consent"):
        yield Inconclusive("转租同意书没有读出来，请对照图像")
        return
    places = [lessor.place(), owner.place(), *(s.whole(c) for c in consents)]
    expected = f"产权人{owner.value}出租，或者同意转租（sublet_consent 转租同意证明）"
    yield Defect(expected, f"出租人{lessor.value}", message, places=tuple(places))


def _appears(s: Submitted, name: str, material: Material) -> bool:
    """Whether a co-owner is named anywhere in the lease, as in “共有人某某同意出租”."""
    return any(name_key(name) in name_key(line.text) for line in s.lines(material))


def _consents(s: Submitted, consent: Material, owners: list[str], lessors: list[str]) -> str | None:
    """Why a consent to sublet does not carry this lease; None when it does."""
    where, owner = s.look(consent, "premises_address"), s.look(consent, "owner_name")
    filed = str(s.of("premises_address", ""))
    if where and filed and same_address(_fuller(s, filed), str(where.value), sure=where.clear) == "different":
        return f"写的是另一处房屋“{where.value}”"
    if owner and not any(same_name(n, o) for n in people(owner.value) for o in owners):
        return f"的出具人“{owner.value}”不是产权人"
    return _consent_parties(s, consent, lessors)


def _consent_parties(s: Submitted, consent: Material, lessors: list[str]) -> str | None:
    lessor, lessee = s.look(consent, "lessor_name"), s.look(consent, "lessee_name")
    if lessor and not any(same_person(m, n, lessor.sure) != "different" for n in people(lessor.value) for m in lessors):
        return f"同意的转租人“{lessor.value}”不是合同的出租人"
    if lessee and same_person(str(s.of("operator_name", "")), str(lessee.value), lessee.sure) == "different":
        return f"同意转租给“{lessee.value}”，不是经营者"
    signed = consent.values.get("signed")
    return "没有产权人签字" if signed is not None and signed.value in (False, "") else None


def _fuller(s: Submitted, filed: str) -> str:
    """The filed address, or the lease's when the filed one is incomplete."""
    if complete(filed):
        return filed
    return next((str(seen.value) for seen in s.seen("premises_address", "lease", "title_deed")), filed)


@rule("lease_signed")
def lease_signed(s: Submitted, check: Check) -> Outcome:
    """A party that has not signed (民法典 第四百九十条)."""
    for lease in s.usable("lease"):
        for key, who in (("lessor_signed", "出租人"), ("lessee_signed", "承租人")):
            read = lease.values.get(key)
            if read is None:
                yield Inconclusive(f"租赁合同{who}签字处没有识别出来，请对照图像")
            elif read.value in (False, ""):
                place = Place(id=lease.id, page=read.page, box=read.box, quote=read.quote or None)
                yield Defect(f"{who}签字", "签字处空白", f"租赁合同{who}没有签字", places=(place,))


@rule("platform")
def platform(s: Submitted, check: Check) -> Outcome:
    """Online premises without platform or address, or a proof that does not show them (条例 第十一条)."""
    if s.of("premises_kind") != "online":
        return
    for name, title in (("online_platform", "平台名称"), ("online_url", "网络经营场所网址")):
        if plain(str(s.of(name, ""))) in _NO_NAME:
            yield Defect(title, "未填写", f"网络经营场所没有填写{title}", (name,))
    for proof in s.usable("platform_proof"):
        yield from _proof(s, proof)


def _proof(s: Submitted, proof: Material) -> Outcome:
    faults = list(_proof_faults(s, proof))
    if faults:
        places = tuple(place for _, place in faults)
        message = "平台证明" + "，".join(why for why, _ in faults)
        yield Defect(
            "写明平台名称和网址、与填报一致的平台证明", message, message, ("online_platform", "online_url"), places
        )


def _proof_faults(s: Submitted, proof: Material) -> Iterator[tuple[str, Place]]:
    named = proof.values.get("platform")
    if named is not None and plain(str(named.value or "")) in _NO_NAME:
        yield "没有写平台名称", Place(id=proof.id, page=named.page, box=named.box, quote=named.quote or None)
    elif named is None and s.lines(proof) and not _platform_shown(s, proof):
        yield "上看不到平台名称", s.whole(proof)
    url, filed = s.look(proof, "url"), str(s.of("online_url", ""))
    if url and filed and url.clear and _host(str(url.value)) != _host(filed):
        yield f"上的网址“{url.value}”与填报的“{filed}”不一致", url.place()
    holder = s.look(proof, "operator_name")
    if holder and same_person(str(s.of("operator_name", "")), str(holder.value), holder.sure) == "different":
        yield f"上的经营者“{holder.value}”不是本人", holder.place()


def _platform_shown(s: Submitted, proof: Material) -> bool:
    filed = plain(str(s.of("online_platform", "")))
    return bool(filed) and any(filed in plain(line.text) for line in s.lines(proof))


def _host(url: str) -> str:
    found = re.sub(r"^[a-z]+://|^www\.", "", plain(url).lower())
    return re.sub(r"^www\.", "", found).split("/")[0]
