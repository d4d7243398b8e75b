"""Papers of an invented applicant, made on the spot: text PDFs, a photographed card, and the product's form signed."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import cache
from io import BytesIO

import pdfplumber
from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont
from pypdf import PdfReader, PdfWriter

from assistant.paper_font import font_with

OPERATOR = "周禾苗"
LANDLORD = "钟启明"
HOME = "广东省深圳市南山区海棠路66号春晖花园3栋201室"
PREMISES = "深圳市南山区丁香路18号知夏大厦1栋102"
MOBILE = "13800138021"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def identity_number(first: str) -> str:
    """Seventeen digits with the check digit of GB 11643."""
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, _WEIGHTS, strict=True)) % 11]


NUMBER = identity_number("44030519920518842")


@cache
def _font(words: str) -> bytes:
    return font_with("".join(sorted(set(words + " 0123456789年月日"))))


def _sheet(words: str, size: tuple[float, float] | str = "A4") -> FPDF:
    """An empty page with a font for the words."""
    sheet = FPDF(unit="pt", format=size)
    sheet.set_auto_page_break(False)
    sheet.add_page()
    with tempfile.NamedTemporaryFile(suffix=".ttf") as file:
        file.write(_font(words))
        file.flush()
        sheet.add_font("cjk", fname=file.name)
    return sheet


def text_pdf(lines: Sequence[str]) -> bytes:
    """One page with the lines as selectable text."""
    sheet = _sheet("".join(lines))
    sheet.set_font("cjk", size=12)
    for i, line in enumerate(lines):
        sheet.text(60, 90 + 30 * i, line)
    return bytes(sheet.output())


def scan(lines: Sequence[str], size: tuple[int, int] = (1100, 760)) -> bytes:
    """The lines as a picture from a scanner: JPEG without any text layer."""
    picture = Image.new("RGB", size, (247, 246, 241))
    font = ImageFont.truetype(BytesIO(_font("".join(lines))), 34)
    for i, line in enumerate(lines):
        ImageDraw.Draw(picture).text((80, 60 + 64 * i), line, font=font, fill=(32, 32, 36))
    out = BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


def identity_card() -> bytes:
    """Both sides on one scanned page."""
    year, month, day = NUMBER[6:10], int(NUMBER[10:12]), int(NUMBER[12:14])
    return scan(
        [
            f"姓名 {OPERATOR}",
            "性别 女    民族 汉",
            f"出生 {year} 年 {month} 月 {day} 日",
            f"住址 {HOME}",
            f"公民身份号码 {NUMBER}",
            "",
            "中华人民共和国",
            "居民身份证",
            "签发机关 深圳市公安局南山分局",
            "有效期限 2020.03.01-2040.03.01",
        ]
    )


def lease(last_day: str) -> bytes:
    """A lease of the premises up to `last_day` (年月日)."""
    return text_pdf(
        [
            "房屋租赁合同",
            f"出租方（甲方）：{LANDLORD}",
            f"承租方（乙方）：{OPERATOR}",
            f"第一条 甲方将坐落于{PREMISES}的商铺出租给乙方使用。",
            "第二条 房屋面积：46平方米。房屋用途：商业。",
            f"第三条 租赁期限：2024年10月1日至{last_day}。",
            "第四条 租金每月陆仟元，按月支付。",
            f"甲方（签字）：{LANDLORD}",
            f"乙方（签字）：{OPERATOR}",
            "签订日期：2024年9月20日",
        ]
    )


def title_deed() -> bytes:
    """Who owns the premises."""
    return text_pdf(
        [
            "中华人民共和国不动产权证书",
            f"权利人：{LANDLORD}",
            "共有情况：单独所有",
            f"坐落：{PREMISES}",
            "不动产单元号：440305001002GB00003F00040102",
            "权利性质：出让／市场化商品房",
            "用途：商业用地／商业",
            "面积：建筑面积46平方米",
        ]
    )


def signed(form: bytes, name: str = OPERATOR, day: tuple[str, str, str] = ("2026", "11", "20")) -> bytes:
    """The product's own form with name and day written where it asks for them."""
    with pdfplumber.open(BytesIO(form)) as opened:
        pages = [(i, page) for i, page in enumerate(opened.pages) if page.search("经营者签字")]
        number, page = pages[-1]
        label = page.search("经营者签字")[-1]
        row = [c for c in page.chars if c["x0"] > label["x1"] and abs(c["top"] - label["top"]) < 20]
        gaps = {c["text"]: c for c in sorted(row, key=lambda c: c["x0"]) if c["text"] in "年月日"}
        size, height = (float(page.width), float(page.height)), float(label["bottom"])
        ends = [float(gaps[mark]["x0"]) for mark in "年月日"]
        baseline = float(gaps["年"]["bottom"]) - 2
    ink = _sheet(name, size)
    ink.set_font("cjk", size=14)
    ink.text(float(label["x1"]) + 30, height, name)
    ink.set_font("cjk", size=9)
    for word, end in zip(day, ends, strict=True):
        ink.text(end - ink.get_string_width(word) - 1, baseline, word)
    writer = PdfWriter(clone_from=PdfReader(BytesIO(form)))
    writer.pages[number].merge_page(PdfReader(BytesIO(bytes(ink.output()))).pages[0])
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
