"""网络交易平台出具的网络经营场所证明 (市场主体登记管理条例 第十一条)."""

from __future__ import annotations

from datetime import date

from assistant.documents import DocumentKind, Values, kept
from assistant.filing import ReadValue
from assistant.shapes import day, id_number, party, person, url, words
from assistant.sheet import Sheet, Strip

_PLATFORM = ("平台名称", "网络平台名称", "平台:")


def read(sheet: Sheet, today: date) -> Values:
    """Which platform and address, whose shop."""
    return kept(
        {
            "platform": _blank(sheet) or sheet.value(_PLATFORM, words),
            "company": sheet.value(("平台经营者", "平台经营单位", "平台企业"), party),
            "shop_name": sheet.value(("店铺名称", "网店名称"), words),
            "url": sheet.value(("网络经营场所网址", "网址", "店铺网址", "网店网址", "店铺链接"), url)
            or sheet.search(r"(https?:/{1,2}[\w./?=&%#:-]+)", url),
            "operator_name": sheet.value(("经营者姓名", "经营者", "店主姓名"), person),
            "id_number": sheet.value(("身份证件号码", "身份证号码", "证件号码"), id_number),
            "issued_on": sheet.search(r"(\d{4}年\d{1,2}月\d{1,2}日)", day(today)),
        }
    )


def _blank(sheet: Sheet) -> ReadValue | None:
    """The label of a platform name that was left out: value ""."""
    for piece in sheet.pieces:
        if piece.text in _PLATFORM and sheet.cell_right(piece) == []:
            return Strip.of([piece]).read("", 0, len(piece.text))
    return None


KIND = DocumentKind(
    kinds=("platform_proof",),
    title="网络经营场所证明",
    signs={
        r"网络经营场所": 0.4,
        r"平台名称|平台经营者": 0.4,
        r"店铺名称|网店": 0.3,
        r"网址|https?:": 0.2,
        r"兹证明": 0.1,
    },
    read=read,
)
