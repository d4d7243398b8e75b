"""A reranker only reorders what was found, and only when it works."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from knowledge.citation import Passage
from knowledge.index import Hit
from knowledge.rerank import READ, CrossEncoderScorer, RerankerError, open_reranker, read, rerank
from prompts.settings import Settings


@dataclass
class Scripted:
    """Scores by the number in a text, or fails."""

    fails: bool = False
    heard: list[tuple[str, list[str]]] = field(default_factory=list)

    def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        self.heard.append((question, list(texts)))
        if self.fails:
            raise RerankerError("坏了")
        return [float(text.split()[-1]) for text in texts]


def hit(number: int, score: float, cited: bool = False) -> Hit:
    passage = Passage(id=f"法@1#{number}", document="法", version="1", article=str(number), text=f"{number}")
    return Hit(passage, score, words=1.5, meaning=0.8, cited=cited)


HITS = [hit(n, 1 - n / 10) for n in (1, 3, 2, 5, 4)]


def numbers(hits: Sequence[Hit]) -> list[str]:
    return [h.passage.article for h in hits]


def test_the_first_hits_stand_in_the_scorers_order_and_the_rest_as_they_were() -> None:
    scorer = Scripted()
    found = rerank("问", HITS, scorer, depth=3)
    assert numbers(found) == ["3", "2", "1", "5", "4"]
    assert len(scorer.heard[0][1]) == 3 and scorer.heard[0][0] == "问"


def test_scores_are_those_of_the_places_and_all_else_stays_with_the_hit() -> None:
    found = rerank("问", HITS, Scripted())
    assert [h.score for h in found] == [h.score for h in HITS]
    assert all((h.words, h.meaning) == (1.5, 0.8) for h in found)


def test_an_article_asked_for_by_its_number_stays_first() -> None:
    found = rerank("第9条", [hit(0, 2.0, cited=True), *HITS], Scripted())
    assert numbers(found) == ["0", "5", "4", "3", "2", "1"]


def test_equal_scores_keep_the_searchs_own_order() -> None:
    class Same:
        def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
            return [0.5] * len(texts)

    assert rerank("问", HITS, Same()) == HITS


@pytest.mark.parametrize("scorer", [None, Scripted(fails=True)])
def test_without_a_scorer_that_works_the_search_stands(scorer: Scripted | None) -> None:
    assert rerank("问", HITS, scorer) == HITS


def test_a_single_hit_costs_no_call() -> None:
    scorer = Scripted()
    assert rerank("问", HITS[:1], scorer) == HITS[:1] and rerank("问", [], scorer) == []
    assert scorer.heard == []


def test_title_heading_and_the_beginning_of_a_long_article_are_read() -> None:
    long = hit(1, 1.0).passage.model_copy(update={"text": "字" * 2000, "heading": ("第一编", "登记")})
    assert read(Hit(long, 1.0)) == f"法 登记 {'字' * READ}"


def test_the_setting_names_a_model_and_another_kind_is_refused() -> None:
    assert open_reranker(Settings(_env_file=None)) is None
    assert isinstance(open_reranker(Settings(_env_file=None, reranker="st:some/model")), CrossEncoderScorer)
    for wrong in ("some/model", "st:", "api:some"):
        with pytest.raises(ValueError, match="BANCHENG_RERANKER"):
            open_reranker(Settings(_env_file=None, reranker=wrong))
