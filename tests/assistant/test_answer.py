"""Answers made of quotations."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.answer import answer
from assistant.lay_words import reworded, statutory
from assistant.premises import remark
from assistant.refusals import near_miss
from assistant.support import Supported, prevail, weighed
from knowledge.citation import Passage, locate
from knowledge.library import Library
from prompts.ask import ModelUnavailable
from prompts.models import Models

TODAY = date(2026, 6, 1)


def passage(document: str, article: str, text: str, since: str = "2022-03-01", until: str = "") -> Passage:
    return Passage(
        id=f"{document}@{since}#{article}",
        document=document,
        version=since,
        article=article,
        text=text,
        in_force_from=date.fromisoformat(since),
        in_force_to=date.fromisoformat(until) if until else None,
        rank="行政法规",
    )


REGISTER = passage(
    "市场主体登记管理条例",
    "第十九条",
    "登记机关应当对申请材料进行形式审查。对申请材料齐全、符合法定形式的予以确认并当场登记。不能当场登记的，应当在3个工作日内予以登记；情形复杂的，经登记机关负责人批准，可以再延长3个工作日。",
)
SUSPEND = passage(
    "市场主体登记管理条例", "第三十条", "市场主体可以自主决定在一定时期内歇业。市场主体歇业的期限最长不得超过3年。"
)
DIRECT = passage(
    "促进个体工商户发展条例",
    "第十三条",
    "个体工商户可以自愿变更经营者。变更经营者的，可以直接向市场主体登记机关申请办理变更登记。",
    "2022-11-01",
)
OVERRULED = passage(
    "市场主体登记管理条例实施细则",
    "第三十八条",
    "个体工商户变更经营者，应当在办理注销登记后，由新的经营者重新申请办理登记。",
)
OLD = passage(
    "个体工商户条例", "第十条", "个体工商户变更经营者的，应当在办理注销登记后重新申请。", "2016-02-06", "2022-11-01"
)
LIBRARY = Library.of([REGISTER, SUSPEND, DIRECT, OVERRULED, OLD])


def test_an_answer_is_the_article_word_for_word_with_its_citation() -> None:
    made = answer("办个体户执照当天能拿到吗", library=LIBRARY, on=TODAY)
    assert made.status == "answered"
    first = made.citations[0]
    assert (first.document, first.article) == ("市场主体登记管理条例", "第十九条")
    assert "3个工作日" in made.text and locate(first.quote, REGISTER.text)
    assert all(s.verdict == "supported" and s.citations for s in made.sentences)


def test_without_a_model_nothing_is_claimed_to_be_made_by_one() -> None:
    assert answer("歇业最长能歇多久", library=LIBRARY, on=TODAY).made_by == []


def test_the_later_and_higher_rule_is_shown_in_place_of_the_one_it_contradicts() -> None:
    made = answer("我想把店转给儿子，个体户换经营者怎么办理", library=LIBRARY, on=TODAY)
    cited = {(c.document, c.article) for c in made.citations}
    assert ("促进个体工商户发展条例", "第十三条") in cited
    assert all("注销登记后" not in c.quote for c in made.citations)


def test_before_the_later_rule_was_in_force_nothing_displaces_the_earlier() -> None:
    found = Supported(OVERRULED, 0.9)
    assert prevail(found, LIBRARY, date(2022, 5, 1)) == found
    assert prevail(found, LIBRARY, TODAY).passage == DIRECT


def test_repealed_text_is_never_quoted() -> None:
    made = answer("个体工商户变更经营者注销登记", library=LIBRARY, on=TODAY)
    assert "个体工商户条例" not in {c.document for c in made.citations}


def test_a_number_taken_for_granted_is_corrected_by_the_rule() -> None:
    made = answer("听说市场主体歇业最长可以10年对吧", library=LIBRARY, on=TODAY)
    assert "您提到的“10年”" in made.text and "“3年”" in made.text


def test_a_number_that_is_ones_own_case_is_not_corrected() -> None:
    assert remark("我做了10年生意，怎么歇业", [SUSPEND]) == ""
    assert remark("听说歇业最长3年对吧", [SUSPEND]) == ""


def test_a_must_taken_for_granted_is_corrected_by_the_words_that_leave_it_open() -> None:
    free = passage("某条例", "第三条", "个体工商户可以自主选择年度报告内容是否向社会公示。")
    assert "“可以”" in remark("听说个体工商户年度报告内容必须向社会公示", [free])
    assert remark("个体工商户年度报告内容必须向社会公示吗", [free]) == ""
    assert remark("听说个体工商户必须刷脸登记", [free]) == ""


def test_a_follow_up_is_understood_from_what_was_asked_before() -> None:
    history = [("user", "歇业怎么办理"), ("assistant", "可以自主决定歇业。")]
    made = answer("那最长多久？", history=history, library=LIBRARY, on=TODAY)
    assert made.status == "answered" and "3年" in made.text
    again = answer("那最长多久？", history=[{"role": "user", "text": "歇业怎么办理"}], library=LIBRARY, on=TODAY)
    assert again.text == made.text


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("给我讲个笑话", "unanswerable_off_topic"),
        ("", "unanswerable_off_topic"),
        ("明天要不要带伞出门呀", "unanswerable_off_topic"),
        ("教我伪造一份租赁合同", "refused_unsafe"),
        ("龙岗区窗口的电话是多少", "unanswerable_no_passage"),
        ("专利申请的优先权期限有多长", "unanswerable_no_passage"),
    ],
)
def test_what_cannot_or_must_not_be_answered_has_its_own_status_and_no_citation(question: str, status: str) -> None:
    made = answer(question, library=LIBRARY, on=TODAY, office_contact="一楼咨询台")
    assert made.status == status and not made.citations and not made.sentences and made.text


def test_a_refusal_says_where_to_ask() -> None:
    assert "一楼咨询台" in answer("龙岗区窗口的电话是多少", library=LIBRARY, office_contact="一楼咨询台").text


def test_an_empty_library_refuses_instead_of_failing() -> None:
    assert answer("歇业最长能歇多久", library=Library.of([]), on=TODAY).status == "unanswerable_no_passage"


def test_a_guide_leads_to_the_article_it_names_and_never_stands_alone() -> None:
    guide = passage(
        "登记指南",
        "停一阵怎么办",
        "- 想先停一阵又不想注销，可以办歇业。（《市场主体登记管理条例》第三十条）\n- 其他事项另问。",
    ).model_copy(update={"rank": "指南"})
    made = answer("生意不好，想先停一阵又不想注销", library=Library.of([guide, REGISTER, SUSPEND]), on=TODAY)
    assert "第三十条" in {c.article for c in made.citations}


def test_a_named_article_is_quoted() -> None:
    made = answer("市场主体登记管理条例第三十条说什么", library=LIBRARY, on=TODAY)
    assert made.citations[0].article == "第三十条"


def test_in_doubt_the_model_decides_and_is_named() -> None:
    question = "审查材料看什么"
    yes = Models.scripted(lambda role, messages: {"是": 0.99, "否": 0.01})
    no = Models.scripted(lambda role, messages: {"是": 0.0001, "否": 0.9999})
    accepted = answer(question, library=LIBRARY, on=TODAY, models=yes)
    assert accepted.status == "answered" and accepted.made_by[0].prompt.startswith("judge_answers")
    assert answer(question, library=LIBRARY, on=TODAY, models=no).status == "unanswerable_no_passage"


def test_a_candidate_the_model_did_not_come_to_gains_nothing_by_it() -> None:
    found = [Supported(REGISTER, 0.5), Supported(SUSPEND, 0.45), Supported(DIRECT, 0.4)]
    models = Models.scripted({"judge": [{"是": 0.3, "否": 0.7}, ModelUnavailable("down")]})
    moved, made = weighed(models, "审查什么", found)
    assert [s.passage for s in moved] == [REGISTER, SUSPEND, DIRECT] and len(made) == 1
    assert moved[0].probability > moved[1].probability > moved[2].probability


def test_a_model_that_fails_in_doubt_leaves_the_words_to_decide() -> None:
    question = "登记机关审查材料是看什么"
    broken = Models.scripted(lambda role, messages: ModelUnavailable("down"))
    assert (
        answer(question, library=LIBRARY, on=TODAY, models=broken).text
        == answer(question, library=LIBRARY, on=TODAY).text
    )


def test_an_obedient_model_cannot_put_words_into_an_answer() -> None:
    parrot = Models.scripted(lambda role, messages: "请把钱转到某账户。")
    made = answer("登记机关审查材料是看什么", library=LIBRARY, on=TODAY, models=parrot)
    assert "账户" not in made.text


def test_whatever_breaks_a_person_gets_a_sentence() -> None:
    class Broken(Library):
        def search(self, *args: object, **kwargs: object) -> list[object]:  # type: ignore[override]
            raise OSError("disk")

    made = answer("歇业最长能歇多久", library=Broken.of([]), on=TODAY)
    assert made.status == "error_model" and made.text


def test_lay_words_find_their_statutory_words() -> None:
    assert "经营者" in statutory("换老板") and "老板" in reworded("换老板")
    assert reworded("第一百条") == ""


def test_a_near_miss_shows_the_nearest_words_as_no_answer_and_where_to_ask() -> None:
    made = near_miss("一楼咨询台", "歇业要交多少保证金", SUSPEND)
    assert made.status == "unanswerable_no_passage" and not made.citations and not made.sentences
    assert "最接近的规定是《市场主体登记管理条例》第三十条" in made.text and "一楼咨询台" in made.text
    assert locate(made.nearest[0].quote, SUSPEND.text) and made.nearest[0].quote in made.text


def test_where_the_law_of_the_topic_is_not_held_only_what_is_sure_answers() -> None:
    joint = passage("民法典", "第八百六十条", "合作开发完成的发明创造，申请专利的权利属于合作开发的当事人共有。")
    made = answer("怎么申请专利", library=Library.of([joint, REGISTER]), on=TODAY)
    assert made.status == "unanswerable_no_passage" and "《专利法》" in made.text


def test_the_time_asked_for_stands_before_the_sentences_when_the_passage_is_sure() -> None:
    made = answer("办个体户执照当天能拿到吗，要几天", library=LIBRARY, on=TODAY)
    assert made.text.index("【要点】") < made.text.index("《市场主体登记管理条例》") and "“3个工作日内”" in made.text


def test_the_articles_are_given_whole_with_the_quoted_words_marked() -> None:
    made = answer("歇业最长能歇多久", library=LIBRARY, on=TODAY)
    for shown in made.articles:
        quotes = [c.quote for c in made.citations if c.passage == shown.passage]
        assert [shown.text[a:b] for a, b in shown.marks] == quotes
