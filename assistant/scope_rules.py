"""Business scope: standard entries, the licences they need, and whether the shop's name agrees with them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.names import Breach
from knowledge.office import Office
from knowledge.scopes import ScopeEntry, Scopes

Values = Mapping[str, Any]
_MORE = re.compile(
    r"(?:再|还|另外|顺便|同时|外加|也|加)(?:加上|加|添上|添|补上|想|要|会)?(?=[^，,。；;]*[\u4e00-\u9fff]{2})(.+)"
)
"""行，再加上卖酒: entries wanted besides those agreed to."""
_COVERED = {"食品销售": "食品销售（仅销售预包装食品）", "食品互联网销售": "食品互联网销售（仅销售预包装食品）"}
"""A food licence covers packed food, which alone would only be filed (食品安全法 第三十五条)."""


def entries(values: Values) -> list[str]:
    """The scope as a list of entries."""
    scope = values.get("business_scope") or []
    return [str(e) for e in scope] if isinstance(scope, list) else [str(scope)]


def not_standard(values: Values, office: Office, scopes: Scopes) -> list[Breach]:
    """SCOPE_NOT_STANDARD: not in the office's catalogue where it gives one, else not in ours (细则 第十二条)."""
    listed = {e.entry for e in office.scope_catalogue} if office.scope_catalogue is not None else None
    known = [e in listed if listed is not None else scopes.get(e) is not None for e in entries(values)]
    return [
        Breach("SCOPE_NOT_STANDARD", "business_scope", e)
        for e, ok in zip(entries(values), known, strict=True)
        if not ok
    ]


def licensed(values: Values, scopes: Scopes, licences: tuple[str, ...]) -> list[ScopeEntry]:
    """Entries of the scope with one of these licences (none, pre, post, filing)."""
    found = [scopes.get(e) for e in entries(values)]
    return [e for e in found if e is not None and e.licence in licences]


def pre_approval(values: Values, scopes: Scopes) -> list[Breach]:
    """SCOPE_PRE_APPROVAL: an approval is needed before registration (条例 第十四条)."""
    return [
        Breach("SCOPE_PRE_APPROVAL", "business_scope", e.entry, e.permit) for e in licensed(values, scopes, ("pre",))
    ]


def post_approval(values: Values, scopes: Scopes) -> list[Breach]:
    """SCOPE_POST_APPROVAL: a permit or a filing is needed after registration."""
    found = licensed(values, scopes, ("post", "filing"))
    return [Breach("SCOPE_POST_APPROVAL", "business_scope", e.entry, e.permit) for e in found]


def industry_differs(values: Values, scopes: Scopes) -> list[Breach]:
    """NAME_INDUSTRY_SCOPE: the trade in the name is not what the first entry of the scope says (第九条)."""
    industry, listed = str(values.get("name_industry") or ""), entries(values)
    if values.get("has_name") is False or not industry or not listed:
        return []
    fits = scopes.fits_industry(industry, listed[0])
    return [] if fits else [Breach("NAME_INDUSTRY_SCOPE", "name_industry", industry, listed[0])]


def industry_words(values: Values, scopes: Scopes, most: int = 4) -> list[str]:
    """Words for the trade that agree with the first entry of the scope (第九条), to pick from."""
    listed = entries(values)
    first = scopes.get(listed[0]) if listed else None
    business = str(values.get("main_business") or "")
    words = list(first.industry_words) if first else []
    return sorted(words, key=lambda w: w not in business)[:most]


def with_added(said: str, taken: Sequence[str], scopes: Scopes | None) -> list[str]:
    """The entries agreed to and those asked for besides; none twice, none that another covers."""
    more = _MORE.search(said)
    found = [e.entry for e in scopes.propose(more.group(1), k=3)] if more and scopes is not None else []
    whole = list(dict.fromkeys([*taken, *found]))
    covered = {_COVERED[e] for e in whole if e in _COVERED} - set(taken)
    return [e for e in whole if e not in covered]
