"""The evaluator's table of what each model may do."""

from __future__ import annotations

from eval.page import roles_html
from prompts.models import Models
from prompts.roles import DUTIES
from prompts.settings import ROLES


def test_every_duty_is_listed_with_its_model_and_whether_it_was_earned() -> None:
    table = roles_html(Models.scripted({}, families=dict.fromkeys(ROLES, "qwen2.5-coder-1.5b")))
    assert all(what in table for _, what in DUTIES.values())
    assert "通过（2026" in table and "没有通过" in table and "0.962" in table
    unknown = roles_html(Models.scripted({}, families=dict.fromkeys(ROLES, "<b>new</b>")))
    assert "没有评测记录" in unknown and "<b>new" not in unknown
