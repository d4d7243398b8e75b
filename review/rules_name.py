"""The name of the business: four parts, words that may not stand in it, whether it is taken.

企业名称登记管理规定 第五至十二、十七、二十五条. The breaches are those the applicant is told of while filling in.
"""

from __future__ import annotations

from collections.abc import Iterable

from assistant import name_rules, names
from assistant.names import Breach
from assistant.register import register
from knowledge.items import Check
from knowledge.scopes import ScopeEntry
from review.compare import mentions, plain
from review.rules_scope import entries
from review.submitted import Defect, Inconclusive, Outcome, Submitted, rule
from review.trades import TRADES

_GENERIC = frozenset("经营服务销售零售批发管理产品用品店务业的及与和其他类")


def _words(check: Check) -> list[str]:
    return sorted((str(w) for w in check.params.get("words") or ()), key=len, reverse=True)


def _told(breaches: Iterable[Breach], expected: str, message: str) -> Outcome:
    for breach in breaches:
        said = message.format(word=breach.word, detail=breach.detail)
        yield Defect(breach.detail or expected, breach.word, said, (breach.field, "business_name"))


@rule("name_form")
def name_form(s: Submitted, check: Check) -> Outcome:
    """A word only other kinds of business may use: 公司, 有限, 企业, 合作社."""
    breaches = names.form_forbidden(s.values, _words(check))[:1]
    yield from _told(breaches, "店、馆、行、部、坊、厂、中心等", "名称含“{word}”，个体工商户的名称不能用")


@rule("name_trade")
def name_trade(s: Submitted, check: Check) -> Outcome:
    """A trade name of fewer than two Chinese characters (第八条)."""
    least = int(check.params.get("least", 2))
    yield from _told(names.trade_short(s.values, least), f"{least}个以上汉字", f"字号“{{word}}”不足{least}个汉字")


@rule("name_words")
def name_words(s: Submitted, check: Check) -> Outcome:
    """A forbidden or misleading word in the name (第十一、十二条)."""
    found = name_rules.word_forbidden(s.values, _words(check))
    breaches = {b.field: b for b in reversed(found)}.values()
    yield from _told(breaches, "不含禁止或者误导的词", "名称含“{word}”，不得使用")


@rule("name_chinese")
def name_chinese(s: Submitted, check: Check) -> Outcome:
    """Letters, digits, pinyin or symbols in the name (第五条)."""
    yield from _told(names.not_chinese(s.values), "规范汉字", "名称含有“{word}”，只能用规范汉字")


@rule("name_region")
def name_region(s: Submitted, check: Check) -> Outcome:
    """The division in front is not that of the premises, or is a city district without its city (第七条)."""
    if s.of("has_name") is True and not s.of("name_region"):
        fields = ("name_region", "business_name")
        yield Defect("经营场所所在地县级以上的地名", "未填写", "名称没有冠行政区划", fields)
        return
    for breach in names.region_wrong(s.values, s.regions):
        where = s.of("premises_address")
        said = f"，经营场所在“{where}”" if where else ""
        wanted = f"，应当冠“{breach.detail}”" if breach.detail else "，不是县级以上的行政区划名称"
        fields = ("name_region", "business_name")
        expected = breach.detail or "县级以上的行政区划名称"
        yield Defect(expected, breach.word, f"名称冠“{breach.word}”{said}{wanted}", fields)


@rule("name_industry")
def name_industry(s: Submitted, check: Check) -> Outcome:
    """An industry word that has nothing to do with the first scope entry (第九条)."""
    industry, scope = s.of("name_industry"), entries(s)
    if not (s.of("has_name") is True and industry and scope):
        return
    if related(s, str(industry), scope[0]) or mentions(str(s.of("main_business", "")), [str(industry)]):
        return
    if any(related(s, str(industry), entry) for entry in scope[1:]):
        yield Inconclusive(f"名称中的行业“{industry}”与经营范围第一项“{scope[0]}”不同，与后面的项目有关，请确认")
        return
    message = f"名称中的行业“{industry}”与经营范围首项“{scope[0]}”不符"
    yield Defect(scope[0], str(industry), message, ("name_industry", "business_scope"))


def related(s: Submitted, industry: str, entry: str) -> bool:
    """Whether an industry word and a scope entry speak of the same business."""
    known = s.scopes.get(entry)
    words = (*known.words, *known.industry_words) if known else ()
    if s.scopes.fits_industry(industry, entry) or any(_share(industry, w) for w in (entry, *words)):
        return True
    if any(t.entry.search(industry) and t.entry.search(entry) for t in TRADES):
        return True
    return any(_same_entry(e, entry) for e in s.scopes.propose(industry, 5))


def _same_entry(proposed: ScopeEntry, entry: str) -> bool:
    return plain(proposed.entry) == plain(entry)


def _share(a: str, b: str) -> bool:
    """Two characters in a row in common, or two telling characters anywhere."""
    one, two = plain(a), plain(b)
    if any(one[i : i + 2] in two and not set(one[i : i + 2]) <= _GENERIC for i in range(len(one) - 1)):
        return True
    return len((set(one) & set(two)) - _GENERIC) >= 2


@rule("name_taken")
def name_taken(s: Submitted, check: Check) -> Outcome:
    """The same name, or the same trade name in the same industry, in this authority's register (第十七条)."""
    breaches = _registered(s)
    if breaches is None:
        yield Inconclusive("没有配置已登记名称库")
        return
    yield from _told(_of(breaches, "NAME_TAKEN"), "没有人登记的名称", "同一登记机关已有“{word}”")


@rule("name_similar")
def name_similar(s: Submitted, check: Check) -> Outcome:
    """A trade name that sounds or looks like a registered one of the same industry (第十六条)."""
    for breach in _of(_registered(s) or [], "NAME_SIMILAR"):
        said = f"字号与已登记的“{breach.word}”{name_rules.likeness(breach)}"
        yield Defect("与已登记名称不近似的字号", str(s.of("name_trade", "")), said, (breach.field, "business_name"))


@rule("name_doubtful")
def name_doubtful(s: Submitted, check: Check) -> Outcome:
    """A trade name that is a place, a trade or somebody else's name (第八条 第二款, 第十五条)."""
    for breach in name_rules.doubtful(s.values, s.scopes, s.regions):
        said = name_rules.explain(breach, s.values).rstrip("。")
        yield Defect("没有疑义的字号", breach.word, said, (breach.field, "business_name"))


def _registered(s: Submitted) -> list[Breach] | None:
    return name_rules.registered(s.values, register(s.office, s.regions), s.filed_on)


def _of(breaches: Iterable[Breach], code: str) -> list[Breach]:
    return [b for b in breaches if b.code == code]
