"""Versioned prompts: `prompts/<name>.v<N>.md`, front matter and sections, rendered to LangChain messages.

A file is YAML front matter (see `Front`) and the sections `# system` and `# user`; pairs of `# user` and `# assistant`
may stand between them as worked examples. Variables are `string.Template` names. What comes from applicants and
documents (`theirs`) is put between two fence lines that the text itself cannot write.
"""

from __future__ import annotations

import hashlib
import json
import re
import string
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from prompts.settings import Role

FOLDER = Path(__file__).parent

_FILE = re.compile(r"^(?P<name>[a-z][a-z0-9_]*)\.v(?P<version>[1-9][0-9]*)\.md$")
_SECTION = re.compile(r"^# (system|user|assistant)[ \t]*$", re.MULTILINE)
_OPENING = "<＜﹤‹⟨〈《«≪ᐸ❮❰"
_CLOSING = ">＞﹥›⟩〉》»≫ᐳ❯❱"
_LOOKALIKE = re.compile(rf"[{_OPENING}]{{3,}}|[{_CLOSING}]{{3,}}")
_CONTROL = re.compile(r"<(?=[|｜/!_a-zA-Z])|[|｜](?=>)|\[(?=/?INST\])")
_MESSAGES: dict[str, type[BaseMessage]] = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}


class _Plain(yaml.SafeLoader):
    """Safe YAML in which yes, no, on and off are words, as an author of prompts means them."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if not tag.endswith((":bool", ":timestamp"))]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


class PromptError(ValueError):
    """A prompt file, or the values given to it, is wrong; the text says which file and what."""


class Front(BaseModel):
    """Front matter of a prompt file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: str
    """One sentence: what the reply is used for."""
    role: Role
    inputs: dict[str, Literal["ours", "theirs"]]
    """Every variable; `theirs` is text written by applicants or found in documents."""
    output: str
    """`str`, a choice `是|否`, or the pydantic type as `module:Class`."""
    suite: str = ""
    """The evaluation suite that measures this prompt."""
    samples: list[dict[str, str]]
    good: str
    """A reply that must parse."""
    bad: list[str]
    """Replies that must be refused or repaired."""
    max_tokens: int = 512
    """Longest reply."""

    @field_validator("samples", mode="before")
    @classmethod
    def _plain_samples(cls, value: Any) -> Any:
        """Accept `- inputs: {…}` as well as `- {…}`."""
        if not isinstance(value, list):
            return value
        return [s["inputs"] if isinstance(s, dict) and isinstance(s.get("inputs"), dict) else s for s in value]

    @field_validator("good", mode="before")
    @classmethod
    def _good_text(cls, value: Any) -> Any:
        return _as_text(value)

    @field_validator("bad", mode="before")
    @classmethod
    def _bad_texts(cls, value: Any) -> Any:
        return [_as_text(v) for v in value] if isinstance(value, list) else value


@dataclass(frozen=True)
class Prompt:
    """One version of a prompt."""

    name: str
    version: int
    front: Front
    sections: tuple[tuple[str, str], ...]
    """(`system` | `user` | `assistant`, template), in the order of the file."""
    sha256: str
    """Of the file's bytes, line ends normalised."""

    @property
    def ref(self) -> str:
        """`name@version`."""
        return f"{self.name}@{self.version}"

    @classmethod
    def load(cls, name: str, version: int | None = None, folder: Path = FOLDER) -> Prompt:
        """Read one version; the newest when none is given. `name` may also be written `name@version`."""
        name, _, pinned = name.partition("@")
        number = version if version is not None else int(pinned) if pinned else max(versions(name, folder), default=0)
        path = folder / f"{name}.v{number}.md"
        if not _FILE.match(path.name) or not path.is_file():
            raise PromptError(f"no prompt {name!r}" + (f" version {number}" if number else ""))
        return _read(path)

    def render(self, **values: object) -> list[BaseMessage]:
        """Fill in the variables. A missing, extra or empty-handed (`None`) value raises `PromptError`."""
        declared, given = set(self.front.inputs), {k for k, v in values.items() if v is not None}
        if declared != given:
            missing, extra = sorted(declared - given), sorted(given - declared)
            raise PromptError(f"prompt {self.ref}: missing values {missing}, extra values {extra}")
        filled = {
            name: fence(name, str(values[name])) if owner == "theirs" else str(values[name])
            for name, owner in self.front.inputs.items()
        }
        return [_MESSAGES[kind](string.Template(text).substitute(filled)) for kind, text in self.sections]


