"""What is wrong with the values of a filing, all of it at once, in words for the applicant; and what follows from them.

Rules return breaches; the item gives each code its severity and remedy, `wording.yaml` the sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from assistant import identity, name_rules, names, premises_rules, scope_rules
from assistant.addresses import address_outside, incomplete_address
from assistant.filing import Issue
from assistant.name_ideas import offer, quoted
from assistant.names import Breach
from assistant.register import register
from assistant.wording import say
from knowledge.items import Item
from knowledge.office import Office
from knowledge.regions import Regions
from knowledge.scopes import ScopeEntry, Scopes

Values = Mapping[str, Any]
_PLACE = (
    "ADDRESS_OUTSIDE",
    "ADDRESS_INCOMPLETE",
    "RESIDENTIAL_CONSENT",
    "RESIDENTIAL_FORBIDDEN",
    "PLATFORM_INCOMPLETE",
    "PREMISES_USAGE",
)


def derive(item: Item, values: Values, regions: Regions, office: Office | None = None) -> dict[str, Any]:
    """{field: value} of what follows: sex and birthday from the number, region from the premises, the name."""
    out: dict[str, Any] = dict(identity.from_id_number(values))
    if kind := identity.kind_of_number(str(values.get("operator_id_number") or "")):
        out["operator_id_type"] = kind
    named = values.get("has_name") is True
    if named and values.get("premises_address"):
        region = premises_rules.region_of(str(values["premises_address"]), office or Office(), regions)
        if region and region.name_region:
            out["name_region"] = region.name_region
    if named:
        parts = {"name_region": out.get("name_region"), **{k: v for k, v in values.items() if v is not None}}
        if whole := names.compose(parts):
            out["business_name"] = whole
    known = {f.id for f in item.fields}
    return {k: v for k, v in out.items() if k in known}


def issues(
    item: Item, values: Values, office: Office, scopes: Scopes, regions: Regions, today: date
) -> dict[str, list[Issue]]:
    """{field: issues}; every rule runs, whatever the others find."""
    out: dict[str, list[Issue]] = {}
    for breach in _breaches(item, values, office, scopes, regions, today):
        check = item.check(breach.code)
        if check is not None:
            message = _message(breach, values, office, scopes, regions)
            severity = premises_rules.SEVERITY.get((breach.code, breach.detail), check.severity)
            out.setdefault(breach.field, []).append(Issue(code=breach.code, severity=severity, message=message))
    if wrong := out.get("name_trade"):
        ideas = offer(values, listed_words(item), register(office, regions), scopes, regions, today)
        wrong[-1] = wrong[-1].model_copy(update={"message": wrong[-1].message + ideas})
    return out


def _breaches(
    item: Item, values: Values, office: Office, scopes: Scopes, regions: Regions, today: date
) -> Iterable[Breach]:
    rules: tuple[Callable[[], list[Breach] | None], ...] = (
        lambda: names.form_forbidden(values, listed_words(item)["NAME_FORM_FORBIDDEN"]),
        lambda: names.trade_short(values),
        lambda: names.region_wrong(values, regions),
        lambda: name_rules.word_forbidden(values, listed_words(item)["NAME_WORD_FORBIDDEN"]),
        lambda: names.not_chinese(values),
        lambda: name_rules.doubtful(values, scopes, regions),
        lambda: name_rules.registered(values, register(office, regions), today, scopes),
        lambda: scope_rules.industry_differs(values, scopes),
        lambda: scope_rules.not_standard(values, office, scopes),
        lambda: scope_rules.pre_approval(values, scopes),
        lambda: scope_rules.post_approval(values, scopes),
        lambda: incomplete_address(values),
        lambda: address_outside(values, office, regions),
        lambda: premises_rules.nowhere(values, regions),
        lambda: premises_rules.dwelling(values, scopes),
        lambda: premises_rules.on_the_net(values, scopes),
        lambda: platform_incomplete(values),
        lambda: age(values, today),
        lambda: differs_from_number(values),
        lambda: restricted(values, office, today),
        lambda: malformed(values, today),
    )
    for rule in rules:
        yield from rule() or ()


def listed_words(item: Item) -> dict[str, list[str]]:
    """{code: words} of the checks of names that list words."""
    checks = {code: item.check(code) for code in ("NAME_FORM_FORBIDDEN", "NAME_WORD_FORBIDDEN")}
    return {code: list(c.params.get("words", ())) if c else [] for code, c in checks.items()}


def platform_incomplete(values: Values) -> list[Breach]:
    """PLATFORM_INCOMPLETE: premises on the net without platform or address (条例 第十一条)."""
    if values.get("premises_kind") != "online" or "online_url" not in values and "online_platform" not in values:
        return []
    lacking = [f for f in ("online_platform", "online_url") if not values.get(f)]
    return [Breach("PLATFORM_INCOMPLETE", "online_platform", "")] if lacking else []


def age(values: Values, today: date) -> list[Breach]:
    """AGE_UNDER_16 and AGE_16_17 (民法典 第十八条 to 第二十条): a person looks at 16 and 17, code refuses nobody."""
    born = identity.birth_date(str(values.get("operator_id_number") or "")) or _day(values.get("operator_birth_date"))
    if born is None or born > today:
        return []
    years = identity.age_on(born, today)
    code = "AGE_UNDER_16" if years < 16 else "AGE_16_17" if years < 18 else ""
    return [Breach(code, "operator_id_number", str(years))] if code else []


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def differs_from_number(values: Values) -> list[Breach]:
    """ID_GENDER_MISMATCH, ID_BIRTH_MISMATCH: what was stated is not what the number says."""
    shown = identity.from_id_number(values)
    label = {"male": "男", "female": "女"}
    pairs = (("operator_gender", "ID_GENDER_MISMATCH"), ("operator_birth_date", "ID_BIRTH_MISMATCH"))
    return [
        Breach(code, f, label.get(shown[f], shown[f]), str(values[f]))
        for f, code in pairs
        if f in shown and values.get(f) and str(values[f]) != shown[f]
    ]


def restricted(values: Values, office: Office, today: date) -> list[Breach] | None:
    """OPERATOR_RESTRICTED: on the office's list on that day (条例 第四十条); None without a list."""
    if office.restricted_persons is None:
        return None
    bar = office.restricted(str(values.get("operator_name") or ""), str(values.get("operator_id_number") or ""), today)
    return [Breach("OPERATOR_RESTRICTED", "operator_name", bar.reason)] if bar else []


