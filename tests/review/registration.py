"""A clean registration, and ways to change it: every person and number is invented."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from assistant.filing import Answer, Filing, Issue, Material, ReadValue
from knowledge.items import Catalogue, Item
from knowledge.office import Office, RestrictedPerson
from knowledge.regions import Regions
from knowledge.scopes import Scopes
from review.submitted import Submitted, VisibleLine

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
CODE = "individual-business-registration"
ADDRESS = "深圳市南山区粤海街道科苑路18号创新大厦2栋305"
NUMBER = "440305199003077515"
MEMBER_NUMBER = "440305199208126229"
AGENT_NUMBER = "44030419851102331X"

ANSWERS: dict[str, Any] = {
    "main_business": "卖文具和办公用品",
    "business_scope": ["文具用品零售", "办公用品销售"],
    "has_name": True,
    "name_region": "深圳市南山区",
    "name_trade": "墨禾",
    "name_industry": "文具",
    "name_form": "店",
    "business_name": "深圳市南山区墨禾文具店",
    "operator_name": "林书墨",
    "operator_id_type": "resident_id",
    "operator_id_number": NUMBER,
    "operator_gender": "male",
    "operator_birth_date": "1990-03-07",
    "operator_ethnicity": "汉族",
    "operator_education": "本科",
    "operator_political_status": "群众",
    "operator_occupation": "自由职业",
    "operator_mobile": "13912345678",
    "operator_residence": "广东省深圳市南山区海德路5号3栋201",
    "composition": "individual",
    "premises_kind": "leased",
    "premises_address": ADDRESS,
    "premises_residential": False,
    "capital_wan": 5,
    "is_ecommerce": False,
    "licence_copies": 1,
    "contact_name": "林书墨",
    "contact_mobile": "13912345678",
    "contact_email": "mohe@post.example",
    "has_agent": False,
}
DOCUMENTS: dict[str, dict[str, Any]] = {
    "operator_id_card": {
        "name": "林书墨",
        "gender": "男",
        "birth_date": "1990-03-07",
        "id_number": NUMBER,
        "valid_from": "2019-01-01",
        "valid_to": "2039-01-01",
    },
    "application_form": {
        "operator_name": "林书墨",
        "operator_id_number": NUMBER,
        "premises_address": ADDRESS,
        "business_name": "深圳市南山区墨禾文具店",
        "capital_wan": "5",
        "capital_words": "伍万元整",
        "signed": True,
        "signed_on": "2026-11-18",
    },
    "lease": {
        "lessor_name": "何广源",
        "lessee_name": "林书墨",
        "premises_address": ADDRESS,
        "usage": "商业",
        "start_date": "2026-10-01",
        "end_date": "2028-09-30",
        "lessor_signed": True,
        "lessee_signed": True,
    },
    "title_deed": {"owner_name": "何广源", "premises_address": ADDRESS, "usage": "商业用地/商业"},
}
_OFFICE = Office(
    authority_name="深圳市市场监督管理局",
    areas=("440305", "440304"),
    area_names=("南山区", "福田区"),
    registered_names=("深圳市南山区老山文具店",),
    restricted_persons=(RestrictedPerson(name="贾有为", id_number="440305198001011235", reason="虚假登记"),),
)

Change = Callable[[Submitted], Submitted]


@cache
def item() -> Item:
    """The registration item that comes with the product."""
    return Catalogue.load().get(CODE)


@cache
def _regions() -> Regions:
    return Regions.load()


@cache
def _scopes() -> Scopes:
    return Scopes.load()


def document(kind: str, values: Mapping[str, Any], number: int = 0, filename: str = "") -> Material:
    """A read document with these values; the quote of a value is the value."""
    read = {k: ReadValue(value=v, page=1, quote=v if isinstance(v, str) else "") for k, v in values.items()}
    name = filename or f"{kind}{number or ''}.pdf"
    return Material(
        id=f"{kind}{number}",
        kind=kind,
        filename=name,
        pages=1,
        sha256=f"{abs(hash(name)):064x}",
        status="read",
        values=read,
    )


def clean(day: date = DAY) -> Submitted:
    """A registration nobody could object to."""
    filing = Filing(
        id="f1",
        owner="a1",
        item=CODE,
        item_version=item().version,
        status="submitted",
        answers={k: Answer(value=v, source="form", confirmed=True) for k, v in ANSWERS.items()},
        materials=[document(kind, values) for kind, values in DOCUMENTS.items()],
        created_at=NOW,
        updated_at=NOW,
    )
    return Submitted(filing, item(), day, _OFFICE, _scopes(), _regions())


def said(**values: Any) -> Change:
    """With other answers; None takes one away."""

    def change(s: Submitted) -> Submitted:
        answers = {k: a for k, a in s.filing.answers.items() if k not in values}
        answers |= {k: Answer(value=v, source="form") for k, v in values.items() if v is not None}
        return replace(s, filing=s.filing.model_copy(update={"answers": answers}))

    return change


def shown(kind: str, **values: Any) -> Change:
    """With other values read in the documents of a kind; None takes one away."""

    def change(s: Submitted) -> Submitted:
        materials = [_reread(m, values) if m.kind == kind else m for m in s.filing.materials]
        return replace(s, filing=s.filing.model_copy(update={"materials": materials}))

    return change


def _reread(material: Material, values: Mapping[str, Any]) -> Material:
    kept = {k: v for k, v in material.values.items() if k not in values}
    kept |= {
        k: ReadValue(value=v, page=1, quote=v if isinstance(v, str) else "") for k, v in values.items() if v is not None
    }
    return material.model_copy(update={"values": kept})


def with_document(kind: str, number: int = 1, filename: str = "", **values: Any) -> Change:
    """With one more document."""

    def change(s: Submitted) -> Submitted:
        materials = [*s.filing.materials, document(kind, values, number, filename)]
        return replace(s, filing=s.filing.model_copy(update={"materials": materials}))

    return change


def without(*kinds: str) -> Change:
    """Without the documents of these kinds."""

    def change(s: Submitted) -> Submitted:
        materials = [m for m in s.filing.materials if m.kind not in kinds]
        return replace(s, filing=s.filing.model_copy(update={"materials": materials}))

    return change


def flagged(kind: str, code: str, message: str = "有问题", page: int | None = 1) -> Change:
    """With an issue the reader found in a document."""

    def change(s: Submitted) -> Submitted:
        issue = Issue(code=code, severity="block", message=message, page=page)
        materials = [
            m.model_copy(update={"issues": [*m.issues, issue]}) if m.kind == kind else m for m in s.filing.materials
        ]
        return replace(s, filing=s.filing.model_copy(update={"materials": materials}))

    return change


def reading(kind: str, *lines: str, sure: float = 1.0) -> Change:
    """With these visible lines on the first page of the documents of a kind."""

    def change(s: Submitted) -> Submitted:
        texts = dict(s.texts)
        for m in s.materials(kind):
            texts[m.id] = tuple(VisibleLine(1, text, (0.1, 0.1, 0.9, 0.12), sure) for text in lines)
        return replace(s, texts=texts)

    return change


def office(**values: Any) -> Change:
    """With other data of the office."""
    return lambda s: replace(s, office=s.office.model_copy(update=values))


def on(day: date) -> Change:
    """Filed on another day."""
    return lambda s: replace(s, filed_on=day)


def both(*changes: Change) -> Change:
    """Several changes, left to right."""

    def change(s: Submitted) -> Submitted:
        for one in changes:
            s = one(s)
        return s

    return change


FAMILY = both(
    said(composition="family", family_members=[{"name": "林小满", "id_number": MEMBER_NUMBER}]),
    with_document(
        "family_proof",
        members=[{"name": "林书墨", "id_number": NUMBER}, {"name": "林小满", "id_number": MEMBER_NUMBER}],
    ),
    with_document("member_id_card", name="林小满", id_number=MEMBER_NUMBER, valid_to="2035-05-05"),
    shown("application_form", member_signatures=["林小满"]),
)
AGENT = both(
    said(
        has_agent=True, agent_name="高启", agent_id_number=AGENT_NUMBER, agent_mobile="13800001111", agent_powers=[1, 4]
    ),
    with_document("agent_id_card", name="高启", id_number=AGENT_NUMBER, valid_to="2035-05-05"),
)
CHEMICALS = both(
    said(business_scope=["危险化学品经营"], name_industry="化工", main_business="卖油漆稀释剂"),
    with_document(
        "pre_approval",
        licence_name="危险化学品经营许可证",
        holder="林书墨",
        address=ADDRESS,
        scope="油漆稀释剂",
        issued_on="2026-05-12",
        valid_to="2029-05-11",
    ),
)
ONLINE = both(
    said(premises_kind="online", premises_address=None, premises_residential=None),
    said(online_platform="云集市", online_url="https://shop.yunjishi.example/mohe", is_ecommerce=True),
    without("lease", "title_deed"),
    shown("application_form", premises_address=None),
    with_document(
        "platform_proof", platform="云集市", url="https://shop.yunjishi.example/mohe", operator_name="林书墨"
    ),
)
HOME = both(
    said(premises_kind="owned", premises_residential=True, business_scope=["专业设计服务"], main_business="平面设计"),
    said(name_industry="设计", name_form="工作室", business_name="深圳市南山区墨禾设计工作室"),
    shown("application_form", business_name="深圳市南山区墨禾设计工作室"),
    without("lease"),
    shown("title_deed", owner_name="林书墨", usage="城镇住宅用地/住宅"),
    with_document("neighbour_consent", premises_address=ADDRESS, signed_by=["方圆", "陈立"]),
)
