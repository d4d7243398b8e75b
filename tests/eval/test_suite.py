from pathlib import Path

import pytest

from eval.graders import GRADERS
from eval.suite import Suite, SuiteError, load_suite

SHIPPED = sorted((Path(__file__).resolve().parents[2] / "eval" / "suites").glob("*.yaml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_every_shipped_suite_loads_and_uses_known_graders(path: Path) -> None:
    suite = load_suite(path)
    assert suite.name == path.stem
    assert {key for case in suite.cases for key in case.expect} <= set(GRADERS)


def test_suites_are_shipped_for_extraction_answers_and_review() -> None:
    assert {"extraction", "answer", "review"} <= {load_suite(p).subject for p in SHIPPED}


def test_a_case_id_used_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "twice.yaml"
    case = "{id: a, input: {}, expect: {status: answered}}"
    path.write_text(f"{{name: twice, subject: answer, purpose: p, at_least: 1, cases: [{case}, {case}]}}")
    with pytest.raises(SuiteError, match="got twice: a"):
        load_suite(path)


def test_a_missing_file_says_where_suites_are(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="eval/suites"):
        load_suite(tmp_path / "none.yaml")


def test_the_hash_of_a_suite_changes_with_a_case() -> None:
    def suite(answer: str) -> Suite:
        case = {"id": "a", "input": {}, "expect": {"status": answer}}
        return Suite.model_validate({"name": "s", "subject": "answer", "purpose": "p", "at_least": 1, "cases": [case]})

    assert suite("answered").sha256() != suite("refused_unsafe").sha256()
