"""Sample applications as the rules see them, without files: values as if they had been read in documents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from assistant.conversation import Parts
from assistant.filing import Answer, Filing, Material, ReadValue
from knowledge.office import Office
from review.submitted import Submitted

SAMPLES = Path(__file__).resolve().parent / "samples"


def submitted(name: str, change: Mapping[str, Any], parts: Parts) -> Submitted:
    """A sample with changes applied.

    `change`: `answers` {field: value, null removes}, `materials` {kind: {key: value, null removes}}, `drop` [kind].
    """
    sample: dict[str, Any] = yaml.safe_load((SAMPLES / f"{name}.yaml").read_text(encoding="utf-8"))
    filed_on = sample["filed_on"]
    day = filed_on if isinstance(filed_on, date) else date.fromisoformat(filed_on)
    answers = _merged(sample["answers"], change.get("answers", {}))
    materials = [
        _material(i, given["kind"], _merged(given["values"], change.get("materials", {}).get(given["kind"], {})))
        for i, given in enumerate(sample["materials"])
        if given["kind"] not in change.get("drop", ())
    ]
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    filing = Filing(
        id="sample",
        owner="sample",
        item=sample.get("item", "individual-business-registration"),
        item_version="",
        status="submitted",
        answers={k: Answer(value=v, source="form", confirmed=True) for k, v in answers.items()},
        materials=materials,
        created_at=at,
        updated_at=at,
    )
    return Submitted(
        filing=filing,
        item=parts.catalogue.get(filing.item),
        filed_on=day,
        office=Office.load(SAMPLES / sample["office"]),
        scopes=parts.scopes,
        regions=parts.regions,
        library=parts.library,
    )


def _merged(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in (dict(base) | dict(change)).items() if v is not None}


def _material(number: int, kind: str, values: Mapping[str, Any]) -> Material:
    read = {k: ReadValue(value=v, page=1, quote=str(v), box=None) for k, v in values.items()}
    return Material(
        id=f"m{number}", kind=kind, filename=f"{kind}.pdf", pages=1, sha256="0" * 64, status="read", values=read
    )
