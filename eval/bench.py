"""How fast the parts are on this machine: medians over repeats, printed as a table."""

from __future__ import annotations

import platform
import statistics
import sys
import time
from collections.abc import Callable
from os import cpu_count

from eval.subjects import Subjects
from prompts.settings import Settings

QUESTIONS = ("办执照要几天", "住宅能不能开店", "个体户可以不起名字吗", "材料不齐怎么告知", "换经营者要先注销吗")
MESSAGE = "我叫赵海燕，租了个铺面想开家修鞋店，打算投三万块，电话13511112222"
CLAIM = (
    "东西都带齐了，窗口当天就给办好。",
    "登记机关应当对申请材料进行形式审查。对申请材料齐全、符合法定形式的予以确认并当场登记。",
)


def timed(name: str, work: Callable[[], object], repeats: int) -> str:
    """One row: median and slowest of the repeats after one warm-up, in milliseconds."""
    work()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return f"| {name} | {statistics.median(times):.1f} | {max(times):.1f} | {repeats} |"


def bench(settings: Settings) -> int:
    """Prints the table; 0."""
    rows = [f"{platform.machine()}, {cpu_count()} cores, Python {platform.python_version()}", ""]
    rows += ["| what | median ms | slowest ms | runs |", "|---|---|---|---|"]
    with Subjects(settings) as subjects:
        subjects.get("answer")
        search = subjects.parts.library.search
        rows.append(timed("search, words and vectors", lambda: [search(q) for q in QUESTIONS[:1]], 20))
        rows.append(timed("answer to a policy question", lambda: subjects.answer({"question": QUESTIONS[1]}), 5))
        rows.append(
            timed(
                "turn understood by a parser",
                lambda: subjects.extraction({"text": "135-1111-2222", "pending": "operator_mobile"}),
                20,
            )
        )
        rows.append(timed("opening message", lambda: subjects.extraction({"text": MESSAGE}), 5))
        rows.append(
            timed(
                "claim against an article",
                lambda: subjects.claim({"claim": CLAIM[0], "passage": CLAIM[1]}),
                5,
            )
        )
        rows.append(timed("all rules over an application", lambda: subjects.review({"sample": "registration"}), 20))

    sys.stdout.write("\n".join(rows) + "\n")
    return 0
