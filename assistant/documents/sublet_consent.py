"""同意转租证明 (民法典 第七百一十六条)."""

from __future__ import annotations

from datetime import date

from assistant.documents import DocumentKind, Values, kept
from assistant.shapes import address, day, id_number, person
from assistant.sheet import Sheet
from assistant.signatures import signed


def read(sheet: Sheet, today: date) -> Values:
    """Who lets whom sublet which premises to whom, and the owner's signature."""
    sign = signed(
        sheet, r"(?:产权人|所有权人|出租人|房主|业主|权利人|同意人|声明人)(?:\([^)]{1,8}\))?(?:签字|签名|签章)?"
    )
    return kept(
        {
            "owner_name": sheet.search(r"(?:本人|兹有|我)([^(（,系]{2,12})(?:\(|,|系)", person)
            or sheet.value(("产权人", "所有权人", "权利人", "同意人"), person),
            "owner_id": sheet.search(r"身份证(?:件)?号码?[::]?(\d{17}[\dXx])", id_number),
            "premises_address": sheet.search(r"系(?:位于|坐落于)?(.{6,80}?)的?(?:房屋|商铺|物业|房产)", address)
            or sheet.search(r"(?:位于|坐落于|坐落在|将)(.{6,80}?)的?(?:房屋|商铺|物业|房产)", address)
            or sheet.value(("房屋坐落", "房屋地址", "坐落"), address),
            "lessor_name": sheet.search(r"同意(.{2,10}?)将", person) or sheet.value(("转租人", "出租方"), person),
            "lessee_name": sheet.search(r"转租(?:给|予|于)(.{2,10}?)(?:使用|,|。|用于|作为)", person)
            or sheet.value(("次承租人", "承租方"), person),
            "signed": sign,
            "signed_by": sign,
            "signed_on": sheet.search(r"(\d{4}年\d{1,2}月\d{1,2}日)", day(today)),
        }
    )


KIND = DocumentKind(
    kinds=("sublet_consent",),
    title="同意转租证明",
    signs={r"同意.{0,12}转租": 0.7, r"转租证明|转租同意|转租给": 0.5, r"产权人": 0.2},
    read=read,
)