def malformed(values: Values, today: date) -> list[Breach]:
    """ID_NUMBER_INVALID, PHONE_INVALID, EMAIL_INVALID of values that came by another way than this dialogue."""
    out = []
    for f in ("operator_mobile", "contact_mobile", "agent_mobile"):
        if values.get(f) and identity.phone_problem(str(values[f])):
            out.append(Breach("PHONE_INVALID", f, str(values[f])))
    if values.get("contact_email") and identity.email_problem(str(values["contact_email"])):
        out.append(Breach("EMAIL_INVALID", "contact_email", str(values["contact_email"])))
    return out + _bad_numbers(values, today)


def _bad_numbers(values: Values, today: date) -> list[Breach]:
    kind = str(values.get("operator_id_type") or "resident_id")
    given = [("agent_id_number", str(values.get("agent_id_number") or ""), "resident_id")]
    given.append(("operator_id_number", str(values.get("operator_id_number") or ""), kind))
    given += [
        ("family_members", str(p.get("id_number") or ""), "resident_id") for p in values.get("family_members") or ()
    ]
    out = []
    for f, number, form in given:
        if number and (problem := _number_problem(number, form, today)):
            out.append(Breach("ID_NUMBER_INVALID", f, problem))
    return out


def _number_problem(number: str, kind: str, today: date) -> str:
    """What is wrong with it; a resident number (81 82 83 as well) is good for every kind of holder."""
    problem = identity.id_number_problem(number, today)
    if problem and kind != "resident_id" and len(number) != 18:
        problem = identity.permit_problem(number, kind)
    return problem[1] if problem else ""


def _message(breach: Breach, values: Values, office: Office, scopes: Scopes, regions: Regions) -> str:
    if breach.code in _PLACE:
        return premises_rules.explain(breach, values, office, regions)
    if breach.code == "NAME_INDUSTRY_SCOPE":
        fitting = quoted(scope_rules.industry_words(values, scopes))
        return name_rules.explain(breach, values) + (say("name.fitting", words=fitting) if fitting else "")
    if breach.code.startswith("NAME_"):
        return name_rules.explain(breach, values)
    if breach.code in ("AGE_UNDER_16", "AGE_16_17"):
        return say(f"issue.{breach.code}", age=breach.word)
    if breach.code == "SCOPE_PRE_APPROVAL":
        known = scopes.get(breach.word)
        return _before(known) if known else ""
    if breach.code == "SCOPE_POST_APPROVAL":
        return say("issue.SCOPE_POST_APPROVAL", word=breach.word, timing=permit_words(scopes, breach.word))
    if breach.code == "SCOPE_NOT_STANDARD":
        near = quoted([e.entry for e in scopes.propose(breach.word, k=3)])
        return say("issue.SCOPE_NOT_STANDARD", word=breach.word) + (say("scope.near", entries=near) if near else "")
    return say(f"issue.{breach.code}", word=breach.word, entry=breach.detail)


def permit_words(scopes: Scopes, entry: str) -> str:
    """领照后还要办食品经营许可证（向…办）; empty for an entry without a licence after registration."""
    found = scopes.get(entry)
    return _after(found) if found else ""


def permit_told(entry: ScopeEntry) -> str:
    """What an applicant has to know before picking an entry: the permit, when, from whom, and what else matters."""
    if entry.licence == "pre":
        return _before(entry) + (f"{entry.note}。" if entry.note else "")
    timing = _after(entry)
    if not timing and not entry.note:
        return ""
    note = ("；" if timing else "：") + entry.note if entry.note else ""
    return say("permit.told", entry=entry.entry, timing=timing, note=note)


def _before(entry: ScopeEntry) -> str:
    where = say("permit.from", authority=entry.authority) if entry.authority else ""
    return say("issue.SCOPE_PRE_APPROVAL", word=entry.entry, permit=entry.permit or "批准文件", where=where)


def _after(entry: ScopeEntry) -> str:
    if entry.licence not in ("post", "filing"):
        return ""
    where = say("permit.from", authority=entry.authority) if entry.authority else ""
    return say(f"permit.{entry.licence}", permit=entry.permit) + where
