"""Whether a text holds something of a person: numbers that identify, ways to reach somebody, a name said, an address.

On the side of yes: what this is asked for (keeping an answer) costs little when it is left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_DIGITS = "0-9〇零一二三四五六七八九幺"
_PERSONAL = re.compile(
    rf"(?:[{_DIGITS}][\s-]?){{7,}}"  # telephone, identity and bank numbers, in any numerals
    r"|[0-9a-z]{8,}"  # credit codes, account names
    r"|[\w.+-]+@[\w-]+\.\w+"
    r"|(?:我叫|名叫|名字(?:是|叫)|姓名|本人是?|我是|称呼)[:：]?[\u4e00-\u9fff·]{2,4}(?=$|[\W_]|今年|身份|电话|想|要|在|住)"
    r"|[\u4e00-\u9fff]{1,4}(?:先生|女士|小姐|同志)"
    r"|[\u4e00-\u9fff](?:路|街|巷|道|里|村|弄)\s*[0-9一二三四五六七八九十百]+\s*(?:号|弄|栋|幢|座)"
    r"|(?:微信|qq)号?[:：]?[a-z0-9_-]{5,}"
)
_DAYS = re.compile(r"(?:19|20)\d\d[-/年.]\d{1,2}(?:[-/月.]\d{1,2}日?)?|\d+(?:至|到|~|—|-)\d+")


def personal(texts: Iterable[str]) -> bool:
    """Whether any of the texts, in any width, holds personal data."""
    return any(_PERSONAL.search(_DAYS.sub(" ", unicodedata.normalize("NFKC", text).lower())) for text in texts)
