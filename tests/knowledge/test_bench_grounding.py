"""The figures of the check of claims."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge import bench_grounding
from knowledge.focus import FEATURES, focus_features
from knowledge.labelled import read_claims

REPORT = "本市去年新设个体工商户三万户。王强说，其中餐饮店占四成，比前年多五千户。"


def lines(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    return path


def claim_file(folder: Path) -> Path:
    rows: list[dict[str, object]] = []
    for i in range(24):
        text = f"情形{i}的，登记机关应当在{i + 3}日内登记，不得收取费用。"
        rows.append({"claim": f"情形{i}的，{i + 3}日内登记。", "label": "supported", "passage_text": text})
        rows.append(
            {
                "claim": f"情形{i}的，{i + 40}日内登记。",
                "label": "contradicted",
                "change": "number",
                "passage_text": text,
            }
        )
        rows.append({"claim": "发给奖状和奖金。", "label": "not_found", "change": "addition", "passage_text": text})
    return lines(folder / "claims.jsonl", rows)


def test_figures_are_given_for_each_checker_and_kind_of_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = claim_file(tmp_path)
    bench_grounding.main(["--claims", str(file), "--fresh", str(file), "--judge", "off"])
    figures = json.loads(capsys.readouterr().out)
    assert "judge" not in figures["claims"] and figures["claims"]["n"] == 72
    assert figures["claims"]["facts"]["ba"] > 0.9
    assert figures["claims"]["facts"]["right_by_change"]["number"] > 0.9
    assert figures["objections"]["recall_by_change"]["number"] == 1.0
    assert figures["claims_a_second"]["facts"] > 0
    assert figures["fresh"]["n"] == 72 and figures["fresh"]["facts"]["auc"] > 0.9


def test_claims_are_read_with_their_label_and_their_change(tmp_path: Path) -> None:
    claims = read_claims([claim_file(tmp_path)])
    assert {c.label for c in claims} == {"supported", "contradicted", "not_found"}
    assert claims[1].change == "number"


def test_words_among_their_own_context_weigh_more_than_words_elsewhere() -> None:
    there = focus_features("四成", "王强说，餐饮店占四成。", REPORT)
    elsewhere = focus_features("三万户", "王强说，餐饮店比前年多三万户。", REPORT)
    absent = focus_features("李明", "李明说，餐饮店占四成。", REPORT)
    assert set(there) == set(FEATURES)
    assert there["stands"] == elsewhere["stands"] == 1.0 and absent["stands"] == 0.0
    assert there["context"] > elsewhere["context"]
    assert there["left"] > 0 and absent["absent_cover"] > 0


def test_numbers_in_other_writing_are_borne_out() -> None:
    assert focus_features("30000户", "新设个体工商户30000户。", REPORT)["quantity"] == 1.0
    assert focus_features("4万户", "新设个体工商户4万户。", REPORT)["quantity"] == 0.0


def test_news_figures_stand_beside_the_plain_floor(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {
            "id": str(i),
            "passage": REPORT,
            "claims": [
                {"claim": "餐饮店占四成。", "focus": "四成", "label": "supported"},
                {"claim": "餐饮店占六成。", "focus": "六成", "label": "unsupported"},
            ],
        }
        for i in range(12)
    ]
    figures = bench_grounding.news_figures(lines(tmp_path / "news.jsonl", rows))
    assert figures["n"] == 24
    assert figures["stands_in_the_text"]["ba"] == figures["features"]["ba"] == 1.0
