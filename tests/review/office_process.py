"""An office in a process of its own, to be killed: `python office_process.py FOLDER file|finish`."""

from __future__ import annotations

import sys
import time
from datetime import date
from pathlib import Path
from typing import NoReturn

from registration import ANSWERS, CODE

from app import Works, build
from assistant.paper import Paper
from prompts.settings import Settings
from review.case import Case


def works(folder: Path) -> Works:
    """The parts of the product over a folder, without models."""
    return build(Settings(data=folder, today=date(2026, 11, 20), ai="off"))


def lease() -> bytes:
    """A small readable document."""
    paper = Paper("房屋租赁合同", label="")
    for line in ("出租方（甲方）：何广源", "承租方（乙方）：林书墨", "自2026年10月01日起至2028年09月30日止。"):
        paper.paragraph(line)
    return paper.bytes()


def file(office: Works) -> str:
    """Hands in a filing with one document; returns the id of its case."""
    counter = office.counter
    user = office.access.people.add("applicant", "applicant", "long-password")
    filing, _ = counter.start_filing(user, CODE)
    counter.edit(user, filing.id, {k: v for k, v in ANSWERS.items() if k != "business_name"})
    counter.upload(user, filing.id, "租赁合同.pdf", lease(), "lease")
    counter.confirm(user, filing.id, "all")
    return str(counter.submit(user, filing.id).case)


def told(case: Case) -> str:
    """Its state in a line."""
    return f"{case.status} {case.round} {','.join(sorted(f.code for f in case.findings))}"


def _stand_still(_: Case) -> NoReturn:
    print("in the middle", flush=True)  # noqa: T201
    time.sleep(600)
    raise SystemExit(1)


def main() -> None:
    """Files and stands still in the middle of the first pass, or finishes what was begun."""
    office = works(Path(sys.argv[1]))
    if sys.argv[2] == "file":
        office.jobs.reviewer.rules = _stand_still  # type: ignore[method-assign,assignment]
    office.jobs.launch()
    if sys.argv[2] == "file":
        print(file(office), flush=True)  # noqa: T201
        time.sleep(600)
    case_id = sys.argv[3]
    until = time.monotonic() + 60
    while time.monotonic() < until:
        case = office.desk.cases.get(case_id)
        if case is not None and case.status == "ready":
            break
        time.sleep(0.2)
    print(told(case) if case else "no case", flush=True)  # noqa: T201
    office.jobs.close()


if __name__ == "__main__":
    main()
