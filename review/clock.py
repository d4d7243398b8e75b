"""Time limits in working days of the People's Republic of China.

行政许可法 第三十二条 (notice within five days) · 第八十二条 (limits count working days, holidays left out) ·
市场主体登记管理条例 第十九条 (three working days, three more when extended).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

_FIXED = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}
"""Public holidays by the solar calendar, for years the State Council has not announced yet."""


def works(day: date) -> bool:
    """Whether offices work on that day: weekends, holidays and shifted working days as announced."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5 and (day.month, day.day) not in _FIXED


def after(start: date, days: int) -> date:
    """The last day of a limit of `days` working days; the day of receipt is not counted (民法典 第二百零一条)."""
    day = start
    left = days
    while left > 0:
        day += timedelta(days=1)
        left -= works(day)
    return day


def due(start: date, days: int, timezone: str) -> datetime:
    """The moment a limit runs out: the end of its last day where the office is."""
    return datetime.combine(after(start, days), time(23, 59, 59), ZoneInfo(timezone))


def left(now: datetime, until: datetime) -> int:
    """Working days from today to the day a limit ends; negative when it is past."""
    today, last = now.astimezone(until.tzinfo).date(), until.date()
    if now > until:
        return -max(1, _between(last, today))
    return _between(today, last)


def _between(start: date, end: date) -> int:
    return sum(works(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
