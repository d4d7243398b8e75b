"""Who does it, to whom, in which order, from which day: the parties of a claim against those of a passage."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from knowledge.wording import Mismatch, bigrams

_GROUPS: tuple[tuple[tuple[str, re.Pattern[str]], ...], ...] = tuple(
    tuple((name, re.compile(words)) for name, words in group)
    for group in (
        (
            ("国务院", r"国务院|国家级?(?:主管|市场|总局)|全国人民"),
            ("省级", r"省级|省、自治区|省(?:政府|人民政府|里)"),
            ("市级", r"市级|设区的市|地级市"),
            ("县级", r"县级|区县|县(?:政府|人民政府|里)|(?<![地市])区(?:级|财政|政府|人民政府)"),
            ("街道乡镇", r"街道|乡镇|乡、镇|居民委员会|居委会|村民委员会|村委会|社区"),
            ("上级机关", r"上一?级(?:机关|部门|人民政府)"),
            ("本机关", r"本机关|本级人民政府"),
        ),
        (
            ("市场监督管理部门", r"市场监[督管]|市监|工商(?:局|部门|行政)"),
            ("卫生健康部门", r"卫生健康|卫生行政|卫健"),
            (
                "人力资源社会保障部门",
                r"人力资源(?:和?社会保障)?(?:行政|主管)?部门|人力资源社会保障|人社|劳动(?:行政)?部门",
            ),
            ("公安机关", r"公安|派出所|警察"),
            ("税务机关", r"税务"),
            ("法院", r"法院"),
            ("检察院", r"检察院"),
            ("交通运输部门", r"交通运输(?:行政)?(?:主管)?(?:部门|局)|交通局"),
            ("文化部门", r"文化(?:和旅游)?(?:行政)?(?:主管)?(?:部门|局)"),
            ("教育部门", r"教育(?:行政)?(?:主管)?(?:部门|局)"),
            ("民政部门", r"民政"),
            ("应急消防部门", r"应急管理|消防(?:救援)?(?:机构|部门|队)"),
            ("城市管理部门", r"城市管理|城管"),
            ("住房城乡建设部门", r"住房(?:和)?城乡建设|住建"),
            ("生态环境部门", r"生态环境|环保(?:局|部门)"),
            ("农业农村部门", r"农业农村"),
            ("烟草专卖部门", r"烟草专卖(?:行政)?主管部门|烟草(?:专卖)?局"),
            ("邮政部门", r"邮政(?:管理)?(?:部门|局)"),
        ),
        (
            ("单位", r"(?:用人|所在|本|招用)的?单位|老板|公司发|单位(?:支付|发|交|缴|负责|按)"),
            ("社保基金", r"社会?保险?基金|工伤保险基金|失业保险基金|医保基金"),
            ("财政", r"财政(?:资金|部门|负担|支付)|政府(?:出钱|承担)"),
        ),
    )
)
_BEFORE = re.compile(r"先[^。后]{0,24}(?:再|后|才)|之?前(?:应当|须|必须)|事先|凭[^，。]{0,12}许可")
_AFTER = re.compile(r"(?:登记|手续|注册)手?续?后[^。]{0,30}(?:申请|办理)|之?后(?:应当|须|必须)[^。]{0,6}申请")
_MODAL = r"(?:应当|必须|可以|不得|需要|有权|无需|要|须)"
_VERB = (
    r"负责|承担|支付|保存|保管|审批|批准|决定|选择|办理|登记|垫付|退还|处理|实施|收取|出具|组织|自行|先行|先|向|给|发"
    r"|制定|核发|审核|许可|备案|责令|认定|调解|缴纳|提出|申请|按|自己|作出|赔偿|监督|管理"
)
_AGENT = re.compile(rf"(?<![自理事缘])由(?P<who>[一-龥、]{{2,16}}?)(?={_VERB})")
_TOWARDS = re.compile(
    rf"(?P<one>[一-龥]{{2,10}}?){_MODAL}[^，。；]{{0,8}}?[向给](?P<two>[一-龥]{{2,8}}?)(?={_VERB}|$|[，。；])"
)
_TARGET = re.compile(rf"[向给](?P<two>[一-龥]{{2,8}}?)(?={_VERB}|$|[，。；])")
_NEAR = 12
_SELF = re.compile("自己|本人|自行|自主|个人")
_FROM = re.compile(
    r"自(?P<what>[^，。；自]{2,20}?)之?日(?:起|以?后)|从(?P<lay>[^，。；从]{2,14}?)(?:那天|之日|时|开始)起?(?:算|计算|起)"
)


def authority(claim: str, nearest: str, passage: str) -> list[Mismatch]:
    """An authority, level or payer that the passage gives otherwise."""
    for group in _GROUPS:
        stands = [n for n, p in group if p.search(nearest)] or [n for n, p in group if p.search(passage)]
        missing = [(name, m[0]) for name, p in group if (m := p.search(claim)) and name not in stands]
        if missing and stands:
            said, there = missing[0][1], "、".join(stands)
            return [Mismatch("authority", said, there, f"说的是“{said}”，条文是“{there}”")]
    return []


def subject(claim: str, nearest: str) -> list[Mismatch]:
    """Who acts: another agent after 由, or the two parties changed about."""
    return _agent(claim, nearest) or _swapped(claim, nearest) or _crossed(claim, nearest)


def _agent(claim: str, nearest: str) -> list[Mismatch]:
    said = _AGENT.search(claim)
    if not said:
        return []
    own = set(said["who"])
    agents = [m["who"] for m in _AGENT.finditer(nearest)]
    if any(_alike(said["who"], a) for a in agents) or (not agents and bigrams(said["who"]) & bigrams(nearest)):
        return []
    if _SELF.search(said["who"]) and _SELF.search("".join(agents) or nearest):
        return []
    if not agents and len(own & set(nearest)) > len(own) / 2:
        return []
    stands = agents[0] if agents else nearest[:20]
    return [Mismatch("subject", said["who"], stands, f"说的是由“{said['who']}”，条文是“{stands}”")]


def _alike(a: str, b: str) -> bool:
    return bool(bigrams(a) & bigrams(b)) or len(set(a) & set(b)) >= min(len(set(a)), 2)


def _swapped(claim: str, nearest: str) -> list[Mismatch]:
    said, stands = _TOWARDS.search(claim), _TARGET.search(nearest)
    if not said or not stands:
        return []
    one, two = _head(said["one"]), said["two"]
    crossed = two in nearest[: stands.start("two")] and one in stands["two"] and two not in stands["two"]
    if not crossed or one == two:
        return []
    return [Mismatch("subject", said[0], stands[0], f"谁向谁说反了：条文是“{stands[0]}”")]


def _crossed(claim: str, nearest: str) -> list[Mismatch]:
    """Who stands before 向, 通知 … in the passage stands after it in the claim, and the other way round."""
    for word in ("通知", "告知", "赔偿", "向", "给", "对"):
        left, found, right = claim.partition(word)
        there_left, there, there_right = nearest.partition(word)
        if not found or not there:
            continue
        right, there_right = right[:_NEAR], there_right[:_NEAR]
        one, two = _common(left, there_right), _common(right, there_left)
        if one and two and one not in there_left and two not in there_right:
            return [Mismatch("subject", claim, nearest, f"谁对谁说反了：条文是“{nearest[:40]}”")]
    return []


def _common(a: str, b: str) -> str:
    """The longest words both have, two characters or more."""
    found = SequenceMatcher(None, a, b, autojunk=False).find_longest_match()
    return a[found.a : found.a + found.size] if found.size > 1 else ""


def _head(words: str) -> str:
    return re.split(r"[的，、]|按|每", words)[-1] or words


def order(claim: str, passage: str) -> list[Mismatch]:
    """先许可后登记 against 登记后申请许可."""
    if _BEFORE.search(claim) and not _BEFORE.search(passage) and (after := _AFTER.search(passage)):
        return [Mismatch("order", "先", after[0], f"先后相反：条文是“{after[0]}”")]
    return []


def start(claim: str, nearest: str) -> list[Mismatch]:
    """From which day a period runs."""
    said = [m["what"] or m["lay"] for m in _FROM.finditer(claim)]
    stands = [m["what"] or m["lay"] for m in _FROM.finditer(nearest)]
    if not said or not stands or re.search(r"\d|[年月]", said[0]):
        return []
    if any(bigrams(said[0]) & bigrams(s) for s in stands):
        same_act = max(len(bigrams(said[0]) & bigrams(s)) / max(1, len(bigrams(said[0]))) for s in stands)
        if same_act >= 0.3:
            return []
    return [Mismatch("start", said[0], stands[0], f"起算日说的是“{said[0]}”，条文是“{stands[0]}”")]
