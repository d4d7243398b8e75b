"""住所（经营场所）承诺书, 使用证明."""

from __future__ import annotations

import re
from datetime import date

from assistant.documents import DocumentKind, Values, kept
from assistant.shapes import address, area, day, id_number, party, person, words
from assistant.sheet import Shaped, Sheet
from assistant.signatures import signed

_PLACE = ("住所(经营场所)", "经营场所", "场所地址", "经营场所地址", "住所", "地址", "坐落")


def read(sheet: Sheet, today: date) -> Values:
    """Who declares the use of which premises, whose they are, and the signatures."""
    return kept(
        {
            "operator_name": sheet.value(("经营者姓名", "承诺人姓名", "申请人姓名", "经营者", "姓名"), person),
            "id_number": sheet.value(("身份证件号码", "身份证号码", "证件号码"), id_number),
            "premises_address": sheet.value(_PLACE, _place)
            or sheet.search(r"(?:位于|坐落于|坐落在)(.{6,80}?)的?(?:房屋|场所|商铺)", address),
            "area_m2": sheet.value(("建筑面积", "使用面积", "面积"), area),
            "source": sheet.value(("使用权来源", "房屋来源", "取得方式"), words),
            "provider": sheet.value(("提供方(产权人)", "提供方", "产权人", "出借人"), party),
            "usage": sheet.value(("房屋用途", "用途", "规划用途"), words),
            "signed": signed(sheet, r"(?:承诺人|申请人|声明人)(?:\([^)]{1,8}\))?(?:签字|签名|签章)?"),
            "provider_signed": signed(
                sheet, r"(?:场所提供方|提供方|出借人)(?:\([^)]{1,10}\))?(?:签字|签名|签章|盖章)?"
            ),
            "signed_on": sheet.search(r"日期[::](\d{4}年\d{1,2}月\d{1,2}日)", day(today)),
        }
    )


def _place(text: str) -> Shaped | None:
    """An address, not the title of the paper nor the words of the promise."""
    return None if re.match(r"\(?(?:承诺|证明|使用|的|经营场所)", text) else address(text)


KIND = DocumentKind(
    kinds=("premises_commitment",),
    title="经营场所承诺书",
    signs={
        r"(?:住所|经营场所|场所).{0,6}(?:承诺|声明|使用证明|申报)": 0.8,
        r"使用权来源|无偿使用|提供方": 0.4,
        r"本人承诺|承诺人": 0.3,
    },
    read=read,
)
