import pytest

from assistant.absent import absent_title, absent_topic

HELD = [
    "市场主体登记管理条例",
    "市场主体登记管理条例实施细则",
    "中华人民共和国民法典",
    "企业名称登记管理规定",
    "优化营商环境条例",
]


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("《网络交易监督管理办法》第七条是怎么规定的？", "网络交易监督管理办法"),
        ("网络交易监督管理办法里怎么说零星小额的", "网络交易监督管理办法"),
        ("请问数据出境安全评估管理办法什么时候施行", "数据出境安全评估管理办法"),
    ],
)
def test_a_document_nobody_took_in_is_named(question: str, absent: str) -> None:
    assert absent_title(question, HELD) == absent


@pytest.mark.parametrize(
    "question",
    [
        "市场主体登记管理条例第十九条怎么说",
        "登记管理条例实施细则里怎么规定补正的",
        "《中华人民共和国民法典》怎么规定合同的",
        "按照以前的个体工商户登记管理办法是不是要等十五天",
        "办照要几天",
        "",
    ],
)
def test_what_is_held_or_only_leaned_on_is_let_through(question: str) -> None:
    assert absent_title(question, HELD) == ""


def test_a_topic_whose_law_is_not_held_is_named() -> None:
    assert absent_topic("怎么申请专利", ["民法典", "商标法"]) == "专利法"
    assert absent_topic("怎么申请专利", ["中华人民共和国专利法"]) == ""
    assert absent_topic("怎么办营业执照", ["民法典"]) == ""