def versions(name: str, folder: Path = FOLDER) -> list[int]:
    """Version numbers on disk, ascending."""
    found = (_FILE.match(p.name) for p in folder.glob(f"{name}.v*.md"))
    return sorted(int(m["version"]) for m in found if m and m["name"] == name)


def refs(folder: Path = FOLDER) -> list[str]:
    """`name@version` of every file, by name and version; reads none."""
    found = (_FILE.match(p.name) for p in folder.glob("*.md"))
    pairs = sorted((m["name"], int(m["version"])) for m in found if m)
    return [f"{name}@{version}" for name, version in pairs]


def every(folder: Path = FOLDER) -> list[Prompt]:
    """All versions of all prompts, by name and version. Raises `PromptError` for a file that is wrong."""
    return [Prompt.load(ref, folder=folder) for ref in refs(folder)]


def fence(name: str, text: str) -> str:
    """Put somebody else's text between two lines it cannot write itself."""
    return f"<<<{name}\n{tame(text)}\n{name}>>>"


def tame(text: str) -> str:
    """Drop invisible characters, and break up fences and chat-control marks (`<|im_end|>`, `</s>`, `[INST]`).

    Broken by spaces, so that words stay findable; `<3万` and `〔2021〕` are left as they are.
    """
    seen = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    return _CONTROL.sub(lambda m: f"{m[0]} ", _LOOKALIKE.sub(lambda m: " ".join(m[0]), seen))


def _read(path: Path) -> Prompt:
    return _parse(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _parse(path: Path, changed: int) -> Prompt:
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    matched = _FILE.match(path.name)
    parts = text.split("---\n", 2)
    if not matched or len(parts) != 3 or parts[0]:
        raise PromptError(f"{path.name}: front matter between two lines of --- expected")
    try:
        front = Front.model_validate(_Plain(parts[1]).get_single_data())
    except (ValidationError, yaml.YAMLError) as error:
        raise PromptError(f"{path.name}: {error}") from error
    sections = _sections(path.name, parts[2])
    _check_variables(path.name, front, sections)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Prompt(matched["name"], int(matched["version"]), front, sections, sha256)


def _sections(file: str, body: str) -> tuple[tuple[str, str], ...]:
    pieces = _SECTION.split(body)
    kinds, texts = pieces[1::2], [t.strip("\n") for t in pieces[2::2]]
    turns = kinds[1:]
    proper = turns == ["user", "assistant"] * (len(turns) // 2) + ["user"]
    if pieces[0].strip() or kinds[:1] != ["system"] or not proper:
        raise PromptError(f"{file}: sections must be # system, then # user (examples: # user, # assistant, … # user)")
    return tuple(zip(kinds, texts, strict=True))


def _check_variables(file: str, front: Front, sections: tuple[tuple[str, str], ...]) -> None:
    used: dict[str, set[str]] = {}
    for kind, text in sections:
        template = string.Template(text)
        if not template.is_valid():
            raise PromptError(f"{file}: a $ that starts no variable; write $$")
        for name in template.get_identifiers():
            used.setdefault(name, set()).add(kind)
    if set(used) != set(front.inputs):
        raise PromptError(f"{file}: inputs {sorted(front.inputs)} but the text uses {sorted(used)}")
    trusted = [n for n, kinds in used.items() if front.inputs[n] == "theirs" and kinds != {"user"}]
    if trusted:
        raise PromptError(f"{file}: {trusted} are theirs and may stand in # user only")


def _as_text(value: Any) -> Any:
    return value if isinstance(value, str) or value is None else json.dumps(value, ensure_ascii=False)
