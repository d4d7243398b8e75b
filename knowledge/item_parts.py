"""The parts of a service item: its fields, documents, checks and questions for the reviewer."""

from __future__ import annotations

import re
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from knowledge.citation import Frozen
from knowledge.conditions import Condition

FieldType = Literal[
    "text",
    "yes_no",
    "choice",
    "id_number",
    "phone",
    "email",
    "url",
    "address",
    "amount_wan",
    "count",
    "date",
    "people",
    "scope",
    "powers",
    "name_part",
]
MaterialKind = Literal[
    "operator_id_card",
    "application_form",
    "lease",
    "title_deed",
    "premises_commitment",
    "platform_proof",
    "neighbour_consent",
    "sublet_consent",
    "family_proof",
    "member_id_card",
    "agent_id_card",
    "pre_approval",
]
CHECK_KINDS: dict[str, frozenset[str]] = {
    "material_present": frozenset(),
    "material_kind": frozenset(),
    "material_legible": frozenset(),
    "material_hidden_text": frozenset(),
    "material_instruction": frozenset(),
    "id_number": frozenset({"fields"}),
    "id_valid_on": frozenset({"kinds"}),
    "id_both_sides": frozenset({"kinds"}),
    "same_value": frozenset({"field", "read"}),
    "from_id_number": frozenset({"field"}),
    "age": frozenset({"least", "below"}),
    "restricted_person": frozenset(),
    "phone": frozenset({"fields"}),
    "email": frozenset({"fields"}),
    "name_form": frozenset({"words"}),
    "name_trade": frozenset({"least"}),
    "name_region": frozenset(),
    "name_words": frozenset({"words"}),
    "name_chinese": frozenset(),
    "name_industry": frozenset(),
    "name_taken": frozenset(),
    "name_similar": frozenset(),
    "name_doubtful": frozenset(),
    "scope_standard": frozenset(),
    "scope_licence": frozenset({"licence"}),
    "approval_valid_on": frozenset({"days_without_term"}),
    "approval_fits": frozenset(),
    "address_complete": frozenset(),
    "address_same": frozenset(),
    "address_area": frozenset(),
    "lease_term": frozenset(),
    "lease_lessee": frozenset(),
    "lease_lessor": frozenset(),
    "lease_signed": frozenset(),
    "premises_usage": frozenset(),
    "residential_consent": frozenset(),
    "residential_allowed": frozenset({"words"}),
    "family_proof": frozenset(),
    "family_signed": frozenset(),
    "form_signed": frozenset(),
    "form_date": frozenset(),
    "agent": frozenset({"powers"}),
    "amounts_agree": frozenset(),
    "platform": frozenset(),
    "values_agree": frozenset(),
}
"""Kind of check → the parameters it takes."""

_NUMERAL = "[零〇一二三四五六七八九十百千]+"
_BASIS = re.compile(rf"(?P<document>\S+)(?: (?P<article>第{_NUMERAL}条(?:之{_NUMERAL})?))?")


def articles(basis: str) -> list[tuple[str, str]]:
    """[(document, article)] of `民法典 第五十四条；行政许可法 第三十二条`; article empty for a whole document."""
    found = [(part, _BASIS.fullmatch(part.strip())) for part in basis.split("；") if part.strip()]
    for part, match in found:
        if match is None:
            raise ValueError(f"wanted a basis like “市场主体登记管理条例 第十九条”, got “{part}”")
    return [(m["document"], m["article"] or "") for _, m in found if m]


def _resolvable(basis: str) -> str:
    articles(basis)
    return basis


class ItemField(Frozen):
    """One thing the applicant tells."""

    id: str = Field(pattern=r"^[a-z][a-z_]*$")
    title: str
    type: FieldType
    group: str = ""
    """Heading of the part of the form it stands under."""
    ask: str = ""
    """The question, short and about one thing; empty when it is only ever derived."""
    help: str = ""
    """Why it is asked, or an example."""
    required: bool = True
    default: Any = None
    """Value taken unless the applicant says otherwise; a field with a default is not asked."""
    derived_from: tuple[str, ...] = ()
    """Fields it follows from; it is asked only when they are settled and it still has no value."""
    choices: dict[str, str] = Field(default_factory=dict)
    """Canonical value → label."""
    open: bool = False
    """Other words than the choices are taken as well."""
    needed_if: Condition | None = None
    basis: str = ""
    sensitive: bool = False
    """Masked in lists and logs."""

    _basis = field_validator("basis")(_resolvable)

    @property
    def derived(self) -> bool:
        """Whether it follows from other fields."""
        return bool(self.derived_from)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.type == "choice") != bool(self.choices):
            raise ValueError(f"{self.id}: a choice, and only a choice, lists its choices")
        if not self.ask and not self.derived:
            raise ValueError(f"{self.id}: a field that does not follow from others needs a question (ask)")
        return self


class MaterialNeed(Frozen):
    """A document the item may need."""

    kind: MaterialKind
    title: str
    when: str
    """In words: when it is needed."""
    why: str
    basis: str
    needed_if: Condition | None = None
    by_rule: bool = False
    """Never needed by the answers alone; a rule asks for it after reading other documents."""
    scope_licence: Literal["pre"] | None = None
    """Needed when an entry of the scope has this licence."""
    count_of: str | None = None
    """Field of a list: one document for each entry."""
    instead: tuple[MaterialKind, ...] = ()
    """Documents that will do in its place."""
    signed: bool = False
    must_show: tuple[str, ...] = ()
    """Values that have to be readable in it."""

    _basis = field_validator("basis")(_resolvable)


class NeededMaterial(Frozen):
    """A document that this filing needs."""

    kind: str
    title: str
    why: str
    basis: str
    count: int = 1
    instead: tuple[str, ...] = ()


class Check(Frozen):
    """One finding code: how it is decided, how grave it is, on which article, and what the applicant can do."""

    code: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    kind: str
    severity: Literal["block", "warn", "info"]
    basis: str
    remedy: str
    """One sentence for the applicant."""
    params: dict[str, Any] = Field(default_factory=dict)

    _basis = field_validator("basis")(_resolvable)

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.kind not in CHECK_KINDS:
            raise ValueError(f"{self.code}: unknown kind of check {self.kind!r}")
        if extra := set(self.params) - CHECK_KINDS[self.kind]:
            raise ValueError(f"{self.code}: a {self.kind} check takes no {', '.join(sorted(extra))}")
        return self


class ReviewQuestion(Frozen):
    """A question a rule cannot answer; a model or a clerk does, with yes or no and a quotation."""

    id: str
    code: str
    """Finding code it raises."""
    ask: str
    yes: str
    """What 是 means."""
    no: str
    finding_if: Literal["yes", "no"]
    basis: str
    fields: tuple[str, ...] = ()
    materials: tuple[MaterialKind, ...] = ()
    """Documents it reads; it is skipped when none of them is there."""
    needed_if: Condition | None = None

    _basis = field_validator("basis")(_resolvable)


class Days(Frozen):
    """Time limits of the office, in working days from receipt."""

    on_the_spot: int
    decide: int
    extension: int
    notice: int
    """To name everything that has to be put right, at once."""
