"""Where business is done, told while the form is filled: the right office, dwellings, shops on the net.

民法典 第二百七十九条 · 市场主体登记管理条例 第十一条 · 实施细则 第十条、第十八条.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from assistant.filing import Severity
from assistant.names import Breach
from assistant.scope_rules import entries
from assistant.wording import say
from knowledge.office import Office
from knowledge.regions import Region, Regions
from knowledge.scopes import Scopes

Values = Mapping[str, Any]
_NO_PLATFORM = re.compile(r"朋友圈|微信群|QQ群|空间|官网|自己的网站|自建|独立站|域名|虚拟主机|博客|公众号$", re.I)
"""Places on the net that no e-commerce platform gives as premises."""
_HOME = ("owned", "leased", "free_use")


def region_of(address: str, office: Office, regions: Regions) -> Region | None:
    """Where an address lies; of several districts of one name, the only one this office serves."""
    found = regions.candidates(address) if address else []
    if len(found) > 1 and office.areas:
        found = [r for r in found if office.serves(r.code)]
    return found[0] if len(found) == 1 else None


def where_to_go(address: str, regions: Regions) -> str:
    """The place whose office registers a shop at this address: 深圳市福田区; empty where that cannot be told."""
    region = regions.find(address)
    return region.name_region or region.province if region else ""


def nowhere(values: Values, regions: Regions) -> list[Breach]:
    """ADDRESS_INCOMPLETE: neither city nor county is named, so nobody can tell which office registers it."""
    address = str(values.get("premises_address") or "")
    if not address or regions.candidates(address):
        return []
    return [Breach("ADDRESS_INCOMPLETE", "premises_address", address, "region")]


def dwelling(values: Values, scopes: Scopes) -> list[Breach]:
    """RESIDENTIAL_CONSENT, and RESIDENTIAL_FORBIDDEN for each trade no dwelling may hold (民法典 第二百七十九条)."""
    if values.get("premises_residential") is not True or values.get("premises_kind", "owned") not in _HOME:
        return []
    barred = [e for name in entries(values) if (e := scopes.get(name)) is not None and not e.residential_ok]
    found = [Breach("RESIDENTIAL_FORBIDDEN", "premises_residential", e.entry) for e in barred]
    return found or [Breach("RESIDENTIAL_CONSENT", "premises_residential", "", "told")]


def on_the_net(values: Values, scopes: Scopes) -> list[Breach]:
    """What registering premises on the net asks and forbids (条例 第十一条 第二款)."""
    if values.get("premises_kind") != "online":
        return []
    found = [Breach("PLATFORM_INCOMPLETE", "premises_kind", "", "told")]
    platform = str(values.get("online_platform") or "")
    if _NO_PLATFORM.search(platform):
        found.append(Breach("PLATFORM_INCOMPLETE", "online_platform", platform, "no_platform"))
    placed = [e for name in entries(values) if (e := scopes.get(name)) is not None and not e.residential_ok]
    return found + [Breach("PREMISES_USAGE", "business_scope", e.entry, "online") for e in placed]


SEVERITY: dict[tuple[str, str], Severity] = {
    ("ADDRESS_INCOMPLETE", "region"): "warn",
    ("RESIDENTIAL_CONSENT", "told"): "warn",
    ("PLATFORM_INCOMPLETE", "told"): "info",
    ("PLATFORM_INCOMPLETE", "no_platform"): "warn",
    ("PREMISES_USAGE", "online"): "warn",
}
"""Of what is told early, before documents are there; the item says how grave the same code is in the review."""


def explain(breach: Breach, values: Values, office: Office, regions: Regions) -> str:
    """The sentence for a breach found here, with the office to go to where it is another one."""
    if breach.code == "ADDRESS_OUTSIDE":
        place = where_to_go(breach.word, regions)
        go = say("premises.go", place=place) if place else say("premises.go_unknown")
        authority = office.authority_name or say("premises.here")
        return say("issue.ADDRESS_OUTSIDE", word=breach.word, authority=authority, go=go)
    kind = f".{breach.detail}" if breach.detail else ""
    return say(f"issue.{breach.code}{kind}", word=breach.word)
