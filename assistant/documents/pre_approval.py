"""许可证, 批准文件, 备案证明 that must come before registration."""

from __future__ import annotations

import re
from datetime import date

from assistant.documents import DocumentKind, Values, kept
from assistant.filing import ReadValue
from assistant.shapes import address, day, last_day, party, words
from assistant.sheet import Sheet

_HOLDER = (
    "单位(经营者)名称",
    "单位名称",
    "经营者名称",
    "企业名称",
    "被许可人",
    "申请人",
    "持证人",
    "字号名称",
    "名称",
    "许可证持有人",
)
_PERSON = ("负责人", "法定代表人(负责人)", "法定代表人", "经营者", "经营者姓名", "主要负责人")
_SCOPE = ("许可范围", "经营范围", "许可项目", "许可事项", "经营项目", "许可内容", "批准事项")
_PLACE = ("经营地址", "经营场所", "地址", "住所", "场所地址", "注册地址")
_ISSUER = ("发证机关", "许可机关", "审批机关", "批准机关", "颁发机关", "发证部门", "登记机关")
_ISSUED = ("发证日期", "颁发日期", "签发日期", "批准日期", "核发日期")
_PERIOD = ("有效期", "有效期限", "有效期至", "有效期限至")
_TITLE = re.compile(r"^.{2,24}?(?:许可证|批准书|核准书|登记证|备案证明|备案凭证|批件|决定书|证书|准予许可)$")


def read(sheet: Sheet, today: date) -> Values:
    """What was permitted to whom, where, by whom and until when."""
    until = sheet.value(_PERIOD, last_day(today)) or sheet.value(("有效期至", "有效期限至"), day(today))
    return kept(
        {
            "licence_name": _title(sheet),
            "number": sheet.value(("编号", "许可证号", "证号", "许可证编号"), words),
            "holder": sheet.value(_HOLDER, party),
            "person": sheet.value(_PERSON, party),
            "address": sheet.value(_PLACE, address),
            "mode": sheet.value(("经营方式",), words),
            "scope": sheet.value(_SCOPE, words),
            "valid_from": sheet.value(_PERIOD, day(today)),
            "valid_to": until or sheet.search(r"至(\d{4}年\d+月\d+日)止?", day(today)),
            "issuer": sheet.value(_ISSUER, party),
            "issued_on": sheet.value(_ISSUED, day(today)),
        }
    )


def _title(sheet: Sheet) -> ReadValue | None:
    """The name of the licence: the first line that ends like one."""
    piece = next((p for p in sheet.pieces if _TITLE.match(p.text)), None)
    return sheet.search(re.escape(piece.text), group=0) if piece else sheet.value(("许可证名称", "证书名称"), words)


KIND = DocumentKind(
    kinds=("pre_approval",),
    title="许可证或者批准文件",
    signs={
        r"许可证|批准书|核准书|准予.{0,6}许可|许可决定|批复|批件": 0.6,
        r"许可范围|许可项目|许可事项|批准事项": 0.4,
        r"发证机关|许可机关|发证日期": 0.3,
        r"备案证明|备案凭证|登记证": 0.4,
    },
    read=read,
)
