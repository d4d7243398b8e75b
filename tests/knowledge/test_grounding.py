"""The panel: cheap first, calibrated, honest about what was not checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge import calibrate, fitting
from knowledge.calibration import Calibration, Curve, features, load
from knowledge.facts import compare
from knowledge.grounding import Panel
from prompts.ask import ModelUnavailable
from prompts.models import Models
from prompts.scripted import Line

DAYS = "申请材料齐全、符合法定形式的予以确认并当场登记。不能当场登记的，应当在3个工作日内予以登记。"
SURE: Line = {"是": 0.98, "否": 0.02}
DOUBT: Line = {"是": 0.05, "否": 0.95}


def panel(*lines: Line, family: str | None = None) -> tuple[Panel, Models]:
    models = Models.scripted({"judge": list(lines)}, families={"judge": family or load().family})
    return Panel(models), models


def test_a_whole_quoted_sentence_is_supported_without_asking_a_model() -> None:
    checker, models = panel()
    checked = checker.check("不能当场登记的，应当在三个工作日内予以登记。", DAYS)
    assert checked.verdict == "supported" and checked.score > 0.95 and not models.heard


def test_a_paraphrase_the_judge_accepts_is_supported() -> None:
    checker, models = panel(SURE)
    checked = checker.check("材料齐了当场就给办好。", DAYS)
    assert checked.verdict == "supported" and len(models.heard) == 1
    assert {c.name for c in checked.checkers} == {"facts", "judge"}
    assert checked.made_by[0].role == "judge"


def test_a_wrong_number_is_contradicted_and_named_even_if_the_judge_likes_it() -> None:
    checker, _ = panel(SURE)
    checked = checker.check("不能当场登记的，15个工作日内登记。", DAYS)
    assert checked.verdict == "contradicted"
    assert "15个工作日" in checked.why


def test_an_addition_the_passage_does_not_have_is_not_found() -> None:
    checker, _ = panel(DOUBT)
    assert checker.check("营业执照工本费二十元。", DAYS).verdict == "not_found"


def test_checkers_that_differ_are_said_to_differ() -> None:
    checker, _ = panel(DOUBT)
    checked = checker.check("申请材料齐全、符合法定形式的予以确认、当场登记。", DAYS)
    views = {c.name: c.verdict == "supported" for c in checked.checkers}
    assert checked.agreed == (views["facts"] == views["judge"])
    assert not checked.agreed


@pytest.mark.parametrize("lines", [(), (ModelUnavailable("down"),)])
def test_a_model_that_is_down_leaves_the_facts_and_an_unchecked_vote(lines: tuple[Line, ...]) -> None:
    checker, _ = panel(*lines)
    checked = checker.check("材料齐了当场就给办好。", DAYS)
    votes = {c.name: c for c in checked.checkers}
    assert votes["judge"].verdict is None and votes["judge"].why
    assert votes["facts"].verdict is not None


def test_without_models_the_facts_decide() -> None:
    checked = Panel(None).check("不能当场登记的，30个工作日内登记。", DAYS)
    assert checked.verdict != "supported"


def test_weights_that_were_not_calibrated_do_not_count() -> None:
    checker, _ = panel(DOUBT, family="another-model")
    checked = checker.check("材料齐了当场就给办好。", DAYS)
    (judge,) = [c for c in checked.checkers if c.name == "judge"]
    assert judge.verdict is None and "校准" in judge.why
    assert checked.score == load().facts.probability(features(compare("材料齐了当场就给办好。", DAYS)))


def test_the_committed_calibration_says_what_it_was_fitted_on_and_how_well() -> None:
    kept = load()
    assert len(kept.data_sha256) == 64 and kept.n > 50 and kept.family
    assert kept.prompt_sha256 == Models.scripted({}).prompt(kept.prompt).sha256
    assert kept.measured["panel"]["auc"] > max(kept.measured["facts"]["auc"], kept.measured["judge"]["auc"])
    assert kept.measured["panel"]["ba"] > max(kept.measured["facts"]["ba"], kept.measured["judge"]["ba"]) + 0.04
    assert kept.measured["panel"]["brier"] <= 0.10


def test_what_was_not_checked_and_where_checkers_split_are_results_of_their_own() -> None:
    assert panel()[0].check("材料齐了当场就给办好。", DAYS).standing == "unchecked"
    split = panel(DOUBT)[0].check("申请材料齐全、符合法定形式的予以确认、当场登记。", DAYS)
    assert split.standing == "disputed"
    assert panel(SURE)[0].check("材料齐了当场就给办好。", DAYS).standing == "supported"


def test_a_judge_of_the_writers_own_weights_is_shown_as_such() -> None:
    family = load().family
    own = Models.scripted({"judge": [SURE]}, families={"judge": family, "writer": family})
    other = Models.scripted({"judge": [SURE]}, families={"judge": family, "writer": "another"})
    said = [Panel(m).check("材料齐了当场就给办好。", DAYS).checkers[-1] for m in (own, other)]
    assert "同一个模型" in said[0].why and said[1].why == ""


def test_checkers_that_always_err_together_are_one_vote_and_strangers_are_two() -> None:
    wanted = [True, False] * 8
    one = [not w if i % 4 == 0 else w for i, w in enumerate(wanted)]
    other = [not w if i % 4 == 1 else w for i, w in enumerate(wanted)]
    assert fitting.votes({"a": one, "b": one}, wanted)["effective_votes"] == 1.0
    apart = fitting.votes({"a": one, "b": other}, wanted)
    assert apart["effective_votes"] == 2.0 and apart["kappa.a.b"] < 1


def test_the_judge_is_spared_where_the_cheap_checkers_were_never_wrong() -> None:
    low, high = fitting.sure_band([0.02, 0.2, 0.3, 0.9, 0.99], [False, False, True, True, True])
    assert 0 < low <= 0.1 and 0.97 <= high <= 1
    assert fitting.sure_band([0.02, 0.999], [True, False])[0] < 0.02


def test_a_curve_rises_with_a_feature_of_positive_weight() -> None:
    curve = Curve(bias=0.0, weights={"judge": 1.0})
    assert curve.probability({"judge": -1}) < curve.probability({}) == 0.5 < curve.probability({"judge": 1})


def test_calibrating_learns_which_way_the_judge_points(tmp_path: Path) -> None:
    claims = tmp_path / "claims.jsonl"
    rows = [
        {"claim": f"情形{i}当场登记", "passage_text": f"情形{i}予以登记。", "label": "supported" if i % 2 else label}
        for i, label in enumerate(["contradicted", "", "not_found", ""] * 6)
    ]
    claims.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    lines: list[Line] = [{"是": 0.9, "否": 0.1} if r["label"] == "supported" else {"是": 0.2, "否": 0.8} for r in rows]
    models = Models.scripted({"judge": lines})
    read = calibrate.read_rows([claims], [tmp_path], models, tmp_path / "odds.json")
    fitted = calibrate.calibrate(read, "0" * 64, "script", "p")
    assert fitted.judge.weights["judge"] > 0
    assert fitted.measured["judge"]["auc"] == 1.0
    assert Calibration.model_validate_json(fitted.model_dump_json()) == fitted
    again = calibrate.read_rows([claims], [tmp_path], Models.scripted({"judge": []}), tmp_path / "odds.json")
    assert [r.features for r in again] == [r.features for r in read]
