"""Roles to chat models: `Models(settings)` binds each role to `provider:name` and keeps what the calls share.

Providers: `embedded:ID` (a file of the catalogue, served by a child process of ours), `openai:NAME` (any endpoint that
speaks the OpenAI protocol, at the URL in the settings), `transformers:PATH` (a local safetensors checkpoint),
`replay:FILE`, `script:FILE` (a JSON list of replies), and every provider of LangChain's `init_chat_model`.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any

import httpx
from langchain_core.language_models import BaseChatModel
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from prompts import FOLDER, Prompt, roles
from prompts.embedded import Engine
from prompts.errors import ModelOff, ModelUnavailable
from prompts.guard import Breaker, Budget, Pace, Traffic, models_allowed
from prompts.scripted import Heard, Line, Replay, Script, Scripted
from prompts.settings import ROLES, Role, Settings
from prompts.shape import ALL, Rung, rungs

SEED = 20_261_123

_LOCAL = {"script", "replay"}
_SUFFIX = re.compile(r"([-_.](instruct|chat|it|gguf|awq|gptq|fp8|fp16|bf16|int[48]|q\d\w*|latest))$")


class SharedWeights(ValueError):
    """The checker is bound to the weights it is meant to check although another model is configured."""


class Models:
    """The office's chat models: one object a process."""

    def __init__(
        self,
        settings: Settings,
        *,
        cache: MutableMapping[str, str] | None = None,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
        folder: Path = FOLDER,
        versions: Mapping[str, int] | None = None,
    ) -> None:
        self.settings, self.cache, self.pace = settings, cache, pace or Pace()
        self.heard: list[Heard] = []
        """Requests received by scripted models, in order."""
        self.traffic = Traffic(clock)
        self._folder, self._versions = folder, dict(versions or {})
        self._lock = threading.Lock()
        self._off = settings.ai == "off"
        self._budget = Budget(settings.daily_tokens, settings.day)
        self._chats: dict[tuple[str, str], BaseChatModel] = {}
        self._scripts: dict[Role, Scripted] = {}
        self._families: dict[Role, str] = {}
        self._engines: dict[str, Engine] = {}
        self._rungs: dict[str, Rung] = {}
        self._loopback = httpx.Client(
            trust_env=False
        )  # a proxy of the environment must not see our own child's traffic
        self._breakers = {self._where(role): Breaker(self.pace, clock) for role in ROLES}
        self._check_checker()

    @classmethod
    def scripted(
        cls,
        replies: Mapping[Role, Sequence[Line]] | Script,
        *,
        families: Mapping[Role, str] | None = None,
        settings: Settings | None = None,
        **options: Any,
    ) -> Models:
        """Models that say given lines: `{role: [line, …]}`, or a function of (role, messages).

        A line is text, first-token probabilities such as `{"是": 0.9, "否": 0.1}` (for `weigh`), or an exception to
        raise. All roles share weights unless `families` says otherwise. What they heard is in `.heard`.
        """
        made = cls(settings or Settings(model="script:", ai="on"), **{"pace": Pace(attempts=1), **options})
        for role in ROLES:
            made._scripts[role] = Scripted.of(role, _lines(replies, role), made.heard)
            made._families[role] = (families or {}).get(role, "script")
        return made

    def chat(self, role: Role) -> BaseChatModel:
        """The LangChain chat model of a role, started if it is embedded. Raises `ModelUnavailable`."""
        if role in self._scripts:
            return self._scripts[role]
        provider, name, url, key = self._binding(role)
        if not models_allowed() and provider not in _LOCAL:
            raise ModelUnavailable("本进程不允许调用模型")
        if provider == "embedded":
            address, secret = self._engine(name).address()
            return self._made(("embedded", address), lambda: _own(name, f"{address}/v1", secret, self._loopback))
        try:
            return self._made((f"{provider}:{name}", url), lambda: self._build(role, provider, name, url, key))
        except (ImportError, ValueError, OSError) as error:
            raise ModelUnavailable(f"模型 {provider}:{name} 打不开（{type(error).__name__}）") from error

    def name(self, role: Role) -> str:
        """`provider:name` of a role."""
        return self.settings.model_of(role)[0]

    def family(self, role: Role) -> str:
        """Identity of the weights behind a role: equal for equal weights, however they are reached."""
        if role in self._families:
            return self._families[role]
        provider, name, _, _ = self._binding(role)
        return f"{provider}:{name}" if provider in _LOCAL else weights(name)

    def sharing(self) -> dict[str, tuple[Role, ...]]:
        """Weights → the roles that use them."""
        groups: dict[str, list[Role]] = {}
        for role in ROLES:
            groups.setdefault(self.family(role), []).append(role)
        return {family: tuple(roles) for family, roles in groups.items()}

    def prompt(self, name: str) -> Prompt:
        """The newest version of a prompt, or the one this object was told to use."""
        return Prompt.load(name, self._versions.get(name), self._folder)

    def ready(self, role: Role) -> bool:
        """Whether a call would be tried now; starts nothing and waits for nothing."""
        if self._off or self._breakers[self._where(role)].open:
            return False
        engine = self.engine(role)
        return engine is None or engine.ready()

    def status(self) -> dict[str, str]:
        """One line of Chinese for every role."""
        return {role: f"{self.name(role)} {self._state(role)}" for role in ROLES}

    def off(self) -> None:
        """Kill switch: every further call raises `ModelOff`."""
        self._off = True

    def on(self) -> None:
        """Undo `off`; raises `ModelOff` when the settings themselves say off."""
        if self.settings.ai == "off":
            raise ModelOff("配置 BANCHENG_AI=off，不能在运行时打开")
        self._off = False

    def warm(self) -> None:
        """Download and start the embedded models that are bound; for a thread at start; errors are in `status`.

        Says in the log which roles are bound to models that have not earned them.
        """
        roles.warn(self)
        names = {name for provider, name, _, _ in map(self._binding, ROLES) if provider == "embedded"}
        for name in sorted(names) if not self._off and models_allowed() and not self._scripts else ():
            self._engine(name).warm()

    def engine(self, role: Role) -> Engine | None:
        """The engine behind a role, started or not; None for a role that is not embedded."""
        provider, name, _, _ = self._binding(role)
        return self._engine(name) if provider == "embedded" and role not in self._scripts else None

    def close(self) -> None:
        """End the engines."""
        with self._lock:
            engines = list(self._engines.values())
        for engine in engines:
            engine.close()
        self._loopback.close()

    # What one call needs (see prompts.call).

    def enter(self, role: Role) -> None:
        """Let a call through, or raise `ModelOff`, `OverBudget`, `ModelUnavailable`."""
        if self._off:
            raise ModelOff
        self._budget.enter()
        self._breakers[self._where(role)].enter()

    def spend(self, tokens: int) -> None:
        """Count tokens against the day."""
        self._budget.spend(tokens)

    @property
    def spent(self) -> float:
        """Share of the day's tokens that is used, 0 to 1 or a little more."""
        return self._budget.share

    def passed(self, role: Role) -> None:
        """The endpoint of a role answered."""
        self._breakers[self._where(role)].passed()

    def failed(self, role: Role) -> None:
        """The endpoint of a role did not answer; an embedded engine that hangs is ended, to be started afresh."""
        self._breakers[self._where(role)].failed()
        if (engine := self.engine(role)) is not None:
            engine.suspect()

    def ladder(self, role: Role) -> tuple[Rung, ...]:
        """Ways of asking for a shape that this role's model may know, strictest first; starts no engine."""
        known = role in self._scripts or self._binding(role)[0] in {"embedded", "openai", *_LOCAL}
        return ALL if known else rungs(self.chat(role))

    def rung(self, role: Role) -> Rung | None:
        """The way of asking for a shape that last worked at this endpoint."""
        return self._rungs.get(self._where(role))

    def remember(self, role: Role, rung: Rung) -> None:
        self._rungs[self._where(role)] = rung

    # How bindings become chat models.

    def _binding(self, role: Role) -> tuple[str, str, str, str]:
        bound, url, key = self.settings.model_of(role)
        provider, _, name = bound.partition(":")
        return provider, name, url, key

    def _where(self, role: Role) -> str:
        provider, name, url, _ = self._binding(role)
        return f"{provider}:{name}@{url}"

    def _engine(self, name: str) -> Engine:
        with self._lock:
            return self._engines.setdefault(name, Engine.of(name, self.settings))

    def _made(self, key: tuple[str, str], build: Callable[[], BaseChatModel]) -> BaseChatModel:
        with self._lock:
            if key not in self._chats:
                self._chats[key] = build()
            return self._chats[key]

    def _build(self, role: Role, provider: str, name: str, url: str, key: str) -> BaseChatModel:
        if provider == "openai":
            return _openai(name, url, key)
        if provider == "transformers":
            from prompts.checkpoint import Checkpoint  # torch takes seconds to import and most offices never do

            return Checkpoint.open(Path(name))
        if provider == "replay":
            return Replay(path=Path(name))
        if provider == "script":
            return Scripted.of(role, json.loads(Path(name).read_text(encoding="utf-8")), self.heard)
        from langchain.chat_models import init_chat_model  # half a second that only other providers need

        extra: dict[str, Any] = {k: v for k, v in (("base_url", url), ("api_key", key)) if v}
        made: BaseChatModel = init_chat_model(name, model_provider=provider, temperature=0, max_retries=0, **extra)
        return made

    def _state(self, role: Role) -> str:
        if self._off:
            return "已关闭"
        if self._breakers[self._where(role)].open:
            return "连续失败，暂停调用"
        engine = self.engine(role)
        return engine.state if engine is not None else "可用"

    def _check_checker(self) -> None:
        others = {self.family("chat"), self.family("reviewer")}
        if len(self.sharing()) > 1 and self.family("checker") in others:
            raise SharedWeights(
                f"核验模型（BANCHENG_MODEL_CHECKER）与被核验的模型同为 {self.family('checker')}；"
                "已配置第二个模型时，请让 checker 使用它"
            )


def weights(name: str) -> str:
    """A model name without folder, file ending, quantisation, tuning and tag: the name of its weights."""
    plain = name.rstrip("/").rsplit("/", 1)[-1].lower().split("@")[0].replace(":", "-")
    while (shorter := _SUFFIX.sub("", plain)) != plain:
        plain = shorter
    return plain


def _lines(replies: Mapping[Role, Sequence[Line]] | Script, role: Role) -> Sequence[Line] | Script:
    return replies if callable(replies) else replies.get(role, ())


def _openai(name: str, url: str, key: str, **more: Any) -> ChatOpenAI:
    return ChatOpenAI(
        model=name,
        base_url=url or None,
        api_key=SecretStr(key or "none"),
        temperature=0,
        max_retries=0,
        use_responses_api=False,
        **more,
    )


def _own(name: str, url: str, key: str, client: httpx.Client) -> ChatOpenAI:
    return _openai(name, url, key, seed=SEED, http_client=client)
