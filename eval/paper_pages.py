"""Sheets of paper as people have them, drawn on the spot: identity cards, leases and deeds in layouts of our own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from noto_cjk_sans_otc import FONT_PATH
from PIL import Image, ImageDraw, ImageFont

Content = dict[str, Any]
_SIMPLIFIED = 2
_A4 = (1240, 1754)
"""Pixels of an A4 page at 150 dpi."""
_INK, _LABEL, _PEN = (28, 28, 32), (60, 90, 140), (30, 44, 120)


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT_PATH), size, index=_SIMPLIFIED)


class Paper:
    """A sheet being written."""

    def __init__(self, size: tuple[int, int] = _A4, colour: tuple[int, int, int] = (252, 252, 250)) -> None:
        self.image = Image.new("RGB", size, colour)
        self.pen = ImageDraw.Draw(self.image)

    def text(self, x: float, y: float, words: str, size: int = 26, colour: tuple[int, int, int] = _INK) -> float:
        """Writes and returns the x where the words end."""
        self.pen.text((x, y), words, font=_font(size), fill=colour)
        return x + _font(size).getlength(words)

    def filled(self, x: float, y: float, parts: Sequence[str], size: int = 26) -> float:
        """Printed words and, in turn, what was written by pen on a line with room to spare."""
        for i, part in enumerate(parts):
            if i % 2 == 0:
                x = self.text(x, y, part, size)
                continue
            start = x
            x = self.text(x + size * 0.7, y - 2, part, size + 2, _PEN) + size * 0.7
            self.pen.line((start, y + size * 1.3, x, y + size * 1.3), fill=_INK, width=1)
        return x

    def paragraph(self, x: float, y: float, width: float, words: str, size: int = 26) -> float:
        """Wraps with an indent of two characters; returns the y below."""
        line, room = "", width - 2 * size
        indent = 2.0 * size
        for char in words:
            wide = _font(size).getlength(char)
            if wide > room and char not in "，。；：、）":
                self.text(x + indent, y, line, size)
                line, room, indent, y = "", width, 0.0, y + 1.75 * size
            line, room = line + char, room - wide
        self.text(x + indent, y, line, size)
        return y + 1.75 * size

    def table(self, x: float, y: float, widths: Sequence[int], rows: Sequence[Sequence[str]], size: int = 24) -> float:
        """A ruled table, words wrapped in their cells; returns the y below."""
        for row in rows:
            lines = [_wrapped(cell, wide - 24, size) for cell, wide in zip(row, widths, strict=True)]
            high = max(len(cell) for cell in lines) * 1.5 * size + 28
            at = x
            for cell, wide in zip(lines, widths, strict=True):
                self.pen.rectangle((at, y, at + wide, y + high), outline=(70, 70, 70), width=2)
                top = y + (high - len(cell) * 1.5 * size) / 2
                for i, line in enumerate(cell):
                    self.text(at + 12, top + i * 1.5 * size, line, size)
                at += wide
            y += high
        return y


def _wrapped(words: str, width: float, size: int) -> list[str]:
    lines = [""]
    for char in words:
        if _font(size).getlength(lines[-1] + char) > width:
            lines.append("")
        lines[-1] += char
    return lines


def card_side(content: Content, side: str) -> Image.Image:
    """One side of an identity card, laid out as GA 448 prints it."""
    card = Paper((1012, 638), (226, 236, 240))
    if side == "back":
        card.text(330, 90, "中华人民共和国", 56)
        card.text(330, 190, "居民身份证", 72)
        card.text(250, 440, "签发机关", 30, _LABEL)
        card.text(430, 438, content["issuer"], 34)
        card.text(250, 520, "有效期限", 30, _LABEL)
        until = content["valid_to"].replace("-", ".")
        card.text(430, 518, f"{content['valid_from'].replace('-', '.')}-{until}", 34)
        return card.image
    year, month, day = content["birth_date"].split("-")
    rows = [("姓名", 60, [(150, content["name"], 42)]), ("性别", 145, [(150, content["gender"], 34)])]
    for label, y, words in rows:
        card.text(60, y + 6, label, 30, _LABEL)
        for x, word, size in words:
            card.text(x, y, word, size)
    card.text(270, 151, "民族", 30, _LABEL)
    card.text(360, 145, content["ethnicity"], 34)
    card.text(60, 231, "出生", 30, _LABEL)
    for x, word, unit in ((150, year, "年"), (290, str(int(month)), "月"), (375, str(int(day)), "日")):
        card.text(card.text(x, 225, word, 34) + 8, 231, unit, 30, _LABEL)
    card.text(60, 316, "住址", 30, _LABEL)
    for i, line in enumerate(_wrapped(content["address"], 440, 34)):
        card.text(150, 310 + 48 * i, line, 34)
    card.text(60, 545, "公民身份号码", 30, _LABEL)
    card.text(300, 540, content["id_number"], 42)
    card.pen.rounded_rectangle((660, 80, 930, 440), 14, fill=(196, 206, 214))
    return card.image


def _long_day(day: str) -> tuple[str, str, str]:
    year, month, of_month = day.split("-")
    return year, str(int(month)), str(int(of_month))


def lease_form(content: Content) -> list[Image.Image]:
    """A printed form whose gaps were filled in by pen, all on one sheet."""
    page = Paper()
    page.text(470, 90, "房屋租赁合同", 48)
    page.filled(120, 220, ["出租方（以下简称甲方）：", content["lessor_name"]])
    page.filled(120, 280, ["承租方（以下简称乙方）：", content["lessee_name"]])
    page.filled(120, 360, ["一、甲方将坐落于", content["premises_address"]], 24)
    page.filled(120, 410, ["的房屋出租给乙方使用，建筑面积", content["area_m2"], "平方米。"], 24)
    a, b = _long_day(content["start_date"]), _long_day(content["end_date"])
    page.filled(120, 480, ["二、租赁期限：自", a[0], "年", a[1], "月", a[2], "日起至", b[0], "年", b[1], "月", b[2],
                           "日止。"], 24)  # fmt: skip
    page.filled(120, 550, ["三、房屋用途：", content["usage"], "。乙方不得擅自改变用途。"], 24)
    y = page.paragraph(120, 620, 1000, "四、租金按月支付，每月五日以前付清当月租金，逾期按日加收千分之一。")
    y = page.paragraph(120, y + 10, 1000, "五、水电物业费用由乙方承担。本合同一式两份，双方签字后生效。")
    _signatures(page, y + 120, content)
    return [page.image]


def lease_long(content: Content) -> list[Image.Image]:
    """Three pages: parties on the first, premises and term on the second, signatures on the third."""
    first, second, third = Paper(), Paper(), Paper()
    first.text(400, 100, "商铺租赁合同书", 52)
    first.text(140, 260, f"甲方（出租人）：{content['lessor_name']}")
    first.text(140, 320, f"乙方（承租人）：{content['lessee_name']}")
    y = 420.0
    for words in ("甲乙双方经友好协商，就商铺租赁一事达成如下协议，共同遵守。",
                  "甲方保证对该商铺享有完整的出租权，交付时设施完好，可以正常使用。",
                  "乙方已实地查看商铺，知悉其现状，愿意承租。"):  # fmt: skip
        y = first.paragraph(140, y + 16, 960, words)
    y = second.paragraph(
        140, 140, 960, f"1. 租赁物：商铺位于{content['premises_address']}，建筑面积{content['area_m2']}㎡。"
    )
    start, end = content["start_date"].replace("-", "."), content["end_date"].replace("-", ".")
    y = second.paragraph(140, y + 20, 960, f"2. 租赁期：{start}至{end}，期满乙方同等条件下优先承租。")
    y = second.paragraph(140, y + 20, 960, f"3. 用途：{content['usage']}。未经甲方同意不得转租。")
    second.paragraph(140, y + 20, 960, "4. 免租期从2020年1月1日至2020年1月31日的约定已经作废，不再适用。")
    y = third.paragraph(140, 140, 960, "5. 争议由商铺所在地人民法院管辖。本合同自签字之日起生效。")
    _signatures(third, y + 200, content)
    return [first.image, second.image, third.image]


def lease_table(content: Content) -> list[Image.Image]:
    """A contract whose particulars stand in a ruled table."""
    page = Paper()
    page.text(420, 90, "房屋租赁协议书", 48)
    y = page.table(110, 200, [220, 800], [
        ["出租人", content["lessor_name"]], ["承租人", content["lessee_name"]],
        ["房屋地址", content["premises_address"]], ["房屋面积", content["area_m2"] + "平方米"],
        ["房屋用途", content["usage"]], ["租赁期限", f"{content['start_date']}至{content['end_date']}"],
        ["月租金", "人民币叁仟捌佰元整（¥3800）"],
    ])  # fmt: skip
    y = page.paragraph(110, y + 40, 1020, "双方应当遵守本协议。未尽事宜由双方协商解决，协商不成的依法处理。")
    _signatures(page, y + 120, content)
    return [page.image]


def _signatures(page: Paper, y: float, content: Content) -> None:
    page.filled(140, y, ["甲方（签名）：", content["lessor_signed"] or "　　　　"])
    page.filled(660, y, ["乙方（签名）：", content["lessee_signed"] or "　　　　"])
    page.text(140, y + 80, "2026年3月1日", 24)


def deed_table(content: Content) -> list[Image.Image]:
    """The inside page of a certificate of 2015 and after."""
    page = Paper((1240, 1200))
    page.text(100, 60, content["cert_no"], 28)
    page.table(100, 130, [240, 800], [
        ["权 利 人", content["owner_name"]], ["共 有 情 况", content["co_ownership"]],
        ["坐 落", content["premises_address"]], ["不动产单元号", "440305 004013 GB00021 F00010012"],
        ["权 利 类 型", "国有建设用地使用权／房屋（构筑物）所有权"], ["权 利 性 质", "出让／市场化商品房"],
        ["用 途", content["usage"]], ["面 积", f"宗地面积 8123.5 ㎡／房屋建筑面积 {content['area_m2']} ㎡"],
        ["使 用 期 限", "2001年03月01日起 2071年02月28日止"], ["权利其他状况", "房屋结构：钢筋混凝土；总层数：18"],
    ])  # fmt: skip
    return [page.image]


def deed_old(content: Content) -> list[Image.Image]:
    """A certificate of the years before: labels with colons, no rules."""
    page = Paper((1240, 1300), (250, 244, 236))
    page.text(460, 90, "房地产权证", 52)
    for i, (label, value) in enumerate((
        ("房地产权利人", content["owner_name"]), ("证号", "深房地字第4000123456号"),
        ("房地坐落", content["premises_address"]), ("规划用途", content["usage"]),
        ("建筑面积", content["area_m2"] + "平方米"), ("登记日期", "2009年6月18日"),
    )):  # fmt: skip
        page.text(160, 240 + 90 * i, f"{label}：{value}", 30)
    return [page.image]


LAYOUTS = {
    "lease_form": lease_form,
    "lease_long": lease_long,
    "lease_table": lease_table,
    "deed_table": deed_table,
    "deed_old": deed_old,
}
