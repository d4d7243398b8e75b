"""A trained cross-encoder that reads a passage with a claim: supported, contradicted or not found.

None is shipped. `BANCHENG_VERIFIER` names a folder of `model.onnx`, `tokenizer.json` and `manifest.json`, or any
sentence-transformers CrossEncoder with three labels. Weights are read at the first claim, and only when the hashes of
the manifest are right.
"""

from __future__ import annotations

import hashlib
import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError
from tokenizers import Tokenizer

from knowledge.judge import excerpt
from prompts.settings import Settings

Pair = tuple[str, str]
Scores = NDArray[np.float64]

LABELS = ("supported", "contradicted", "not_found")
BATCH = 16
LONGEST = 900
"""Characters of a passage that are read; of a longer one, the sentences nearest to the claim."""
_NAMES = {"entailment": "supported", "contradiction": "contradicted", "neutral": "not_found"}
_FILES = ("model.onnx", "tokenizer.json")


class VerifierError(Exception):
    """The verifier cannot be had; claims are checked without it, and it is shown as not having checked."""


class Manifest(BaseModel):
    """`manifest.json`: what the folder holds, and the SHA-256 of each file."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    family: str
    """Name of the weights; a calibration belongs to one."""
    files: dict[str, str]
    labels: tuple[str, str, str] = LABELS
    """Order of the model's outputs."""
    max_tokens: int = 384


class Verifier(ABC):
    """Weighs pairs of (passage, claim); loads itself at the first call, safe to use from many threads."""

    def __init__(self, family: str) -> None:
        self.family = family
        self._lock = threading.Lock()
        self._failed = ""
        self._loaded = False

    def scores(self, pairs: Sequence[Pair]) -> Scores:
        """Probabilities, shape (pairs, 3), columns as `LABELS`, rows sum to 1. Raises `VerifierError`."""
        with self._lock:
            self._ready()
            cut = [(excerpt(passage, claim, LONGEST), claim) for passage, claim in pairs]
            # Alike lengths in a batch waste no padding.
            ranked = sorted(range(len(cut)), key=lambda i: len(cut[i][0]) + len(cut[i][1]))
            out = np.zeros((len(cut), len(LABELS)))
            for at in range(0, len(ranked), BATCH):
                chosen = ranked[at : at + BATCH]
                out[chosen] = _softmax(self._logits([cut[i] for i in chosen]))
            return out

    def _ready(self) -> None:
        if self._failed:
            raise VerifierError(self._failed)
        if self._loaded:
            return
        try:
            self._load()
        except Exception as error:
            # Whatever is wrong with the files, the reason is kept: loading again at every claim helps nobody.
            known = isinstance(error, VerifierError)
            self._failed = str(error) if known else f"核对模型打不开（{type(error).__name__}）"
            raise VerifierError(self._failed) from error
        self._loaded = True

    @abstractmethod
    def _load(self) -> None:
        """Reads the weights."""

    @abstractmethod
    def _logits(self, pairs: Sequence[Pair]) -> Scores:
        """Raw outputs, shape (pairs, 3), columns as `LABELS`."""


class OnnxVerifier(Verifier):
    """A folder of ONNX weights, whole by the hashes of its manifest."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            self._manifest = Manifest.model_validate_json((folder / "manifest.json").read_bytes())
        except (OSError, ValidationError) as error:
            raise VerifierError(f"核对模型的 manifest.json 缺失或不合格式：{folder.name}") from error
        super().__init__(self._manifest.family)

    def _load(self) -> None:
        if sorted(self._manifest.labels) != sorted(LABELS):
            raise VerifierError(f"核对模型的标签应为 {'、'.join(LABELS)}")
        for name in _FILES:
            if self._manifest.files.get(name) != _sha256(self._folder / name):
                raise VerifierError(f"核对模型的文件与清单不符，不使用：{name}")
        tokenizer: Any = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.enable_truncation(self._manifest.max_tokens, strategy="only_first")
        tokenizer.enable_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(self._folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = tokenizer
        self._order = [self._manifest.labels.index(label) for label in LABELS]

    def _logits(self, pairs: Sequence[Pair]) -> Scores:
        coded = self._tokenizer.encode_batch(list(pairs))
        columns = {
            "input_ids": [c.ids for c in coded],
            "attention_mask": [c.attention_mask for c in coded],
            "token_type_ids": [c.type_ids for c in coded],
        }
        wanted = {i.name for i in self._session.get_inputs()}
        feed = {name: np.array(rows, dtype=np.int64) for name, rows in columns.items() if name in wanted}
        raw: Scores = np.asarray(self._session.run(None, feed)[0], dtype=float)
        return raw[:, self._order]


class CrossEncoderVerifier(Verifier):
    """A sentence-transformers CrossEncoder, by folder or name, whose labels are the three or the usual NLI ones."""

    def __init__(self, name: str) -> None:
        super().__init__(name.rstrip("/").rsplit("/", 1)[-1].lower())
        self._name = name

    def _load(self) -> None:
        from sentence_transformers import CrossEncoder  # torch takes seconds to import and most offices never do

        self._model = CrossEncoder(self._name)
        named = {int(i): str(label).lower() for i, label in self._model.config.id2label.items()}
        labels = [_NAMES.get(label, label) for _, label in sorted(named.items())]
        if sorted(labels) != sorted(LABELS):
            raise VerifierError(f"核对模型的标签应为 {'、'.join(LABELS)}，实为 {'、'.join(labels)}")
        self._order = [labels.index(label) for label in LABELS]

    def _logits(self, pairs: Sequence[Pair]) -> Scores:
        raw = self._model.predict(list(pairs), apply_softmax=False, convert_to_numpy=True, show_progress_bar=False)
        return np.asarray(raw, dtype=float)[:, self._order]


def open_verifier(settings: Settings) -> Verifier | None:
    """The verifier of the settings, not yet loaded; None when none is set. Raises `VerifierError`."""
    if not settings.verifier:
        return None
    folder = Path(settings.verifier)
    if (folder / "model.onnx").exists() or (folder / "manifest.json").exists():
        return OnnxVerifier(folder)
    return CrossEncoderVerifier(settings.verifier)


def odds(scores: Scores) -> dict[str, float]:
    """Features of one claim from one row of scores: log-odds of supported, and of contradicted against not found."""
    yes, against, absent = (float(np.clip(s, 1e-4, 1 - 1e-4)) for s in scores)
    return {
        "verifier": float(np.log(yes) - np.log(1 - yes)),
        "verifier_against": float(np.log(against) - np.log(absent)),
    }


def _softmax(raw: Scores) -> Scores:
    shifted = np.exp(raw - raw.max(axis=1, keepdims=True))
    out: Scores = shifted / shifted.sum(axis=1, keepdims=True)
    return out


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise VerifierError(f"核对模型缺文件：{file.name}") from error


def write_manifest(folder: Path, family: str, max_tokens: int = 384, labels: Sequence[str] = LABELS) -> None:
    """Writes `manifest.json` beside exported weights."""
    manifest = {
        "family": family,
        "files": {name: _sha256(folder / name) for name in _FILES},
        "labels": list(labels),
        "max_tokens": max_tokens,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
