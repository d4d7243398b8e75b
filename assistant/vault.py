"""Uploaded documents: content-addressed files outside the web root, encrypted when the operator sets a key."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_MAGIC = b"BC1\0"
_TEXT = "bc1:"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SHORTEST_KEY = 32


class WrongKey(Exception):
    """Stored data was sealed with another key, or a key is needed and none is set."""


class Cipher:
    """AES-256-GCM under one key, or a pass-through without a key. Reads what was stored before a key was set."""

    def __init__(self, key: str = "") -> None:
        """`key` is at least 32 characters of random text; ValueError for a shorter one."""
        if key and len(key) < _SHORTEST_KEY:
            raise ValueError(f"wanted a key of {_SHORTEST_KEY} or more random characters, got {len(key)}")
        self._aead = AESGCM(HKDF(SHA256(), 32, None, b"bancheng files").derive(key.encode())) if key else None

    @property
    def on(self) -> bool:
        """Whether new data is sealed."""
        return self._aead is not None

    def seal(self, data: bytes) -> bytes:
        """`data` sealed, or as it is without a key."""
        if self._aead is None:
            return data
        nonce = secrets.token_bytes(12)
        return _MAGIC + nonce + self._aead.encrypt(nonce, data, None)

    def open(self, data: bytes) -> bytes:
        """The bytes that were sealed; WrongKey when they were sealed under another key."""
        if not data.startswith(_MAGIC):
            return data
        if self._aead is None:
            raise WrongKey("stored data is encrypted and no files_key is set")
        try:
            return self._aead.decrypt(data[4:16], data[16:], None)
        except InvalidTag as error:
            raise WrongKey("stored data was encrypted with another files_key") from error

    def seal_text(self, text: str) -> str:
        """`seal` for a text column."""
        return _TEXT + base64.b64encode(self.seal(text.encode())).decode() if self.on else text

    def open_text(self, text: str) -> str:
        """`open` for a text column."""
        return self.open(base64.b64decode(text[len(_TEXT) :])).decode() if text.startswith(_TEXT) else text


class Vault:
    """Files by the SHA-256 of their content, in `folder/ab/abcdef…`."""

    def __init__(self, folder: Path, cipher: Cipher) -> None:
        self._folder, self._cipher = folder, cipher
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, data: bytes) -> str:
        """Stores the bytes durably and returns their SHA-256; the same bytes are stored once."""
        sha256 = hashlib.sha256(data).hexdigest()
        place = self._place(sha256)
        if not place.exists():
            place.parent.mkdir(exist_ok=True, mode=0o700)
            self._write(place, self._cipher.seal(data))
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes stored under that hash; FileNotFoundError when absent, ValueError when changed."""
        data = self._cipher.open(self._place(sha256).read_bytes())
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ValueError(f"file {sha256[:12]} was changed after it was stored")
        return data

    def erase(self, sha256: str) -> None:
        """Removes the file; nothing happens when it is not there."""
        self._place(sha256).unlink(missing_ok=True)

    def all(self) -> list[str]:
        """Hashes of every stored file."""
        return sorted(p.name for p in self._folder.glob("??/*") if _SHA256.fullmatch(p.name))

    def _place(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise ValueError("wanted a SHA-256 in hex")
        return self._folder / sha256[:2] / sha256

    def _write(self, place: Path, data: bytes) -> None:
        """Written aside and renamed: a crash leaves the whole file or none."""
        aside = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as f:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())
        aside.replace(place)
        folder = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
