"""Documents at rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.vault import Cipher, Vault, WrongKey

KEY = "k" * 32


def test_a_document_comes_back_by_the_hash_of_its_content(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "files", Cipher())
    sha256 = vault.put("租赁合同".encode())
    assert vault.get(sha256) == "租赁合同".encode()
    assert vault.put("租赁合同".encode()) == sha256
    assert vault.all() == [sha256]


def test_with_a_key_nothing_readable_is_on_the_disk(tmp_path: Path) -> None:
    vault = Vault(tmp_path, Cipher(KEY))
    sha256 = vault.put("李小明".encode() * 50)
    assert all("李小明".encode() not in p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert vault.get(sha256) == "李小明".encode() * 50


def test_another_key_and_no_key_are_refused(tmp_path: Path) -> None:
    sha256 = Vault(tmp_path, Cipher(KEY)).put(b"x")
    for other in (Cipher("o" * 32), Cipher()):
        with pytest.raises(WrongKey):
            Vault(tmp_path, other).get(sha256)


def test_what_was_stored_before_a_key_was_set_is_still_read(tmp_path: Path) -> None:
    sha256 = Vault(tmp_path, Cipher()).put(b"before")
    assert Vault(tmp_path, Cipher(KEY)).get(sha256) == b"before"
    assert Cipher(KEY).open_text("plain") == "plain"


def test_a_changed_file_is_not_handed_out(tmp_path: Path) -> None:
    vault = Vault(tmp_path, Cipher())
    sha256 = vault.put(b"original")
    (tmp_path / sha256[:2] / sha256).write_bytes(b"changed")
    with pytest.raises(ValueError, match="changed"):
        vault.get(sha256)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a" * 63, "A" * 64, "a" * 64 + "/.."])
def test_a_name_that_is_no_hash_reaches_no_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError):
        Vault(tmp_path, Cipher()).get(name)


def test_a_short_key_is_refused_and_sealed_text_differs_each_time() -> None:
    with pytest.raises(ValueError, match="32"):
        Cipher("short")
    cipher = Cipher(KEY)
    assert cipher.seal_text("甲") != cipher.seal_text("甲")
    assert cipher.open_text(cipher.seal_text("甲")) == "甲"
