"""Provinces, cities and counties of the country (GB/T 2260, end of 2024) and where an address lies.

`regions.csv`: county level and above, six digits and the full name. Two digits name the province, four the city;
the third pair 90 stands for counties and cities directly under a province.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_PEOPLES = (
    "维吾尔|蒙古|土家|布依|朝鲜|哈尼|哈萨克|柯尔克孜|景颇|傈僳|仫佬|达斡尔|鄂温克|鄂伦春|保安|东乡|撒拉|拉祜|普米|布朗|"
    "毛南|各族|满|回|藏|苗|彝|侗|瑶|壮|白|傣|黎|羌|畲|水|怒|佤|土|独龙|裕固|锡伯|塔吉克|仡佬|纳西"
)
_SHORTEN = re.compile(
    rf"(?:(?<!内)(?:(?:{_PEOPLES})族?)+自治[州县旗区]|特别行政区|自治[州县旗区]|地区|新区|[省市盟区县旗])$"
)
_STREET = re.compile(
    r"[东西南北中前后上下]?[一二三四五六七八九十]*(?:路|街|大道|大街|巷|弄|胡同|里|村|镇|乡|社区|小区|大厦|广场)"
)
"""What makes a short name part of a street: 上海市黄浦路 lies in 上海市, not in 黄浦区."""
_MUNICIPALITIES = ("11", "12", "31", "50")


@dataclass(frozen=True)
class Region:
    """Where something lies; `city` is empty directly under a province, `district` where nothing finer is known."""

    province: str
    city: str
    district: str
    code: str
    """Six digits of the finest level known."""

    @property
    def urban_district(self) -> bool:
        """Whether `district` is a 市辖区, which a name may use only behind its city (名称登记管理规定 第七条)."""
        return self.district.endswith("区") and self.code[2:4] != "90"

    @property
    def name_region(self) -> str:
        """What a business name begins with here: 深圳市南山区, 昆山市; empty when only the province is known."""
        return self.city + self.district if self.urban_district or not self.district else self.district

    def name_forms(self) -> frozenset[str]:
        """Every administrative division a name here may begin with."""
        forms = {self.city + self.district, self.city, self.province}
        if self.district and not self.urban_district:
            forms.add(self.district)
        return frozenset(forms | {self.province + f for f in forms if not f.startswith(self.province)}) - {""}


@dataclass(frozen=True)
class _Match:
    code: str
    end: int


class Regions:
    """The table and its search."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names
        self._full: dict[str, list[str]] = {}
        self._short: dict[str, list[str]] = {}
        for code, name in names.items():
            self._full.setdefault(name, []).append(code)
            short = _SHORTEN.sub("", name)
            if len(short) >= 2 and short != name:
                self._short.setdefault(short, []).append(code)
        self._longest = max(map(len, names.values()))
        self._begin: dict[str, list[str]] = {}
        for name in sorted(self._full, key=len, reverse=True):
            self._begin.setdefault(name[:2], []).append(name)

    @classmethod
    def load(cls, path: Path | None = None) -> Regions:
        """The table that comes with the product, or another of the same columns."""
        with (path or Path(__file__).with_name("regions.csv")).open(encoding="utf-8", newline="") as file:
            return cls({row["code"]: row["name"] for row in csv.DictReader(file)})

    def __len__(self) -> int:
        return len(self._names)

    def get(self, code: str) -> Region | None:
        """The region with that code."""
        return self._region(code) if code in self._names else None

    def find(self, address: str) -> Region | None:
        """Where an address lies; None when it names no place or one that several cities have (see `candidates`)."""
        found = self.candidates(address)
        return found[0] if len(found) == 1 else None

    def candidates(self, address: str) -> list[Region]:
        """Every region the address may mean, finest level; several for 朝阳区 without its city."""
        text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", address))
        for start in range(len(text)):
            chains, _ = self._chains(text, start)
            if chains:
                return [self._region(code) for code in sorted(chains)]
        return []

    def located(self, address: str) -> tuple[Region | None, int]:
        """(the one region an address begins with, where its names end); (None, 0) where there is none or a choice.

        Spaces count: the address is taken as it stands.
        """
        chains, end = self._chains(address, 0)
        return (self._region(*chains), end) if len(chains) == 1 else (None, 0)

    def name_region(self, address: str) -> str | None:
        """The division a business name at this address begins with, or None when that cannot be told."""
        region = self.find(address)
        return (region.name_region or None) if region else None

    def leading(self, name: str) -> int:
        """How many characters of a business name are the full names of divisions in front (深圳市南山区: 6)."""
        at = 0
        for _ in range(3):
            listed = self._begin.get(name[at : at + 2], ())
            at += len(next((n for n in listed if name.startswith(n, at)), ""))
        return at

    def is_division(self, word: str) -> bool:
        """Whether it is the name of a division of county level or above; short only for provinces and cities."""
        short = [code for code in self._short.get(word, ()) if code.endswith("00")]
        return word in self._full or bool(short)

    def _chains(self, text: str, start: int) -> tuple[set[str], int]:
        """(finest codes, end) of the longest run of nested names from `start`; a first short name needs a second."""
        best: set[str] = set()
        reach = start
        stack = [(m, m.code, full) for m, full in self._at(text, start, None)]
        while stack:
            match, code, firm = stack.pop()
            deeper = [(m, m.code, True) for m, _ in self._at(text, match.end, code)]
            stack += deeper
            if deeper or not (firm or start == 0):
                continue
            if match.end > reach:
                best, reach = set(), match.end
            if match.end == reach:
                best.add(code)
        return best, reach

    def _at(self, text: str, start: int, above: str | None) -> Iterable[tuple[_Match, bool]]:
        """Names standing at `start`, longest first, that lie under `above`."""
        for length in range(min(self._longest, len(text) - start), 1, -1):
            word = text[start : start + length]
            street = _STREET.match(text, start + length)
            for table, full in ((self._full, True), ({} if street else self._short, False)):
                for code in table.get(word, ()):
                    if above is None or _under(code, above):
                        yield _Match(code, start + length), full

    def _region(self, code: str) -> Region:
        province = self._names.get(code[:2] + "0000", "")
        city = self._names.get(code[:4] + "00", "") if code[2:4] != "00" else ""
        if code[:2] in _MUNICIPALITIES:
            city = province
        return Region(province, city, "" if code.endswith("00") else self._names[code], code)


def _under(code: str, above: str) -> bool:
    stem = above[:2] if above.endswith("0000") else above[:4] if above.endswith("00") else above
    return code != above and code.startswith(stem) and not above[4:] != "00"


@cache
def regions() -> Regions:
    """The table that comes with the product, read once."""
    return Regions.load()
