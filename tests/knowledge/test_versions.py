"""The text in force on the day stands before the one it replaced."""

from datetime import date
from pathlib import Path

import pytest

from knowledge.citation import Passage
from knowledge.index import Hit
from knowledge.library import Library
from knowledge.passages import read_text
from knowledge.sources import settle, source_of
from knowledge.versions import Kept, keeps, pairs, same_title, silent

LAWS = Path(__file__).parents[3] / "shared" / "corpus" / "laws"


def text(version: str, article: str, words: str, since: str, until: str | None, by: str | None) -> Passage:
    return Passage(
        id=f"登记法@{version}#{article}",
        document="登记法",
        version=version,
        article=article,
        text=words,
        in_force_from=date.fromisoformat(since),
        in_force_to=date.fromisoformat(until) if until else None,
        superseded_by=by,
    )


OLD = text("2018", "第一条", "登记应当在十日内办结，并且收取费用。", "2018-01-01", "2024-07-01", "登记法@2023")
NEW = text("2023", "第一条", "登记应当在三日内办结，不收取任何费用。", "2024-07-01", None, None)
SAME = ("登记档案由登记机关保管五十年。", "第二条")
OLD_SAME = text("2018", SAME[1], SAME[0], "2018-01-01", "2024-07-01", "登记法@2023")
NEW_SAME = text("2023", SAME[1], SAME[0], "2024-07-01", None, None)
ALL = [OLD, OLD_SAME, NEW, NEW_SAME]


def test_a_pair_is_asked_about_what_changed_only() -> None:
    (pair,) = pairs(ALL)
    assert (pair.older, pair.newer, pair.day) == ("登记法@2018", "登记法@2023", date(2024, 7, 1))
    assert len(pair.questions) == 2 and not any("档案" in q for q in pair.questions)
    assert same_title(pair)


def test_each_question_is_asked_for_both_days() -> None:
    library = Library.of(ALL)
    (pair,) = pairs(ALL)
    kept = keeps(pair, lambda words, on: library.search(words, 10, on))
    assert (kept.asked, kept.right, kept.wrong, kept.share) == (4, 4, 0, 1.0)


def test_a_search_that_ignores_the_day_is_found_out() -> None:
    (pair,) = pairs(ALL)
    kept = keeps(pair, lambda words, on: [Hit(OLD, 1.0)])
    assert (kept.right, kept.wrong, kept.first_out_of_force, kept.share) == (2, 2, 2, 0.5)


def test_superseded_text_is_found_only_when_asked_for_and_says_by_what() -> None:
    library = Library.of(ALL)
    today = date(2026, 1, 1)
    assert {h.passage.version for h in library.search("登记办结收取费用", 10, today)} == {"2023"}
    hits = library.search("登记办结收取费用", 10, today, any_day=True)
    assert {h.passage.version for h in hits} == {"2018", "2023"}
    assert silent(hits, today) == []
    assert silent([Hit(OLD.model_copy(update={"superseded_by": None}), 1.0)], today) == [OLD.id]


def test_counts_add_up() -> None:
    whole = Kept(2, 1, 1) + Kept(2, 2)
    assert (whole.asked, whole.right, whole.share) == (4, 3, 0.75)
    assert "n=4" in whole.line("合计")


@pytest.mark.skipif(not LAWS.is_dir(), reason="the texts of the laws do not lie beside this checkout")
def test_in_every_pair_of_the_real_laws_the_text_in_force_comes_first() -> None:
    sources = settle([source_of(read_text(path), path.name) for path in sorted(LAWS.glob("*.md"))])
    passages = [p for s in sources for p in s.passages()]
    library = Library.of(passages)
    found = pairs(passages)
    assert sum(same_title(pair) for pair in found) >= 4 and len(found) >= 7
    whole = Kept()
    for pair in found:
        whole += keeps(pair, lambda words, on: library.search(words, 10, on), most=60)
    assert (whole.wrong, whole.first_out_of_force) == (0, 0)
    assert whole.right >= 0.85 * whole.asked
