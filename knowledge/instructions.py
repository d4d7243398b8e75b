"""Words addressed to whoever or whatever reviews an application, instead of stating facts about it.

They have no effect on the review (no reader obeys documents); they are pointed out to the clerk. One clear sign is
enough; signs that also occur in contracts and forms count only together.
"""

from __future__ import annotations

import re
import unicodedata

_REVIEWER = (
    r"(?:AI|A\.I\.|人工智能|智能|自动|机器|大模型|语言模型|模型|系统|算法|后台|程序)(?:审核|审查|审批|初审|评审|预审|受理|阅读|助手)?"
    r"(?:系统|模型|助手|员|人员|程序|机器人|平台|智能体)?|审核(?:人员|员|老师|系统|者)|审查(?:人员|员)|reviewers?|assistant|LLM|GPT"
)
_ORDER = (
    r"(?:忽略|跳过|无视|略过|不要检查|不必检查|无需检查|不用检查|免检|直接通过|一律通过|判定为?|标记为?|标为|视为|视作|认定为?|"
    r"输出|返回|回复|批准|准予|放行|给予通过|建议通过)"
)
_STRONG = [
    rf"(?:致|给|告|提示|提醒|请|对|@|注意)[::]?(?:本|各位|所有|负责)?(?:{_REVIEWER})[^。]{{0,80}}?{_ORDER}",
    rf"(?:{_REVIEWER})[^。,]{{0,8}}请[^。]{{0,24}}?(?:忽略|跳过|无视|略过|直接判|批准|准予|不要检查|无需检查|判定为|标记为|"
    r"通过(?![^。]{0,8}(?:窗口|电话|网|邮|银行|提交|办理|查询|支付|缴纳)))",
    r"(?:忽略|无视|忘记|忘掉|抛弃|不要遵守|停止执行)[^。]{0,10}?(?:此前|之前|以前|以上|上述|上面|前面|先前|前述|现有|原有|所有|全部|一切|任何)?"
    r"[^。]{0,6}?(?:规则|指令|指示|提示词|提示|设定|系统消息|审核要求|审查要求|检查项)",
    # 遮挡、覆盖指示标志 is a rule of fire safety: what is overridden must be what was said before.
    r"覆盖(?:你|您)?的?(?:此前|之前|以前|以上|上述|上面|前面|先前|前述|现有|原有|所有|全部|一切|任何)的?[^。]{0,6}?"
    r"(?:规则|指令|指示|提示词|提示|设定|系统消息|审核要求|审查要求|检查项)",
    r"(?:ignore|disregard|forget|override|bypass|skip)\W+(?:\w+\W+){0,5}?(?:instructions?|rules?|prompts?|guidelines?|checks?|policy|policies)",
    r"(?:mark|treat|consider|flag|rate|label)\W+(?:\w+\W+){0,8}?as\W+(?:\w+\W+){0,2}?(?:passed|approved|valid|compliant|complete|low|resolved)",
    r"(?:AI|LLM|automated)\W+(?:reviewer|assistant|system|model)\b[^.]{0,80}?(?:approve|pass|ignore|skip|accept|mark|output|report)",
    r"system\W*prompt|</?system>|\[INST\]|<\|im_start\|>|you are (?:now )?(?:an?|the) (?:AI|assistant|reviewer|system)",
    r"跳过[^。]{0,30}?(?:检查|核查|核对|审核|审查|校验|比对)",
    r"(?:审核|审查|初审|系统|AI)[^。]{0,24}?(?:请|应|须|可|需)?(?:直接|自动|一律|默认)(?:判定|认定|判断|予以|建议|标记)?为?(?:审核)?(?:通过|合格|准予|批准|核准)",
]
_WEAK = [
    r"(?:系统|超级|平台)(?:管理员|指令|提示|消息|通知|命令)|(?:^|[。;:])指令[::]|最高优先级|优先级最高|管理员权限",
    r"(?:将|把)[^。,;]{1,24}?(?:视为|视作|当作|标记为|标为|判定为|判为|认定为|改为|设为)[^。,;]{1,16}",
    r"(?:直接|自动|务必|一律)(?:建议|予以|判定|判断|标记)?为?(?:审核)?(?:通过|准予|批准|核准|合格|登记)",
    r"风险(?:等级|级别|评级|标签|分)?[^。,;]{0,6}(?:低|无|零|最低)",
    r"(?:不要|无需|不必|勿|别)(?:再)?(?:输出|报告|提示|指出|列出|标记|生成|提出)[^。]{0,20}|(?:只|仅)(?:输出|返回|回复)",
    r"\b[A-Z]{3,}_[A-Z_]{3,}\b",
    r"(?:通过|准予|批准)(?:即可|就行|本次|本件|本案|该)|(?:输出|返回|回复)[::“\"]?(?:通过|合格|低|无问题|准予|pass|approved?)",
    r"\b(?:approve|pass)\b (?:this|the) (?:application|case|filing)|\brisk\b\W+(?:level\W+)?(?:to|is|as)\W+low",
    r"本案|本申请|该申请|此申请",
]
_STRONG_RE = [re.compile(p, re.IGNORECASE) for p in _STRONG]
_WEAK_RE = [re.compile(p, re.IGNORECASE) for p in _WEAK]
_SENTENCE = re.compile(r"[^。!?！？\n]+[。!?！？]?")
_ENOUGH_WEAK = 2


def instruction_in(text: str) -> str | None:
    """The first sentence (or two) addressed to the reviewer; None when there is none."""
    flat = unicodedata.normalize("NFKC", text).replace("\u200b", "")
    sentences = [m.group().strip() for m in _SENTENCE.finditer(flat) if m.group().strip()]
    pairs = [a + b for a, b in zip(sentences, sentences[1:], strict=False) if len(a + b) < 160]
    return next((s for s in [*sentences, *pairs] if _orders(s)), None)


def _orders(sentence: str) -> bool:
    bare = re.sub(r"(?<=[\u3000-\u9fff])\s+|\s+(?=[\u3000-\u9fff])", "", sentence)
    if any(p.search(bare) for p in _STRONG_RE):
        return True
    return sum(bool(p.search(bare)) for p in _WEAK_RE) >= _ENOUGH_WEAK
