"""A guide's lay words lead on to the article they rest on."""

from knowledge.citation import Passage
from knowledge.guides import lead_on, statements
from knowledge.index import Hit

GUIDE = Passage(
    id="指南@1#多久办好",
    document="指南",
    version="1",
    article="多久办好",
    rank="指南",
    text="- 材料齐了当场登记。（《条例》第十九条）\n- 不给办要说理由。（《条例》第二十条）\n> 各地做法不一样。",
)
LAW = {
    number: Passage(id=f"条例@1#{number}", document="条例", version="1", article=number, rank="行政法规", text=text)
    for number, text in {"第十九条": "予以确认并当场登记。", "第二十条": "不予登记并说明理由。"}.items()
}


def held(document: str, article: str) -> Passage | None:
    return LAW.get(article) if document == "条例" else None


def test_a_statement_is_a_line_with_its_source_and_a_note_is_none() -> None:
    assert [(s.words, s.document, s.article) for s in statements(GUIDE)] == [
        ("材料齐了当场登记。", "条例", "第十九条"),
        ("不给办要说理由。", "条例", "第二十条"),
    ]


def test_the_article_nearest_the_question_answers_instead_of_the_guide() -> None:
    hits = lead_on("不给办能问理由吗", [Hit(GUIDE, 1.0)], held, per_guide=1)
    assert [h.passage.id for h in hits] == ["条例@1#第二十条"]


def test_a_guide_whose_law_is_not_held_answers_itself() -> None:
    hits = lead_on("多久能登记", [Hit(GUIDE, 1.0)], lambda document, article: None)
    assert [h.passage for h in hits] == [GUIDE]


def test_an_article_found_both_ways_comes_first_and_once() -> None:
    other = LAW["第二十条"]
    hits = lead_on("当场登记", [Hit(other, 1.0), Hit(GUIDE, 0.6), Hit(LAW["第十九条"], 0.5)], held, per_guide=1)
    assert [h.passage.article for h in hits] == ["第十九条", "第二十条"]
    assert hits[0].score == 1.1


def test_laws_pass_through_unchanged() -> None:
    hits = [Hit(LAW["第十九条"], 0.9), Hit(LAW["第二十条"], 0.2)]
    assert lead_on("登记", hits, held) == hits
