"""The form the product prints is the form people sign and hand back: it has to be read as well as anybody's."""

from datetime import UTC, date, datetime
from pathlib import Path

import yaml
from sample_papers import signed

from assistant.filing import Answer, Filing
from assistant.form import form_pdf
from assistant.materials import detect_kind, read_values
from knowledge.documents import read_document
from knowledge.items import Catalogue

SAMPLE = yaml.safe_load(Path(__file__).parents[2].joinpath("eval/samples/registration.yaml").read_text("utf-8"))
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def test_the_products_own_form_signed_by_hand_is_read_back(tmp_path: Path) -> None:
    item = Catalogue.load().all()[0]
    answers = {k: Answer(value=v, source="form", confirmed=True) for k, v in SAMPLE["answers"].items()}
    filing = Filing(
        id="f", owner="u", item=item.code, item_version=item.version, answers=answers, created_at=NOW, updated_at=NOW
    )
    path = tmp_path / "申请书.pdf"
    path.write_bytes(signed(form_pdf(filing, item), "孟晴", ("2026", "11", "18")))
    document = read_document(path, path.name)
    values, issues = read_values("application_form", document, date(2026, 11, 20))
    read = {
        name: values[name].value for name in ("operator_name", "business_name", "capital_wan", "signed", "signed_on")
    }
    assert detect_kind(document)[0] == "application_form" and issues == []
    assert read == {
        "operator_name": "孟晴",
        "business_name": "深圳市南山区晴川五金店",
        "capital_wan": 5,
        "signed": "孟晴",
        "signed_on": "2026-11-18",
    }
