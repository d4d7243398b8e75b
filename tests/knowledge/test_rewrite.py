"""The question in legal words."""

import pytest

from knowledge.rewrite import reword
from prompts.models import Models


def test_the_first_line_of_the_reply_is_the_rewording() -> None:
    models = Models.scripted({"chat": ["法律用语：营业执照 遗失 申请补领\n您可以……"]})
    assert reword(models, "执照丢了咋整") == ["营业执照 遗失 申请补领"]
    assert "执照丢了咋整" in models.heard[0].text


@pytest.mark.parametrize("reply", ["", "执照丢了咋整", RuntimeError("down")])
def test_no_rewording_rather_than_a_bad_one(reply: str | Exception) -> None:
    assert reword(Models.scripted({"chat": [reply]}), "执照丢了咋整") == []


def test_a_switched_off_assistant_leaves_the_search_alone() -> None:
    models = Models.scripted({"chat": ["营业执照"]})
    models.off()
    assert reword(models, "执照丢了咋整") == []
    assert reword(models, "  ") == []
