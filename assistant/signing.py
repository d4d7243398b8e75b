"""Signing on the screen: who has to sign, what is promised, and whether a drawing is a signature. Values only.

市场主体登记管理条例实施细则 第十五条: applicants sign the documents; a reliable electronic signature (电子签名法
第十三条) is worth one by hand. Whether an office takes one drawn on its own page is for the office to say.
"""

from __future__ import annotations

import base64
import binascii
import io
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime

from PIL import Image, UnidentifiedImageError

from assistant.filing import Filing, Material, Part, Signature
from assistant.record import digest

FORM = "application_form"
LARGEST = 300_000
"""Bytes of a drawing as it comes in."""
_LONGEST_SIDE = 2400
_LEAST_INK = 60
"""Dark points of the smallest signature: less is a slip of the finger."""
_LEAST_SPREAD = 24
"""Points a signature reaches in its longer direction."""
PROMISES = (
    "填报的信息和提交的材料真实、准确、有效、完整。",
    "使用的名称符合市场主体名称的有关要求，不损害国家利益、社会公共利益，不违背公序良俗；因名称近似侵犯他人合法权益的，"
    "依法承担法律责任；名称被登记机关认定为不适宜的，配合纠正。",
    "已经依法取得经营场所的使用权，申请登记的经营场所与实际一致；以网络经营场所登记的，仅通过互联网开展经营活动，"
    "不擅自改变住宅房屋的用途用于线下经营。",
    "经营范围中依法须经批准的项目，在取得批准以前不从事相关经营活动。",
)
"""What the signatories of the official form promise, point by point."""
PARTS: dict[Part, str] = {"operator": "经营者", "member": "家庭成员", "agent": "代理人"}


class NotASignature(ValueError):
    """What came in cannot stand as a signature; the message says why, for the person."""


def signers(filing: Filing) -> list[tuple[Part, str]]:
    """Everybody who has to sign: the operator, every member of a family operation, the agent."""
    values = filing.values()
    wanted: list[tuple[Part, str]] = [("operator", str(values.get("operator_name") or ""))]
    if values.get("composition") == "family":
        wanted += [("member", str(p.get("name", ""))) for p in values.get("family_members") or ()]
    if values.get("has_agent") is True:
        wanted.append(("agent", str(values.get("agent_name") or "")))
    return [(part, name) for part, name in wanted if name]


def content_of(filing: Filing) -> str:
    """What a signature stands for: the item and every answer."""
    return digest([filing.item, filing.item_version, filing.values()])


def standing(filing: Filing) -> list[Signature]:
    """Signatures that were given for the answers as they are now."""
    now = content_of(filing) if filing.signatures else ""
    return [s for s in filing.signatures if s.content == now]


def unsigned(filing: Filing) -> list[tuple[Part, str]]:
    """Who has still to sign."""
    given = {(s.part, s.name) for s in standing(filing)}
    return [wanted for wanted in signers(filing) if wanted not in given]


def kept_signed(filing: Filing) -> Filing:
    """The filing without signatures that no longer fit, and without the form made from them."""
    if not filing.signatures and not any(m.made_here for m in filing.materials):
        return filing
    left = standing(filing)
    materials = filing.materials if left else [m for m in filing.materials if not m.made_here]
    return filing.model_copy(update={"signatures": left, "materials": materials})


def with_signature(filing: Filing, given: Signature) -> Filing:
    """The filing with one more signature in place of an earlier one of the same person in the same part."""
    others = [s for s in standing(filing) if (s.part, s.name) != (given.part, given.name)]
    return filing.model_copy(update={"signatures": [*others, given]})


def with_form(filing: Filing, form: Material) -> Filing:
    """The filing with the signed form, in place of one made before."""
    return filing.model_copy(update={"materials": [*(m for m in filing.materials if not m.made_here), form]})


def typed(part: Part, name: str, words: str, content: str, at: datetime, on: date) -> Signature:
    """A signature by typing one's name; NotASignature when it is another name."""
    if _name(words) != _name(name):
        raise NotASignature(f"请打出您本人的姓名“{name}”，要和申请表上的一样。")
    return Signature(name=name, part=part, how="typed", content=content, at=at, on=on)


def drawn_png(said: str) -> bytes:
    """A clean PNG, black on white, of what was drawn (`data:image/png;base64,…`); NotASignature when it is none."""
    head, _, body = said.partition(",")
    if head != "data:image/png;base64" or len(body) > LARGEST * 4 // 3:
        raise NotASignature("签名没有传完整，请清除后重新签一次。")
    try:
        data = base64.b64decode(body, validate=True)
        with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
            if max(picture.size) > _LONGEST_SIDE:
                raise NotASignature("签名的图太大，请清除后重新签一次。")
            flat = _on_white(picture)
    except (binascii.Error, UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        if isinstance(error, NotASignature):
            raise
        raise NotASignature("签名没有传完整，请清除后重新签一次。") from error
    ink = flat.point(lambda level: 255 if level < 128 else 0)
    box = ink.getbbox()
    if box is None or ink.histogram()[255] < _LEAST_INK or max(box[2] - box[0], box[3] - box[1]) < _LEAST_SPREAD:
        raise NotASignature("框里还没有签名，请用手指或者鼠标写上您的姓名。")
    edge = 8
    cut = (
        max(0, box[0] - edge),
        max(0, box[1] - edge),
        min(flat.width, box[2] + edge),
        min(flat.height, box[3] + edge),
    )
    out = io.BytesIO()
    flat.crop(cut).save(out, "PNG", optimize=True)
    return out.getvalue()


def promises(lines: Iterable[str] = PROMISES) -> list[str]:
    """The promises with their numbers, as the form prints them."""
    return [f"（{'一二三四五六七八九'[i]}）{line}" for i, line in enumerate(lines)]


def _on_white(picture: Image.Image) -> Image.Image:
    """Grey levels; what is transparent is paper."""
    clear = picture.convert("RGBA")
    paper = Image.new("RGBA", clear.size, (255, 255, 255, 255))
    paper.alpha_composite(clear)
    return paper.convert("L")


def _name(words: str) -> str:
    return "".join(unicodedata.normalize("NFKC", words).split()).replace("•", "·")
