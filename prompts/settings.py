"""The only place that reads environment variables. Every name is `BANCHENG_` + the field in capitals."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

Role = Literal["chat", "writer", "reader", "reviewer", "checker", "judge"]

ROLES: tuple[Role, ...] = ("chat", "writer", "reader", "reviewer", "checker", "judge")


class Settings(BaseSettings):
    """What an operator can set; see `.env.example` for one line on each."""

    model_config = SettingsConfigDict(
        env_prefix="BANCHENG_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    data: Path = Path("data")
    """Folder of the database, the documents, the index and the secret."""
    host: str = "127.0.0.1"
    port: int = 7860
    public_origin: str = ""
    """Scheme, host and port people type; empty: the address served on."""
    database_url: str = ""
    """SQLAlchemy address; empty: SQLite in `data`."""
    index: Literal["auto", "local", "postgres"] = "auto"
    """Where passages are kept: `auto` in `database_url` when that is PostgreSQL, else in files of `data`."""
    documents: Path | None = None
    """A folder of policy documents taken in at start and when it changes."""
    office: Path | None = None
    """JSON file of the office's own data (areas, registered names, restricted persons, scope catalogue)."""
    files_key: SecretStr | None = None
    """Seals documents, answers and kept replies at rest; 32 or more random characters."""
    today: date | None = None
    """Pretend day, for tests and dated sample packages."""
    timezone: str = "Asia/Shanghai"
    demo_password: SecretStr | None = None

    ai: Literal["on", "off"] = "on"
    """`off` is the kill switch: forms, uploads and the desk go on without models."""
    written: Literal["auto", "on", "off"] = "auto"
    """Plain-language answers by a model: `auto` only by one that has passed the suite (`prompts/roles.toml`), `on` by
    whatever is bound to the role writer, `off` never."""
    model: str = "embedded:qwen2.5-coder-1.5b"
    """`provider:name` for every role that has none of its own."""
    model_url: str = ""
    model_key: SecretStr | None = None
    model_chat: str = ""
    model_chat_url: str = ""
    model_chat_key: SecretStr | None = None
    model_writer: str = ""
    model_writer_url: str = ""
    model_writer_key: SecretStr | None = None
    model_reader: str = ""
    model_reader_url: str = ""
    model_reader_key: SecretStr | None = None
    model_reviewer: str = ""
    model_reviewer_url: str = ""
    model_reviewer_key: SecretStr | None = None
    model_checker: str = ""
    model_checker_url: str = ""
    model_checker_key: SecretStr | None = None
    model_judge: str = ""
    model_judge_url: str = ""
    model_judge_key: SecretStr | None = None
    embedder: str = "embedded:e5-small"
    """`embedded:e5-small`, or `st:NAME_OR_PATH` for any sentence-transformers model."""
    verifier: str = ""
    """A trained checker of claims: a folder with `model.onnx`, or a sentence-transformers CrossEncoder; empty: none."""
    lay_questions: Literal["on", "off"] = "off"
    """`on`: the model writes questions people ask for passages that have none, while nobody waits for it. Off, because
    on a machine that also serves people every search and page shares the processor with it for hours."""
    rewording: Literal["on", "off"] = "off"
    """`on`: a question whose search is weak is put into legal words by the model and searched again."""
    rewording_s: float = 1.5
    """Longest wait for the rewording; then the first search stands."""
    reranker: str = ""
    """`st:NAME_OR_PATH` of a sentence-transformers CrossEncoder that orders the first hits again; empty: none."""
    models_folder: Path = Field(default_factory=lambda: Path.home() / ".cache" / "bancheng" / "models")
    """Downloaded model files, by hash, shared by all checkouts on this machine."""
    models_from: Path | None = None
    """A file or folder the operator names as the first source of model files."""

    deadline_s: float = 60.0
    """Longest wait for one model call, retries included."""
    waiting_s: float = 20.0
    """Longest wait for a call somebody sits in front of (roles chat, judge and writer); then the code goes on alone."""
    daily_tokens: int = 2_000_000
    """Model tokens the whole office may use a day; beyond it people get the form without the assistant."""
    upload_mb: int = 20
    upload_pages: int = 50
    rate_per_minute: int = 6000
    """Calls one account may make a minute; an address may make five times as many."""
    session_idle_minutes: int = 15
    session_hours: int = 12

    def model_of(self, role: Role) -> tuple[str, str, str]:
        """(provider:name, base URL, key) bound to a role; the general setting fills what the role leaves empty."""
        own = str(getattr(self, f"model_{role}"))
        name = own or self.model
        url = str(getattr(self, f"model_{role}_url")) or ("" if own else self.model_url)
        key: SecretStr | None = getattr(self, f"model_{role}_key") or (None if own else self.model_key)
        return name, url, key.get_secret_value() if key else ""

    def longest(self, role: Role) -> float:
        """Seconds a call of that role may take, retries included."""
        return min(self.deadline_s, self.waiting_s) if role in ("chat", "judge", "writer") else self.deadline_s

    def day(self) -> date:
        """The office's day: `today` when set, else the date in its time zone."""
        return self.today or datetime.now(ZoneInfo(self.timezone)).date()
