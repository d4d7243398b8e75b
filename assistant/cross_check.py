"""Documents against the form, against one another and against the calendar, told at once and in kind words.

The review does the same after submission with the evidence a clerk needs; here the applicant can still mend it.
Nothing here refuses anything: what is handed in is for the office to judge (市场主体登记管理条例 第十九条).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from assistant.filing import Filing, Material, ReadValue, Severity
from assistant.identity import id_number_problem
from assistant.sameness import CLEAR, Sameness, amount, misreading, plain, same_address, same_name, same_person
from assistant.wording import say

CARDS = ("operator_id_card", "member_id_card", "agent_id_card")
UNUSABLE = {"MATERIAL_ILLEGIBLE", "MATERIAL_WRONG_KIND"}
TITLES = {
    "operator_id_card": "身份证", "member_id_card": "家庭成员的身份证", "agent_id_card": "代理人的身份证",
    "lease": "租赁合同", "title_deed": "房产证", "application_form": "申请书", "premises_commitment": "承诺书",
    "neighbour_consent": "业主同意书", "sublet_consent": "转租同意书", "platform_proof": "平台证明",
    "pre_approval": "许可证", "family_proof": "户口簿或者结婚证",
}  # fmt: skip
"""What people call each kind of document."""


class Told(NamedTuple):
    """Something about one document; `block` takes the severity that the item gives the code."""

    material: str
    code: str
    severity: Severity
    message: str
    page: int | None = None


class Differs(NamedTuple):
    """A value of a document and the field it should equal."""

    kind: str
    read: str
    field: str
    code: str
    what: str
    compare: Callable[[str, str], Sameness]


def _number(filed: str, read: str) -> Sameness:
    return "same" if plain(filed).upper() == plain(read).upper() else "different"


def _amount(filed: str, read: str) -> Sameness:
    one, two = amount(float(filed)), amount(float(read))
    return "same" if one == two else "different"


def _words(filed: str, read: str) -> Sameness:
    one, two = plain(filed).removesuffix("族"), plain(read).removesuffix("族")
    return "same" if one == two else "doubt" if misreading(one, two, sure=False) else "different"


PAIRS: tuple[Differs, ...] = (
    Differs("operator_id_card", "name", "operator_name", "ID_NAME_MISMATCH", "姓名", same_person),
    Differs("operator_id_card", "id_number", "operator_id_number", "ID_NUMBER_MISMATCH", "号码", _number),
    Differs("operator_id_card", "ethnicity", "operator_ethnicity", "VALUES_CONFLICT", "民族", _words),
    Differs("agent_id_card", "name", "agent_name", "VALUES_CONFLICT", "姓名", same_person),
    Differs("agent_id_card", "id_number", "agent_id_number", "VALUES_CONFLICT", "号码", _number),
    Differs("lease", "lessee_name", "operator_name", "LEASE_PARTY_MISMATCH", "承租人", same_person),
    Differs("lease", "premises_address", "premises_address", "ADDRESS_MISMATCH", "地址", same_address),
    Differs("title_deed", "premises_address", "premises_address", "ADDRESS_MISMATCH", "坐落", same_address),
    Differs("premises_commitment", "premises_address", "premises_address", "ADDRESS_MISMATCH", "地址", same_address),
    Differs("neighbour_consent", "premises_address", "premises_address", "ADDRESS_MISMATCH", "地址", same_address),
    Differs("sublet_consent", "premises_address", "premises_address", "ADDRESS_MISMATCH", "地址", same_address),
    Differs("application_form", "operator_name", "operator_name", "ID_NAME_MISMATCH", "经营者姓名", same_person),
    Differs("application_form", "operator_id_number", "operator_id_number", "ID_NUMBER_MISMATCH", "证件号码", _number),
    Differs("application_form", "premises_address", "premises_address", "ADDRESS_MISMATCH", "经营场所", same_address),
    Differs("application_form", "business_name", "business_name", "VALUES_CONFLICT", "名称", _words),
    Differs("application_form", "capital_wan", "capital_wan", "CAPITAL_MISMATCH", "出资额（万元）", _amount),
    Differs("platform_proof", "operator_name", "operator_name", "VALUES_CONFLICT", "经营者", same_person),
    Differs("pre_approval", "address", "premises_address", "VALUES_CONFLICT", "地址", same_address),
)  # fmt: skip
"""What is compared with the form, document by document."""


@dataclass(frozen=True)
class Bundle:
    """A filing's documents and answers on a day."""

    filing: Filing
    today: date

    @cached_property
    def usable(self) -> tuple[Material, ...]:
        """Documents that were read and are what they were declared to be."""
        return tuple(
            m for m in self.filing.materials if m.status == "read" and not {i.code for i in m.issues} & UNUSABLE
        )

    def of(self, *kinds: str) -> list[Material]:
        """The usable documents of these kinds."""
        return [m for m in self.usable if m.kind in kinds and not m.made_here]

    def filed(self, field: str) -> Any:
        """The answer, None without one."""
        answer = self.filing.answers.get(field)
        return None if answer is None or answer.value in ("", []) else answer.value


def differing(b: Bundle) -> Iterator[Told]:
    """Values that the form has otherwise."""
    for pair in PAIRS:
        filed = b.filed(pair.field)
        for material in b.of(pair.kind) if filed is not None else ():
            read = material.values.get(pair.read)
            if read is not None and read.value not in (None, "", True):
                yield from _pair(b, pair, material, str(filed), read)


def _pair(b: Bundle, pair: Differs, material: Material, filed: str, seen: ReadValue) -> Iterator[Told]:
    read, page = str(seen.value), seen.page
    verdict = pair.compare(filed, read)
    if verdict == "different" and seen.sure < CLEAR and misreading(plain(filed), plain(read), sure=False):
        verdict = "doubt"
    if verdict == "same" or (pair.code == "LEASE_PARTY_MISMATCH" and _is_member(b, read)):
        return
    if pair.compare is _number and _misread(read, b.today):
        yield Told(material.id, pair.code, "warn", say("paper.unsure_number", paper=title(material), read=read), page)
        return
    soft = verdict == "doubt" or pair.code == "VALUES_CONFLICT"
    words = say(
        "paper.maybe_differs" if verdict == "doubt" else "paper.differs",
        paper=title(material), what=pair.what, read=read, filed=filed,
    )  # fmt: skip
    yield Told(material.id, pair.code, "warn" if soft else "block", words, page)


def _misread(number: str, today: date) -> bool:
    """A number of the right length that can be nobody's was read wrongly rather than printed wrongly."""
    problem = id_number_problem(number, today)
    return problem is not None and len(number) == 18


def _is_member(b: Bundle, name: str) -> bool:
    return any(same_name(str(p.get("name", "")), name) for p in b.filed("family_members") or ())


def residence(b: Bundle) -> Iterator[Told]:
    """The operator's residence is the one on the card (申请书填写须知)."""
    filed = b.filed("operator_residence")
    for material in b.of("operator_id_card") if filed else ():
        read = material.values.get("address")
        if read is not None and read.value and same_address(str(filed), str(read.value)) == "different":
            words = say("paper.residence", read=read.value, filed=filed)
            yield Told(material.id, "VALUES_CONFLICT", "warn", words, read.page)


def title(material: Material) -> str:
    """What people call the document."""
    return TITLES.get(material.kind, f"“{material.filename}”")
