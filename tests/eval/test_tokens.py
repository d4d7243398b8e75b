"""What whole filings cost in model calls and tokens."""

from pathlib import Path

import pytest

from eval.tokens import Spent, measure, table, tokens
from prompts.settings import Settings


def test_a_chinese_character_is_one_token_and_four_others_are_one() -> None:
    assert tokens("开面馆") == 3
    assert tokens("13800138000") == 3
    assert tokens("") == 0


def test_whole_filings_end_and_cost_a_fifth_of_full_prompts_at_most(tmp_path: Path) -> None:
    spent = measure(settings=Settings(data=tmp_path, embedder="none", _env_file=None))
    assert all(s.ready for s in spent)
    assert all(s.calls <= s.turns for s in spent)
    assert sum(s.sent for s in spent) * 5 <= sum(s.full for s in spent)


def test_a_prompt_that_carries_everything_is_named_in_the_ratio() -> None:
    assert "1/10 of" in table([Spent(turns=20, calls=1, checks=0, sent=100, full=1000, ready=True)])


@pytest.mark.parametrize("bad", ["nothing.yaml"])
def test_talks_that_are_not_there_are_an_error(bad: str, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        measure(tmp_path / bad)
