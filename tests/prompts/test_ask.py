"""One typed call: the rungs, repair, deadline, retries, breaker, budget, cache and kill switch."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from pydantic import BaseModel
from structlog.testing import capture_logs

from prompts import PromptError
from prompts.ask import (
    BadReply,
    ModelError,
    ModelOff,
    ModelTimeout,
    ModelUnavailable,
    OverBudget,
    ask,
    log_odds,
    weigh,
)
from prompts.guard import Pace
from prompts.models import Models
from prompts.settings import Settings


class Said(BaseModel):
    name: str | None


VALUES = {"field": "姓名", "message": "我叫李小明"}
Bound = Callable[..., Models]


def scripted(folder: Path, *lines: Any, **options: Any) -> Models:
    return Models.scripted({"chat": lines}, folder=folder, **options)


def test_a_value_comes_with_its_origin(folder: Path) -> None:
    models = scripted(folder, '{"name": "李小明"}')
    answer = ask(models, "chat", "said", Said, **VALUES)
    made = answer.made_by
    assert answer.value == Said(name="李小明")
    assert (made.role, made.prompt, made.kind, made.cached) == ("chat", "said@2", "schema", False)
    assert made.prompt_sha256 == models.prompt("said").sha256 and made.tokens_in > 0 and made.tokens_out > 0
    assert "<<<message\n我叫李小明\nmessage>>>" in models.heard[0].text


def test_plain_text_is_asked_for_without_a_schema(folder: Path) -> None:
    models = scripted(folder, " 好 ")
    assert ask(models, "chat", "said@1", str, **VALUES).value == "好"
    assert set(models.heard[0].options) == {"max_tokens"}


def test_a_bad_reply_is_repaired_once(folder: Path) -> None:
    models = scripted(folder, "姓名是李小明", '{"name": "李小明"}')
    assert ask(models, "chat", "said", Said, **VALUES).value.name == "李小明"
    assert [m.type for m in models.heard[1].messages] == ["system", "human", "ai", "human"]


def test_a_second_bad_reply_is_an_error_that_keeps_quiet_about_it(folder: Path) -> None:
    with pytest.raises(BadReply) as caught:
        ask(scripted(folder, "李小明", "李小明", '{"name": "x"}'), "chat", "said", Said, **VALUES)
    assert "李小明" not in str(caught.value)


def test_a_missing_value_is_the_programmers_error(folder: Path) -> None:
    with pytest.raises(PromptError):
        ask(scripted(folder, "x"), "chat", "said", str, message="x")


def test_nothing_of_a_call_is_logged_but_its_figures(folder: Path) -> None:
    with capture_logs() as lines:
        ask(scripted(folder, '{"name": "李小明"}'), "chat", "said", Said, **VALUES)
    assert "李小明" not in json.dumps(lines, ensure_ascii=False)
    assert lines[0]["event"] == "model_call" and lines[0]["outcome"] == "ok"


def test_the_kill_switch_stops_calls_and_lets_them_go_again(folder: Path) -> None:
    models = scripted(folder, "好")
    models.off()
    with pytest.raises(ModelOff):
        ask(models, "chat", "said", str, **VALUES)
    assert not models.heard and not models.ready("chat")
    models.on()
    assert ask(models, "chat", "said", str, **VALUES).value == "好"


def test_the_days_tokens_run_out_and_come_back_next_day(folder: Path) -> None:
    days = [date(2026, 11, 23)]

    class Office(Settings):
        def day(self) -> date:
            return days[-1]

    models = scripted(folder, "好", "好", settings=Office(model="script:", daily_tokens=10))
    ask(models, "chat", "said", str, **VALUES)
    with pytest.raises(OverBudget):
        ask(models, "chat", "said", str, **VALUES)
    days.append(date(2026, 11, 24))
    assert ask(models, "chat", "said", str, **VALUES).value == "好"


def test_a_cache_answers_the_same_question_once(folder: Path) -> None:
    models = scripted(folder, '{"name": "李小明"}', '{"name": "王五"}', cache={})
    first, again = (ask(models, "chat", "said", Said, **VALUES) for _ in range(2))
    other = ask(models, "chat", "said", Said, field="姓名", message="我叫王五")
    assert again.value == first.value and again.made_by.cached and not first.made_by.cached
    assert other.value.name == "王五"


def test_there_is_no_cache_unless_one_is_given(folder: Path) -> None:
    models = scripted(folder, "一", "二")
    assert [ask(models, "chat", "said", str, **VALUES).value for _ in range(2)] == ["一", "二"]


def test_versions_can_be_set_for_a_comparison(folder: Path) -> None:
    models = scripted(folder, "好", versions={"said": 1})
    assert ask(models, "chat", "said", str, **VALUES).made_by.prompt == "said@1"


def test_an_endpoint_that_takes_schemas_gets_one(endpoint: Any, bound: Bound) -> None:
    endpoint.say('{"name": "李小明"}')
    answer = ask(bound(), "chat", "said", Said, **VALUES)
    sent = endpoint.requests[0]
    assert sent["response_format"]["json_schema"]["schema"]["required"] == ["name"]
    assert (sent["temperature"], sent["model"]) == (0, "m")
    assert (answer.made_by.tokens_in, answer.made_by.tokens_out) == (30, 5)


def test_an_endpoint_without_schemas_is_offered_a_function_and_remembered(endpoint: Any, bound: Bound) -> None:
    endpoint.fail(400)
    function = {"id": "1", "type": "function", "function": {"name": "Said", "arguments": '{"name": "李小明"}'}}
    endpoint.say(None, message={"tool_calls": [function]})
    models = bound()
    for _ in range(2):
        answer = ask(models, "chat", "said", Said, **VALUES)
        assert (answer.value.name, answer.made_by.kind) == ("李小明", "tools")
    assert ["response_format" in r for r in endpoint.requests] == [True, False, False]


def test_then_json_mode_then_plain_text_with_the_schema_in_words(endpoint: Any, bound: Bound) -> None:
    for _ in range(3):
        endpoint.fail(400)
    endpoint.say('好的：{"name": "李小明"}')
    answer = ask(bound(), "chat", "said", Said, **VALUES)
    assert (answer.value.name, answer.made_by.kind) == ("李小明", "text")
    assert endpoint.requests[2]["response_format"] == {"type": "json_object"}
    assert '"required":["name"]' in endpoint.requests[3]["messages"][0]["content"]


def test_an_endpoint_that_refuses_everything_is_unavailable(endpoint: Any, bound: Bound) -> None:
    endpoint.fail(400)
    with pytest.raises(ModelUnavailable):
        ask(bound(), "chat", "said", Said, **VALUES)
    assert len(endpoint.requests) == 4


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_error_is_tried_again(endpoint: Any, bound: Bound, status: int) -> None:
    endpoint.fail(status, **{"retry-after": "0.01"})
    endpoint.say("好")
    assert ask(bound(), "chat", "said", str, **VALUES).value == "好"


def test_a_retry_later_than_the_deadline_is_not_waited_for(endpoint: Any, bound: Bound) -> None:
    endpoint.fail(429, **{"retry-after": "3600"})
    with pytest.raises(ModelUnavailable):
        ask(bound(), "chat", "said", str, **VALUES)
    assert len(endpoint.requests) == 1


def test_a_wrong_key_is_not_tried_again(endpoint: Any, bound: Bound) -> None:
    endpoint.fail(401)
    with pytest.raises(ModelUnavailable, match="401"):
        ask(bound(), "chat", "said", str, **VALUES)
    assert len(endpoint.requests) == 1


def test_a_silent_endpoint_costs_one_deadline(endpoint: Any, bound: Bound) -> None:
    endpoint.hold.clear()
    endpoint.say("迟")
    with pytest.raises(ModelTimeout):
        ask(bound(deadline_s=0.2), "chat", "said", str, **VALUES)


def test_a_dead_endpoint_is_left_alone_for_a_while(endpoint: Any, bound: Bound) -> None:
    now = [0.0]
    models = bound({"pace": Pace(attempts=1, failures=2, rest_s=30), "clock": lambda: now[0]})
    endpoint.fail(500)
    for _ in range(4):
        with pytest.raises(ModelUnavailable):
            ask(models, "chat", "said", str, **VALUES)
    assert len(endpoint.requests) == 2 and not models.ready("chat") and "暂停" in models.status()["chat"]
    now[0] = 31
    endpoint.replies.clear()
    endpoint.say("好")
    assert ask(models, "chat", "said", str, **VALUES).value == "好" and models.ready("chat")


def test_a_text_too_long_for_the_model_does_not_count_as_its_failure(endpoint: Any, bound: Bound) -> None:
    error = {"message": "request exceeds the available context size", "type": "exceed_context_size_error"}
    endpoint.replies.append((400, {}, {"error": error}))
    models = bound({"pace": Pace(attempts=1, failures=1)})
    for _ in range(2):
        with pytest.raises(BadReply, match="长度"):
            ask(models, "chat", "said", Said, **VALUES)


def test_weighing_reads_the_first_tokens_probabilities(folder: Path) -> None:
    answer = weigh(
        scripted(folder, {"是": 0.6, "是的": 0.2, "否": 0.1, "不": 0.1}), "chat", "yes", ("是", "否"), **VALUES
    )
    assert answer.value == pytest.approx(math.log(8)) and answer.made_by.kind == "logprobs"


def test_weighing_over_http_asks_for_twenty_and_one_token(endpoint: Any, bound: Bound) -> None:
    top = [{"token": t, "logprob": p, "bytes": list(t.encode())} for t, p in (("支持", -0.5), ("矛", -1.5), ("x", -4))]
    endpoint.say("支持", logprobs={"content": [{**top[0], "top_logprobs": top}]})
    answer = weigh(bound(), "chat", "yes", ("支持", "矛盾"), **VALUES)
    assert answer.value == pytest.approx(1.0)
    sent = endpoint.requests[0]
    assert (sent["logprobs"], sent["top_logprobs"], sent["max_completion_tokens"]) == (True, 20, 1)


def test_an_option_not_listed_counts_as_the_least_likely_listed(folder: Path) -> None:
    answer = weigh(scripted(folder, {"是": 0.9, "对": 0.05, "嗯": 0.01}), "chat", "yes", ("是", "否"), **VALUES)
    assert answer.value == pytest.approx(math.log(90))


@pytest.mark.parametrize(("choice", "odds"), [("是", 2.0), ("否", -2.0)])
def test_an_endpoint_without_probabilities_is_asked_to_choose(
    endpoint: Any, bound: Bound, choice: str, odds: float
) -> None:
    endpoint.say("是")
    endpoint.say(json.dumps({"choice": choice}))
    answer = weigh(bound(), "chat", "yes", ("是", "否"), **VALUES)
    assert (answer.value, answer.made_by.kind) == (odds, "choice")
    assert endpoint.requests[1]["max_completion_tokens"] >= 64
    assert endpoint.requests[1]["response_format"]["json_schema"]["schema"]["properties"]["choice"]["enum"] == [
        "是",
        "否",
    ]


def test_part_of_a_character_speaks_for_no_option() -> None:
    top = [
        {"token": "?", "bytes": [0xE6], "logprob": -0.1},
        {"token": "否", "bytes": list("否".encode()), "logprob": -3.0},
    ]
    odds = log_odds(AIMessage("?", response_metadata={"logprobs": {"content": [{"top_logprobs": top}]}}), ("是", "否"))
    assert odds == pytest.approx(0.0)


def test_options_that_begin_alike_are_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="begin"):
        weigh(scripted(folder, "x"), "chat", "yes", ("可以", "可能"), **VALUES)


def test_weighing_is_cached_as_well(folder: Path) -> None:
    models = scripted(folder, {"是": 0.9, "否": 0.1}, cache={})
    first, again = (weigh(models, "chat", "yes", ("是", "否"), **VALUES) for _ in range(2))
    assert again.value == first.value and again.made_by.cached


def test_a_failing_weighing_is_a_model_error(folder: Path) -> None:
    with pytest.raises(ModelError):
        weigh(scripted(folder, ConnectionError("x")), "chat", "yes", ("是", "否"), **VALUES)
