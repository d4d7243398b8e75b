"""What is said when a question is not answered: why, what comes closest, and where to ask."""

from __future__ import annotations

from assistant.policy_answer import PolicyAnswer
from assistant.quoting import chosen
from knowledge.citation import Citation, Passage

_HELP = (
    "我能回答开办个体工商户等政务办事中的规定（登记、名称、经营场所、许可、年报、变更、注销、税费、用工、社保等），"
    "也能帮您填写申请。"
)
SHORTEST = 60
"""Characters of the nearest provision shown with a refusal, about."""


def unsafe(contact: str) -> PolicyAnswer:
    """Refuses kindly, says why and what to do instead."""
    text = (
        "这件事我不能帮忙：伪造、变造材料，规避核验检查，请托送礼，或者打听他人的信息，都会让您承担法律责任。"
        f"如果是材料不齐、证件过期或者办理遇到困难，可以告诉我具体情况，我说明合规的办法。{where_to_ask(contact)}"
    )
    return PolicyAnswer(status="refused_unsafe", text=text)


def off_topic() -> PolicyAnswer:
    """Says what we can help with."""
    return PolicyAnswer(status="unanswerable_off_topic", text=f"这个问题不在我能回答的范围内。{_HELP}")


def not_found(contact: str, what: str = "") -> PolicyAnswer:
    """Admits that no passage answers, and where to ask."""
    why = f"{what}不在我查阅的法规文件里，" if what else "在现有的法规文件里没有查到能回答这个问题的规定，"
    text = f"{why}我不能凭猜测回答。{where_to_ask(contact)}"
    return PolicyAnswer(status="unanswerable_no_passage", text=text)


def near_miss(contact: str, question: str, nearest: Passage) -> PolicyAnswer:
    """Admits that no passage answers, and shows the words that come closest, said to be no answer."""
    start, end = chosen(nearest, question, SHORTEST)[0]
    quote = Citation.of(nearest, nearest.text[start:end])
    text = (
        "在现有的法规文件里没有查到能直接回答这个问题的规定，我不能凭猜测回答。"
        f"最接近的规定是《{nearest.document}》{nearest.article}，不一定适用于您的情况：\n“{quote.quote}”\n"
        f"{where_to_ask(contact)}"
    )
    return PolicyAnswer(status="unanswerable_no_passage", text=text, nearest=[quote])


def where_to_ask(contact: str) -> str:
    """The office, or the city's hotline."""
    return f"您可以咨询：{contact}。" if contact else "您可以到办事窗口咨询，或者拨打12345政务服务热线。"
