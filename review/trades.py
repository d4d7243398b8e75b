"""Sorts of business that premises and names care about, and the words by which entries and contracts speak of them."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Trade:
    """A sort of business: words by which a scope entry belongs to it, and words by which a contract speaks of it."""

    name: str
    entry: re.Pattern[str]
    spoken: re.Pattern[str]


_WORDS = (
    (
        "餐饮",
        "餐饮|饮品|小吃|餐馆|饭店|食品制售|烧烤|火锅|烘焙|糕点|食堂",
        "餐饮|饮食|饭店|餐馆|酒楼|小吃|食堂|油烟|明火|烹饪|烧烤|热食|炊",
    ),
    ("洗浴足浴", "足浴|洗浴|沐浴|浴室|桑拿|按摩|足疗|汗蒸", "洗浴|足浴|沐浴|浴室|桑拿|按摩|足疗"),
    ("洗涤", "洗染|洗衣|洗涤|干洗|洗车", "洗染|洗衣|洗涤|干洗|洗车"),
    (
        "娱乐",
        "歌舞|娱乐|游艺|游戏|互联网上网|网吧|棋牌|台球|剧本|密室|电竞",
        "娱乐|歌舞|KTV|卡拉|网吧|棋牌|麻将|台球|游戏厅|酒吧",
    ),
    ("生产加工", "加工|制造|生产|印刷|装配", "加工|生产|制造|作坊|厂房"),
    ("维修", "维修|修理|修配|保养", "维修|修理|汽修"),
    ("住宿", "住宿|旅馆|宾馆|民宿|酒店", "住宿|旅馆|宾馆|民宿|酒店|客栈"),
    ("教育培训", "培训|教育|托管|托育|辅导", "培训|教育|托管|托育|辅导班|补习"),
    ("宠物", "宠物|动物", "宠物|动物|犬|猫"),
    ("美容美发", "美容|美发|理发|美甲", "美容|美发|理发|美甲"),
    ("仓储批发", "批发|仓储|物流|配送", "仓储|仓库|存货|(?:存放|储存|堆放)货物|堆货|囤货|批发"),
    ("零售", "零售|销售", "零售|商品销售|门店销售|商铺经营"),
    ("危险化学品", "危险化学品|烟花爆竹|燃气|油漆|民用爆炸", "危险化学品|化工产品|烟花爆竹"),
)

TRADES = tuple(Trade(name, re.compile(entry), re.compile(spoken)) for name, entry, spoken in _WORDS)
"""Every sort, in the order a clerk would think of them."""
