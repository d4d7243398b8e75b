"""The documents of a filing on the applicant's page: what is needed and why, what was read and where it stands.

As in `page_view`, every word from people or documents is escaped and a fragment is one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.filing import Box, Filing, Material, ReadValue
from assistant.held import Held
from assistant.page_view import READING, h, handed_in, issues_html, mask, page_url
from assistant.sameness import CLEAR
from assistant.wording import say
from knowledge.items import NeededMaterial

_MOST_PAGES = 12
_MASKED = ("id_number", "operator_id_number", "lessor_id", "lessee_id", "owner_id")
VALUE_TITLES = {
    "name": "姓名", "gender": "性别", "ethnicity": "民族", "birth_date": "出生日期", "address": "住址",
    "id_number": "号码", "valid_from": "有效期起", "valid_to": "有效期止", "issuer": "发证机关",
    "lessor_name": "出租人", "lessee_name": "承租人", "lessor_id": "出租人号码", "lessee_id": "承租人号码",
    "premises_address": "地址", "area_m2": "面积（平方米）", "usage": "用途", "start_date": "起租日",
    "end_date": "到期日", "lessor_signed": "出租人签字", "lessee_signed": "承租人签字", "owner_name": "权利人",
    "co_ownership": "共有情况", "operator_name": "经营者", "operator_id_number": "证件号码",
    "business_name": "名称", "capital_wan": "出资额（万元）", "capital_words": "出资额大写", "signed": "签字",
    "signed_on": "签字日期", "signed_by": "签字人", "member_signatures": "家庭成员签字", "agent_name": "代理人",
    "agent_signed": "代理人签字", "agent_powers": "委托权限", "licence_name": "许可名称", "number": "编号",
    "holder": "持证人", "person": "负责人", "mode": "方式", "scope": "范围", "issued_on": "发证日期",
    "platform": "平台", "company": "平台公司", "shop_name": "店铺", "url": "网址", "members": "家庭成员",
    "relation": "关系", "head": "户主", "owner_id": "房主号码", "source": "来源", "provider": "提供人",
    "provider_signed": "提供人签字", "neighbours": "业主", "committee": "村居委会", "committee_sealed": "盖章",
}  # fmt: skip
"""What people call the values read."""


def materials_html(
    filing: Filing | None,
    needed: Sequence[NeededMaterial],
    titles: dict[str, str],
    held: Sequence[Held] = (),
    open_: bool = True,
) -> str:
    """Documents needed and why, those the office holds already, then those uploaded; `open_`: they may be changed."""
    if filing is None:
        return ""
    offers = {h.kind: h for h in held} if open_ else {}
    rows = "".join(_need_html(n, handed_in(filing), offers) for n in needed)
    docs = "".join(material_html(filing, m, titles, open_) for m in filing.materials)
    return (
        f'<div class="materials"><h3>需要的材料</h3><ul>{rows}</ul>{_form_html(filing, needed)}'
        f'<p class="soft">{h(say("papers.how"))}</p>{docs}</div>'
    )


def _need_html(need: NeededMaterial, have: set[str], offers: dict[str, Held]) -> str:
    there = bool({need.kind, *need.instead} & have)
    offer = next((offers[k] for k in (need.kind, *need.instead) if k in offers), None)
    use = ""
    if offer is not None:
        place = f"held-{escape(offer.evidence.filing)}-{escape(offer.materials[0].id)}"
        use = f'<br><span class="held" id="{place}">{h(offer.words)} <button>用这一份</button></span>'
    return (
        f'<li class="{"have" if there else "lack"}"><b>{h(need.title)}</b>{" · 已上传" if there else ""}'
        f'<br><span class="soft">{h(need.why)}</span>{use}</li>'
    )


def _form_html(filing: Filing, needed: Sequence[NeededMaterial]) -> str:
    if not any(n.kind == "application_form" for n in needed):
        return ""
    link = (
        f'<a href="/api/v1/filings/{escape(filing.id)}/form.pdf" target="_blank">下载按所填内容生成的申请书（PDF）</a>'
    )
    sign = '<a href="#sign-slot" class="to-row">去网上签名</a>'
    return f"<p>{link}，签字后拍照或者扫描上传。不想打印也行：{sign}，签好的申请书会自动放进来。</p>"


def material_html(filing: Filing, material: Material, titles: dict[str, str], open_: bool = True) -> str:
    """One uploaded document: what is wrong with it, its pages with frames around what was read, and the values."""
    kind = titles.get(material.kind, "") or say("papers.which")
    earlier = material.earlier
    source = f"<br>{h(say('held.from', on=str(earlier.on), item=earlier.item))}" if earlier else ""
    pages = "".join(leaf_html(filing, material, n) for n in range(1, min(material.pages, _MOST_PAGES) + 1))
    values = "".join(_value_html(name, read) for name, read in material.values.items())
    table = f"<table>{values}</table>" if values else ""
    boxed = f"<details><summary>{h(say('papers.read'))}</summary>{table}</details>" if table else ""
    state = "material open" if open_ and not material.made_here else "material"
    return (
        f'<section class="{state}" id="paper-{escape(material.id)}">'
        f'<h4>{h(kind)}</h4><p class="gone kind">{h(material.kind)}</p>'
        f'<p class="soft">{h(material.filename)} · {READING[material.status]}{source}</p>'
        f'{issues_html(material.issues)}<div class="leaves">{pages}</div>{boxed}<div class="tools"></div></section>'
    )


def leaf_html(filing: Filing, material: Material, n: int) -> str:
    """The picture of a page with a frame around the words of every value read on it."""
    url = page_url(filing, material, n)
    frames = "".join(
        frame_html(read.box, VALUE_TITLES.get(name, ""))
        for name, read in material.values.items()
        if read.page == n and read.box is not None
    )
    told = f"{h(material.filename)} 第 {n} 页"
    return (
        f'<a class="leaf" href="{url}" target="_blank" aria-label="{told}">'
        f'<img loading="lazy" alt="{told}" src="{url}">{frames}</a>'
    )


def frame_html(box: Box, title: str) -> str:
    """A frame in parts of the page, named for whoever points at it."""
    x0, y0, x1, y1 = (100 * v for v in box)
    place = f"left:{x0:.2f}%;top:{y0:.2f}%;width:{x1 - x0:.2f}%;height:{y1 - y0:.2f}%"
    return f'<span class="frame" title="{escape(title)}" style="{place}"></span>'


def _value_html(name: str, read: ReadValue) -> str:
    title = VALUE_TITLES.get(name, "")
    if not title:
        return ""
    doubt = f"<br>{h(say('papers.unsure'))}" if read.sure < CLEAR else ""
    where = f"<td class='soft'>第 {read.page} 页{doubt}</td>"
    return f"<tr><th>{title}</th><td>{h(said(name, read.value))}</td>{where}</tr>"


def said(name: str, value: object) -> str:
    """A value in words: sex and signatures named, numbers of people masked."""
    if name in _MASKED:
        return mask(str(value))
    if isinstance(value, list):
        return "、".join(str(v.get("name", "")) if isinstance(v, dict) else said("", v) for v in value) or "没有"
    if isinstance(value, bool):
        return "有（认不出名字）" if value else "没有"
    return {"male": "男", "female": "女", "": "空着"}.get(str(value), str(value))
