"""How cases are ranked, and the reasons a clerk is shown."""

from datetime import UTC, date, datetime
from typing import Literal

from assistant.filing import Care, Filing
from review.case import Case
from review.risk import reasons, urgency

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def case(care: Literal["danger", "distress", "anger"] | None, risk: Literal["low", "medium", "high"] = "low") -> Case:
    told = Care(kind=care, turn=2, at=NOW) if care else None
    filing = Filing(id="f", owner="o", item="i", item_version="1", care=told, created_at=NOW, updated_at=NOW)
    return Case(
        id="c", filing=filing, frozen_sha256="0", risk=risk, submitted_at=NOW, filed_on=date(2026, 11, 23), due_at=NOW
    )


def test_somebody_in_distress_comes_before_every_risk_of_the_same_day() -> None:
    ranked = sorted([case(None, "high"), case("anger"), case(None), case("danger", "high")], key=urgency, reverse=True)
    assert [bool(c.filing.care) for c in ranked] == [True, True, False, False]


def test_the_clerk_reads_why_the_case_came_forward() -> None:
    assert "联系" in reasons([], Care(kind="distress", turn=0, at=NOW))[0]
    assert reasons([]) == []
