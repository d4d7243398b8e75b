"""The trained checker: read only when whole, asked in batches, used by the panel once it is calibrated."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split
from tokenizers.processors import TemplateProcessing

from knowledge.calibration import Curve, load
from knowledge.grounding import Panel
from knowledge.verifier import LABELS, OnnxVerifier, VerifierError, odds, open_verifier, write_manifest
from prompts.models import Models
from prompts.settings import Settings

DAYS = "申请材料齐全的，当场登记。"
YES, NO = "当场登记", "隔年登记"


def tiny(folder: Path, labels: tuple[str, ...] = LABELS) -> Path:
    """A model of three outputs: as many 年 as the pair has speak against the claim, 不 is not found."""
    characters = ["[PAD]", "[UNK]", "[SEP]", *sorted(set(DAYS + YES + NO + "不"))]
    tokenizer = Tokenizer(WordLevel({c: i for i, c in enumerate(characters)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Split("", "isolated")
    tokenizer.post_processor = TemplateProcessing(single="$A", pair="$A [SEP] $B:1", special_tokens=[("[SEP]", 2)])
    tokenizer.save(str(folder / "tokenizer.json"))
    table = np.zeros((len(characters), 3), dtype=np.float32)
    table[characters.index("场")] = [1, 0, 0]
    table[characters.index("年")] = [-2, 4, 0]
    table[characters.index("不")] = [-2, 0, 4]
    table = table[:, [LABELS.index(label) for label in labels]]
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["found"]),
        helper.make_node("ReduceSum", ["found", "axis"], ["logits"], keepdims=0),
    ]
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["pairs", "length"])
    out = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["pairs", 3])
    kept = [numpy_helper.from_array(table, "table"), numpy_helper.from_array(np.array([1], dtype=np.int64), "axis")]
    graph = helper.make_graph(nodes, "tiny", [ids], [out], kept)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(folder / "model.onnx"))
    write_manifest(folder, "tiny-1", labels=labels)
    return folder


def settings(folder: Path) -> Settings:
    return Settings(model="script:", verifier=str(folder))


def test_none_is_used_unless_one_is_set() -> None:
    assert open_verifier(Settings(verifier="")) is None


def test_pairs_of_any_length_are_weighed_in_batches_in_their_own_order(tmp_path: Path) -> None:
    verifier = OnnxVerifier(tiny(tmp_path))
    claims = [YES, NO, "不", YES * 9] * 10
    scores = verifier.scores([(DAYS, c) for c in claims])
    assert scores.shape == (40, 3) and np.allclose(scores.sum(axis=1), 1)
    assert [LABELS[i] for i in scores[:4].argmax(axis=1)] == ["supported", "contradicted", "not_found", "supported"]
    assert np.allclose(scores[:4], scores[36:])
    assert verifier.scores([]).shape == (0, 3)


def test_outputs_in_another_order_are_put_right_by_the_manifest(tmp_path: Path) -> None:
    turned = OnnxVerifier(tiny(tmp_path, ("not_found", "supported", "contradicted")))
    assert turned.scores([(DAYS, NO)])[0].argmax() == LABELS.index("contradicted")


def test_files_that_are_not_those_of_the_manifest_are_refused_for_good(tmp_path: Path) -> None:
    folder = tiny(tmp_path)
    with (folder / "model.onnx").open("ab") as file:
        file.write(b"\0")
    verifier = OnnxVerifier(folder)
    for _ in range(2):
        with pytest.raises(VerifierError, match=r"model\.onnx"):
            verifier.scores([(DAYS, YES)])


@pytest.mark.parametrize("broken", ["manifest.json", "tokenizer.json"])
def test_a_folder_with_a_file_missing_is_refused(tmp_path: Path, broken: str) -> None:
    folder = tiny(tmp_path)
    (folder / broken).unlink()
    with pytest.raises(VerifierError):
        OnnxVerifier(folder).scores([(DAYS, YES)])


def test_scores_become_log_odds() -> None:
    sure = odds(np.array([0.9, 0.09, 0.01]))
    assert sure["verifier"] == pytest.approx(2.197, abs=0.01) and sure["verifier_against"] > 2
    assert np.isfinite(list(odds(np.array([1.0, 0.0, 0.0])).values())).all()


def test_without_a_fit_the_verifier_is_shown_and_does_not_count(tmp_path: Path) -> None:
    models = Models.scripted({"judge": [{"是": 0.9, "否": 0.1}]}, settings=settings(tiny(tmp_path)))
    checked = Panel(models).check("材料齐了当场就给办好。", DAYS)
    (vote,) = [c for c in checked.checkers if c.name == "verifier"]
    assert vote.verdict is None and vote.family == "tiny-1" and "校准" in vote.why


def test_a_calibrated_verifier_is_a_third_checker_and_moves_the_score(tmp_path: Path) -> None:
    trained = Curve(bias=0.0, weights={"verifier": 3.0})
    fitted = load().model_copy(
        update={"verifier_family": "tiny-1", "verifier": trained, "cheap": trained, "full": trained, "band": (0.2, 0.8)}
    )
    verifier = OnnxVerifier(tiny(tmp_path))
    models = Models.scripted({"judge": []}, families={"judge": fitted.family})
    kind = Panel(models, fitted, verifier).check("齐了当场登记", DAYS)
    wrong = Panel(models, fitted, verifier).check("齐了隔年登记", DAYS)
    assert kind.verdict == "supported" and wrong.verdict != "supported"
    assert [c.name for c in kind.checkers] == ["facts", "verifier"], "sure enough to spare the judge"
    assert not models.heard


def test_a_verifier_that_cannot_be_read_leaves_the_others_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"no model")
    models = Models.scripted({"judge": [{"是": 0.9, "否": 0.1}]}, settings=settings(tmp_path))
    checked = Panel(models).check("材料齐了当场就给办好。", DAYS)
    (vote,) = [c for c in checked.checkers if c.name == "verifier"]
    assert vote.verdict is None and "manifest" in vote.why
    assert checked.standing in ("unchecked", "disputed") and checked.checkers[0].verdict is not None
