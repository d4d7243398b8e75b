"""An answer as events: each checked sentence at once, the whole at the end."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

from assistant.api_events import events
from assistant.filing import Sentence
from assistant.policy_answer import PolicyAnswer
from assistant.written import Hear
from knowledge.citation import Citation

CITED = Citation(passage="p", document="条例", article="第一条", quote="应当当场登记。")
ONE = Sentence(text="当场登记。", citations=[0], verdict="supported")
TWO = Sentence(text="及时发照。", citations=[0], verdict="supported")


def read(event: str) -> tuple[str, dict[str, Any]]:
    name, data = event.strip().split("\n")
    return name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


async def gather(work: Any, seen: threading.Event | None = None) -> list[tuple[str, dict[str, Any]]]:
    out = []
    async for event in events(work):
        if not event.startswith(":"):
            out.append(read(event))
            if seen is not None:
                seen.set()
    return out


def test_a_sentence_is_sent_while_the_rest_is_still_being_checked() -> None:
    seen = threading.Event()

    def work(hear: Hear) -> PolicyAnswer:
        hear(ONE, [CITED])
        assert seen.wait(20), "the sentence must arrive before the answer is whole"
        return PolicyAnswer(status="answered", text="当场登记。及时发照。", sentences=[ONE, TWO], citations=[CITED])

    got = asyncio.run(gather(work, seen))
    assert [name for name, _ in got] == ["sentence", "sentence", "done"]
    assert [d["text"] for name, d in got if name == "sentence"] == ["当场登记。", "及时发照。"]
    assert got[0][1]["cited"][0]["quote"] == CITED.quote and got[2][1]["status"] == "answered"


def test_sentences_of_a_quoted_answer_follow_each_once() -> None:
    made = PolicyAnswer(status="answered", text="…", sentences=[ONE, TWO], citations=[CITED])
    assert [name for name, _ in asyncio.run(gather(lambda hear: made))] == ["sentence", "sentence", "done"]


def test_what_breaks_is_told_as_a_problem_without_its_words() -> None:
    def work(hear: Hear) -> PolicyAnswer:
        raise ValueError("李小明 440305199001011234")

    ((name, told),) = asyncio.run(gather(work))
    assert name == "problem" and "440305" not in json.dumps(told, ensure_ascii=False)
