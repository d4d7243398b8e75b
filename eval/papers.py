"""`python -m eval papers`: drawn identity cards, leases and deeds in everyday and hostile pictures, value by value.

The people, places and layouts are invented here and shared with nothing else, so that the figures say how reading does
on papers it was not shaped on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

from eval.documents import Told, compared
from eval.paper_pages import LAYOUTS, Content, card_side
from eval.paper_shots import SHOTS, beside, under
from knowledge.documents import read_document

CARDS: tuple[Content, ...] = (
    {"doc": "id_card", "name": "慕容雪鸢", "gender": "女", "ethnicity": "土家", "birth_date": "1988-12-05",
     "address": "湖北省恩施土家族苗族自治州来凤县翔凤镇武汉大道266号7单元1201室", "id_number": "422827198812051429",
     "issuer": "来凤县公安局", "valid_from": "2017-06-21", "valid_to": "2037-06-21"},
    {"doc": "id_card", "name": "卞桐", "gender": "男", "ethnicity": "汉", "birth_date": "1969-01-31",
     "address": "江苏省盐城市亭湖区五星街道迎宾南路111号", "id_number": "320902196901310035",
     "issuer": "盐城市公安局亭湖分局", "valid_from": "2015-10-08", "valid_to": "长期"},
)  # fmt: skip
LEASES: tuple[Content, ...] = (
    {"doc": "lease", "lessor_name": "钟离国栋", "lessee_name": "卞桐", "usage": "餐饮",
     "premises_address": "成都市武侯区玉林西路甲19号附3号", "area_m2": "48.20", "start_date": "2026-03-01",
     "end_date": "2028-02-29", "lessor_signed": "钟离国栋", "lessee_signed": "卞桐"},
    {"doc": "lease", "lessor_name": "江门市蓬江区汇源物业管理有限公司", "lessee_name": "慕容雪鸢", "usage": "零售百货",
     "premises_address": "江门市蓬江区建设二路86号汇源广场B座2层216铺", "area_m2": "31", "start_date": "2025-11-15",
     "end_date": "2030-11-14", "lessor_signed": "梁仲文", "lessee_signed": "慕容雪鸢"},
)  # fmt: skip
DEEDS: tuple[Content, ...] = (
    {"doc": "title_deed", "cert_no": "川（2018）成都市不动产权第0146207号", "owner_name": "钟离国栋、邬佩兰",
     "co_ownership": "共同共有", "premises_address": "武侯区玉林西路甲19号附3号", "usage": "商业服务业用地／商业",
     "area_m2": "48.20"},
    {"doc": "title_deed", "cert_no": "", "owner_name": "江门市蓬江区汇源物业管理有限公司", "co_ownership": "单独所有",
     "premises_address": "江门市蓬江区建设二路86号汇源广场B座2层216铺", "usage": "商铺", "area_m2": "31.00"},
)  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """One document: what it holds, and its pages."""

    layout: str
    kind: str
    content: Content
    pages: tuple[Image.Image, ...]


def drawn() -> Iterator[Drawn]:
    """Every content in every layout that suits it."""
    for content in CARDS:
        sides = (card_side(content, "front"), card_side(content, "back"))
        yield Drawn("card, two pages", "operator_id_card", content, sides)
        yield Drawn("card, both sides on one picture", "operator_id_card", content, (under(*sides),))
    for layout in ("lease_form", "lease_long", "lease_table"):
        for content in LEASES:
            yield Drawn(layout, "lease", content, tuple(LAYOUTS[layout](content)))
    for layout in ("deed_table", "deed_old"):
        for content in DEEDS:
            yield Drawn(layout, "title_deed", content, tuple(LAYOUTS[layout](content)))
    two = [LAYOUTS["deed_table"](deed)[0] for deed in DEEDS[:1]]
    yield Drawn("deed beside a receipt", "title_deed", DEEDS[0], (beside(two[0], _receipt()),))


def _receipt() -> Image.Image:
    """A sheet that has nothing to do with the deed beside it."""
    from eval.paper_pages import Paper

    page = Paper((700, 1200))
    page.text(220, 80, "收 款 收 据", 40)
    for i, words in enumerate(("交款单位：七星超市", "金额：叁佰元整", "用途：水费", "地址：和平路3号", "收款人：周")):
        page.text(90, 220 + 110 * i, words, 30)
    return page.image


def saved(document: Drawn, shot: str, folder: Path) -> Path:
    """The document as a file: a picture, or a PDF of pictures where it has several pages."""
    pages = [SHOTS[shot](page) for page in document.pages]
    if len(pages) == 1:
        path = folder / f"{document.layout} {shot}.jpg"
        pages[0].save(path, "JPEG", quality=85)
        return path
    path = folder / f"{document.layout} {shot}.pdf"
    pages[0].save(path, "PDF", save_all=True, append_images=pages[1:], resolution=150, quality=80)
    return path


def measure(shots: Sequence[str]) -> Iterator[tuple[str, str, list[Told]]]:
    """(shot, layout, values) of every document under every condition named."""
    with TemporaryDirectory() as name:
        for shot in shots:
            for document in drawn():
                path = saved(document, shot, Path(name))
                material: dict[str, Any] = {
                    "kind": document.kind, "render": "photo", "file": path.name, "content": document.content,
                }  # fmt: skip
                yield shot, document.layout, compared(shot, material, read_document(path, path.name), [])


def table(told: Sequence[tuple[str, str, list[Told]]]) -> list[str]:
    """Shares right by condition and by layout, and every wrong value."""
    out = [f"{'condition or layout':<34}{'values':>7}{'right':>7}{'share':>9}"]
    for place in (0, 1):
        for name in dict.fromkeys(t[place] for t in told):
            values = [v for t in told if t[place] == name for v in t[2]]
            right = sum(v.right for v in values)
            out.append(f"{name:<34}{len(values):>7}{right:>7}{right / len(values):>9.1%}")
    wrong = [f"  {shot} · {layout} · {v.name}: wanted {v.wanted!r}, got {v.got!r}"
             for shot, layout, values in told for v in values if not v.right]  # fmt: skip
    return [*out, f"{len(wrong)} wrong:", *wrong]
