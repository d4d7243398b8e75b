"""What titles, numbers and places of official documents look like, and what they tell about rank and region."""

from __future__ import annotations

import re

STATE = "中华人民共和国"
HAN = "\u4e00-\u9fff"
_PAPER_NUMBER = re.compile(rf"[{HAN}]{{2,14}}\s*[〔\[［（(【]\d{{4}}[〕\]］）)】]\s*第?\s*\d{{1,4}}\s*号")
_ORDER = re.compile(rf"(?:{STATE})?([{HAN}]{{2,20}}?)令\s*第?\s*([\d一二三四五六七八九十百〇零]{{1,6}})\s*号")
_ANNOUNCEMENT = re.compile(rf"([{HAN}]{{2,20}}?)公告\s*[（(〔]?\s*\d{{4}}\s*年?\s*[）)〕]?\s*第?\s*\d{{1,4}}\s*号")
_TITLE_END = re.compile(
    r"(?:条例|规定|办法|细则|规则|法|典|决定|通知|公告|意见|指南|须知|方案|指引|规范|标准|通告|批复|函|清单|流程|手册|说明|目录|规程|汇编)"
    r"(?:\s*[（(][^（）()]{1,20}[)）])?$"
)
_NO_TITLE = re.compile(r"文件$|^目\s*录$|^附件|[。；：:;，]|^\d{4}年|^第[一二三四五六七八九十\d]+[章节条编]")
_PROVINCES = dict(
    zip(
        "北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 广西 "
        "海南 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆".split(),
        "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65".split(),
        strict=True,
    )
)
_CITIES = {
    "深圳": "4403",
    "广州": "4401",
    "珠海": "4404",
    "汕头": "4405",
    "厦门": "3502",
    "杭州": "3301",
    "宁波": "3302",
}
_RANK_BY_ENDING = (
    *((end, "部门规章") for end in ("办法", "规定", "细则")),
    *((end, "规范性文件") for end in ("通知", "公告", "意见", "通告", "批复", "函", "方案")),
    ("指南", "指南"),
    ("法", "法律"),
    ("民法典", "法律"),
    ("条例", "行政法规"),
)


def numbered(line: str) -> tuple[str, str]:
    """(number, who gave an order or announcement) in a line."""
    if found := _PAPER_NUMBER.search(line):
        return found.group(), ""
    if found := _ORDER.search(line):
        body = re.sub(r"^.*?日\s*", "", found.group(1)).removeprefix(STATE)
        return f"{body}令第{found.group(2)}号", body
    if found := _ANNOUNCEMENT.search(line):
        return found.group(), found.group(1)
    return "", ""


def title_in(head: str) -> str:
    """The title a text begins with: up to three lines of which the last ends as titles of documents do."""
    lines = [re.sub(r"\s+", "", line) for line in head.split("\n")[:40] if line.strip()][:14]
    for i, first in enumerate(lines):
        for n in (1, 2, 3):
            some = lines[i : i + n]
            whole = "".join(some)
            if first.startswith("#") or any(_NO_TITLE.search(s) or numbered(s)[0] for s in some) or len(whole) > 70:
                break
            if _TITLE_END.search(whole) and len(whole) > 3:
                return whole
    return ""


def rank_in_path(path: str) -> str:
    ranks = ("行政法规", "部门规章", "地方性法规", "地方政府规章", "司法解释", "法律")
    return next((rank for rank in ranks if rank in path), "")


def rank_of(title: str, region: str, number: str) -> str:
    """Rank by who gave the order and by what the title ends with (立法法 on who names what how)."""
    bare = re.sub(r"\s*[（(][^（）()]{1,20}[)）]$", "", title)
    if region:
        if "人民政府令" in number:
            return "地方政府规章"
        return "地方性法规" if bare.endswith("条例") else "指南" if bare.endswith("指南") else "规范性文件"
    if number.startswith("国务院令"):
        return "行政法规"
    if re.search(r"[部委局署行会]令第", number):
        return "部门规章"
    if _PAPER_NUMBER.search(number):
        return "规范性文件"
    return next((rank for end, rank in _RANK_BY_ENDING if bare.endswith(end)), "")


def region_of(words: str) -> str:
    """GB/T 2260 prefix of the place the words begin with; empty for the whole country."""
    places = {**_CITIES, **_PROVINCES}
    return next((code for name, code in places.items() if words.startswith(name)), "")
