"""Several rankings made one."""

import pytest

from knowledge.fusion import CITED, Lists, Weights, fuse


def test_what_two_lists_name_stands_before_what_one_names() -> None:
    lists = Lists(words=[[(1, 9.0), (2, 8.0)]], meaning=[[(2, 0.9), (3, 0.8)]])
    assert [row for row, _ in fuse(lists, Weights(), (), ())] == [2, 3, 1]


def test_a_score_is_the_sum_of_weight_over_offset_and_place() -> None:
    lists = Lists(words=[[(1, 9.0)]], said_words=[[(5, 3.0), (1, 2.0)]])
    found = dict(fuse(lists, Weights(words=0.4, said_words=0.5, offset=10), (), ()))
    assert found[1] == pytest.approx(0.4 / 11 + 0.4 * 0.5 / 12)


def test_a_list_of_no_weight_finds_nothing() -> None:
    lists = Lists(words=[[(1, 9.0)]], meaning=[[(2, 0.9)]], said_meaning=[[(3, 0.9)]])
    assert [row for row, _ in fuse(lists, Weights(meaning=0), (), ())] == [1]


def test_rewordings_and_guides_count_less_and_cited_articles_first_in_their_order() -> None:
    lists = Lists(words=[[(1, 9.0)], [(2, 9.0)]])
    weights = Weights(words=1, reworded=0.5, guide=0.25)
    assert [row for row, _ in fuse(lists, weights, (), ())] == [1, 2]
    assert [row for row, _ in fuse(lists, weights, [1], ())] == [2, 1]
    assert fuse(lists, weights, (), [8, 7])[:2] == [(8, CITED), (7, CITED - 0.01)]


def test_meaning_counts_by_the_share_that_has_vectors() -> None:
    assert Weights(meaning=0.6).covering(0.5).meaning == pytest.approx(0.3)
