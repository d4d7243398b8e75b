"""Business scope: from a person's own words to standard entries and the permits they need.

`scopes.csv` holds entries with the words lay people use for them. Where the office gives a catalogue, its entries are
the standard ones and its licences win; ours then lend words and permits to entries of the same or nearly the same
name. The search is deterministic: longest words found, negated clauses left out, each word explained by one entry.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from pydantic import field_validator

from knowledge.citation import Frozen
from knowledge.item_parts import articles
from knowledge.office import CatalogueEntry
from knowledge.scope_words import GAP, Found, Words, act_on, acts, folded

Licence = Literal["none", "pre", "post", "filing"]

LICENSED_NOTE = "（依法须经批准的项目，经相关部门批准后方可开展经营活动，具体经营项目以相关部门批准文件或许可证件为准）"
GENERAL_NOTE = "（除依法须经批准的项目外，凭营业执照依法自主开展经营活动）"
ONLINE_NOTE = "（仅限于通过互联网从事经营活动）"

_PREPACKED = "食品销售（仅销售预包装食品）"
_BULK = "食品销售"
_ONLINE = "互联网销售（除销售需要许可的商品）"
_PREPACKED_ONLINE = "食品互联网销售（仅销售预包装食品）"
_BULK_ONLINE = "食品互联网销售"
_TOGETHER = "+"
_NOTHING = "-"
"""What a word for goods becomes where the act says all (种平菇香菇)."""
_FEW = 3
"""Pairs of characters in a description so short that two of them tell."""
_COOKED = "现做"
"""The lay word that stands for any dish."""

_NEGATED = re.compile(
    r"(?:不|没有|没|从不|绝不)(?:会|想|打算|准备|再|去|用|直接)*"
    r"(?:卖|做|搞|经营|提供|涉及|包括|含|开|弄|是|办|收|接|碰|沾|干(?!胶)|送|看|治|打|给|修|洗|租|养|教|动|带)(?!光|只|仅|止)"
    r"[^，,。；;！!？?\n]*?(?=只|但|就|而|还|也|光|$|[，,。；;！!？?\n])"
)
_PACKED = re.compile(r"预包装|(?<!不带)(?<!没有)(?<!没)包装|袋装|瓶装|盒装|罐装|桶装|整包|整箱|成箱|密封")
_PACKING = re.compile(r"(?:有|带|包)?包装(?:的|好)?|[袋瓶盒罐桶]装|整[包箱袋]|成箱")
"""Tells how a thing is packed, not what it is: 袋装种子 is no food."""
_LOOSE = re.compile(
    r"散装|散的|散称|散卖|裸装|称斤|论斤|称重|按斤|斤两|拆零|散酒|散茶|打酒|现切|无包装|没有?包装|不带包装"
)
_MADE = re.compile(r"现做|现炒|现煮|现烤|现炸|现磨|现调|现榨|现制|堂食|现场制|现场做|当场做|手工做|自己做|自制|制售")
_DISH = re.compile(
    r"(?:[牛羊猪鸡鸭鹅鱼虾蟹肉骨菜蛋菌豆腐杂肚肠丸排骨酸辣番茄炖炒烤炸]{1,4}(?:汤|饭|粥|煲|面|串|饼|羹|锅|饺|卷|米线|粉丝|粉条汤)|[牛羊猪鸡鸭肉杂肠丸骨酸辣]{2,4}粉)"
)
"""A dish is cooked, whatever raw food its name begins with: 羊肉汤 is no raw meat."""
_SHOP = re.compile(
    r"(?<!网)(?<!抖音小)(?<!淘宝)(?<!抖)店里|店面|门店|实体|铺|摊|超市|便利店|小卖部|同时|也在?网|也放?网|线下"
)
_SELLS = re.compile(r"[卖销售]|带货|店|铺货|批发|货|代购|团购")
_TAILS = re.compile(r"(?:服务|零售|销售|经营|活动|批发|及用品|及器材)$")
_NOISE = re.compile(r"[\s，,。．.；;：:、！!？?（）()【】\[\]“”\"'‘’《》<>—\-·/]+")
_STOPWORDS = frozenset(
    "服务 零售 销售 经营 活动 批发 产品 用品 设备 器材 制作 代理 制造 加工 商品 技术 咨询 租赁 生产 运输 贮藏 办公 "
    "调试 清洗 养护 回收 安装 修理 维修 管理 开发 推广 交流".split()
)


class ScopeEntry(Frozen):
    """One entry of the scope catalogue."""

    entry: str
    general: bool
    """一般经营项目, as against 许可经营项目."""
    licence: Licence
    """`pre`: approved before registration; `post`: permit before opening; `filing`: 备案."""
    permit: str = ""
    authority: str = ""
    """Who gives the permit."""
    basis: str = ""
    residential_ok: bool = True
    """Whether it may be done in a dwelling at all (with the neighbours' consent)."""
    words: tuple[str, ...] = ()
    """What lay people say for it; `…` stands for a few characters between."""
    together: tuple[str, ...] = ()
    """Lay words that mean this entry and others at once (烟酒店); `+` before the word in the file."""
    industry_words: tuple[str, ...] = ()
    """Words a business name may use for the trade."""
    gbt: str = ""
    """GB/T 4754-2017 class."""
    verified: bool = False
    """The articles were read in the original."""
    note: str = ""
    """What an applicant has to know besides."""

    @field_validator("basis")
    @classmethod
    def _names_articles(cls, basis: str) -> str:
        articles(basis)
        return basis


def bare(name: str) -> str:
    """A name without the differences people do not see: width, spaces, punctuation."""
    kept = unicodedata.normalize("NFKC", name.replace(GAP, "\0"))
    return _NOISE.sub("", kept).lower().replace("\0", GAP)


class Scopes:
    """The catalogue and its search."""

    def __init__(self, entries: Sequence[ScopeEntry]) -> None:
        self.entries = tuple(entries)
        self._by_name = {bare(e.entry): e for e in self.entries}
        self._words: dict[str, list[ScopeEntry]] = {}
        self._together: dict[str, list[ScopeEntry]] = {}
        for e in self.entries:
            for word in {bare(w) for w in (*e.words, *e.together, *_own_words(e.entry))} - {""}:
                self._words.setdefault(word, []).append(e)
            for word in map(bare, e.together):
                self._together.setdefault(word, []).append(e)
        self._finder = Words(self._words)
        self._grams = {e.entry: _grams(e.entry + "".join(e.words).replace(GAP, "")) for e in self.entries}

    @classmethod
    def load(cls, path: Path | None = None, office_catalogue: Iterable[CatalogueEntry] | None = None) -> Scopes:
        """Our catalogue, or the office's with our words and permits; raises ValueError on a bad file."""
        ours = _read(path or Path(__file__).with_name("scopes.csv"))
        if office_catalogue is None:
            return cls(ours)
        own = cls(ours)
        return cls([own._adopt(given) for given in office_catalogue])

    def _adopt(self, given: CatalogueEntry) -> ScopeEntry:
        """The office's entry with what we know of it; a filing by law stays where its table has no such column."""
        known = self.get(given.entry) or self._nearly(given.entry)
        if known is None:
            return ScopeEntry(
                entry=given.entry,
                general=given.licence in ("none", "filing"),
                licence=given.licence,
                permit=given.permit,
                authority=given.authority,
                basis=given.basis,
            )
        licence = "filing" if known.licence == "filing" and given.licence == "none" else given.licence
        told = licence == known.licence
        return known.model_copy(
            update={
                "entry": given.entry,
                "licence": licence,
                "general": licence in ("none", "filing"),
                "permit": given.permit or (known.permit if told else ""),
                "authority": given.authority or (known.authority if told else ""),
                "basis": given.basis or (known.basis if told else ""),
            }
        )

    def _nearly(self, name: str) -> ScopeEntry | None:
        """The entry whose name shares most pairs of characters, when that is nearly all of them."""
        pairs = _grams(bare(name))
        scored = [(len(pairs & g) / max(len(pairs | g), 1), e) for e in self.entries if (g := _grams(bare(e.entry)))]
        best = max(scored, key=lambda s: s[0], default=None)
        return best[1] if best and best[0] >= 0.6 else None

    def get(self, entry: str) -> ScopeEntry | None:
        """The entry of that name, whatever its spaces and punctuation."""
        return self._by_name.get(bare(entry))

    def propose(self, words: str, k: int = 5) -> list[ScopeEntry]:
        """Entries for a description in lay words, the main trade first; empty when nothing is recognised."""
        text = bare_sentence(words)
        found = self._find(text)
        chosen = self._explain(found, text)
        if not chosen and (near := self._alike(text)):
            chosen = [near]
        return self._settle_online(self._settle_food(chosen, text), text)[:k]

    def licence_wording(self, entries: Sequence[str], online_only: bool = False) -> str:
        """The scope as the licence prints it: 许可项目 and 一般项目, each with its closing words."""
        known = [(name, self.get(name)) for name in entries]
        licensed = [name for name, e in known if e is not None and not e.general]
        general = [name for name, e in known if e is None or e.general]
        parts = [f"许可项目：{'；'.join(licensed)}。{LICENSED_NOTE}"] if licensed else []
        parts += [f"一般项目：{'；'.join(general)}。{GENERAL_NOTE}"] if general else []
        return "".join(parts) + (ONLINE_NOTE if online_only else "")

    def fits_industry(self, industry: str, entry: str) -> bool:
        """Whether a name's word for its trade says what this entry is (名称登记管理规定 第九条)."""
        known, word = self.get(entry), bare(industry)
        if not word:
            return False
        if word in bare(entry) or bare(entry) == bare(_ONLINE):  # selling online is a channel of any trade
            return True
        names = {bare(w) for w in (known.industry_words if known else ())}
        return any(w in word or word in w for w in names if w) or known in self.propose(industry)

    def _find(self, text: str) -> list[Found]:
        """Every lay word in the text that no longer one covers, dishes among them."""
        dishes = [Found(*m.span(), _COOKED) for m in _DISH.finditer(text)] if _COOKED in self._words else []
        found = self._finder.find(text, dishes)
        return [f for f in found if not _PACKING.fullmatch(f.word)] or found

    def _meant(self, found: Found, text: str) -> list[ScopeEntry]:
        """The entries a word stands for where what is done with the thing is heeded (批发水果: 新鲜水果批发)."""
        act = act_on(found, text)
        become = {e: acts().get((act, e.entry), e.entry) for e in self._words[found.word]}
        return list(dict.fromkeys(self.get(name) or e for e, name in become.items() if name != _NOTHING))

    def _explain(self, found: list[Found], text: str) -> list[ScopeEntry]:
        """Fewest entries that account for the words found, heaviest first; then in the order they are spoken of."""
        left = {f: meant for f in found if (meant := self._meant(f, text))} or {f: self._words[f.word] for f in found}
        chosen: dict[tuple[int, int], ScopeEntry] = {}
        while left:
            weight: dict[str, float] = {}
            for f, meant in left.items():
                for e in meant:
                    weight[e.entry] = weight.get(e.entry, 0) + _weight(f, len(meant), e, text)
            entry = self._by_name[bare(max(weight, key=lambda n: weight[n]))]
            explained = [f for f, meant in left.items() if entry in meant]
            place = min(f.start for f in explained)
            for e in [entry, *(e for f in explained for e in self._together.get(f.word, ()))]:
                if e not in chosen.values():
                    chosen[place, len(chosen)] = e
            left = {f: meant for f, meant in left.items() if f not in explained and entry not in meant}
        return [chosen[place] for place in sorted(chosen)]

    def _alike(self, text: str) -> ScopeEntry | None:
        """Where no word is known: the entry that shares most pairs of characters, three, or two of a few words."""
        pairs = _grams(text)
        scored = [
            (len(pairs & g) / (len(g) ** 0.5), len(pairs & g), e) for e in self.entries if (g := self._grams[e.entry])
        ]
        best = max(scored, key=lambda s: s[0], default=None)
        return best[2] if best and best[1] >= (2 if len(pairs) <= _FEW else 3) else None

    def _settle_online(self, chosen: list[ScopeEntry], text: str) -> list[ScopeEntry]:
        """Food sold on the net has entries of its own; loose food keeps the one for the place where it is stored."""
        if _ONLINE not in [e.entry for e in chosen]:
            return chosen
        if len(chosen) > 1 and not _SELLS.search(text):
            return [e for e in chosen if e.entry != _ONLINE]
        goods = [e for e in chosen if e.entry != _ONLINE]
        net = {_PREPACKED: self.get(_PREPACKED_ONLINE), _BULK: self.get(_BULK_ONLINE)}
        foods = [found for e in goods if (found := net.get(e.entry))]
        if not foods:
            return chosen
        keep = goods if _SHOP.search(text) else [e for e in goods if e.entry != _PREPACKED]
        rest = [] if all(e.entry in (_BULK, _PREPACKED) for e in goods) else [e for e in chosen if e.entry == _ONLINE]
        return list(dict.fromkeys([*keep, *foods, *rest] if _SHOP.search(text) else [*foods, *keep, *rest]))

    def _settle_food(self, chosen: list[ScopeEntry], text: str) -> list[ScopeEntry]:
        """Packed food needs a filing, loose food a permit, and the permit covers both (食品安全法 第三十五条)."""
        names = [e.entry for e in chosen]
        loose, packed = bool(_LOOSE.search(text)), bool(_PACKED.search(text))
        if _BULK in names and _PREPACKED in names:
            drop = _PREPACKED if loose or not packed else _BULK
            chosen = [e for e in chosen if e.entry != drop]
        elif _PREPACKED in names and loose and (bulk := self.get(_BULK)):
            chosen = [bulk if e.entry == _PREPACKED else e for e in chosen]
        elif _BULK in names and packed and not loose and not _MADE.search(text) and (ready := self.get(_PREPACKED)):
            chosen = [ready if e.entry == _BULK else e for e in chosen]
        return chosen


def bare_sentence(words: str) -> str:
    """A description without what it denies and without spaces; punctuation stays, it parts the trades."""
    return _NEGATED.sub("", folded(words))


def _weight(found: Found, shared_by: int, entry: ScopeEntry, text: str) -> float:
    """Long words and words few entries use weigh more, and an entry whose name shares words with the description."""
    weight: float = len(found.word) ** 1.3 / shared_by**0.5
    weight += 0.05 * len(_grams(text) & _grams(entry.entry))
    if entry.entry == _ONLINE:
        weight *= 0.6
    if entry.entry == _PREPACKED and _LOOSE.search(text):
        weight *= 0.3
    if entry.entry in (_BULK, _PREPACKED) and _MADE.search(text) and not _PACKED.search(text):
        weight *= 0.5
    return weight


def _own_words(entry: str) -> set[str]:
    """What an entry's own name adds to its lay words: 五金产品零售 → 五金产品."""
    head = re.sub(r"（.*?）", "", entry)
    stem = _TAILS.sub("", head)
    parts = {stem, *re.split(r"[、及和与]", stem)}
    return {entry, head} | {p for p in parts if len(p) >= 2 and p not in _STOPWORDS}


def _grams(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


def _read(path: Path) -> list[ScopeEntry]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [_entry(path.name, number, row) for number, row in enumerate(csv.DictReader(file), start=2)]


def _entry(file: str, number: int, row: dict[str, str]) -> ScopeEntry:
    try:
        return ScopeEntry.model_validate(
            {
                "entry": row["entry"],
                "general": {"一般": True, "许可": False}[row["class"]],
                "licence": row["licence"],
                "permit": row["permit"],
                "authority": row["authority"],
                "basis": row["basis"],
                "residential_ok": row["residential_ok"] == "yes",
                "words": tuple(w for w in row["words"].split("|") if w and not w.startswith(_TOGETHER)),
                "together": tuple(w[1:] for w in row["words"].split("|") if w.startswith(_TOGETHER)),
                "industry_words": tuple(filter(None, row["industry_words"].split("|"))),
                "gbt": row["gbt"],
                "verified": row["verified"] == "yes",
                "note": row["note"],
            }
        )
    except (KeyError, ValueError) as error:
        raise ValueError(f"{file}, row {number}: {error}") from error
