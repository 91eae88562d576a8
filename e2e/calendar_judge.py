#!/usr/bin/env python3
"""Judges what the engine says of working days by two packages from PyPI.

    <engine> | python3 e2e/calendar_judge.py

Standard input has one line for each day, `YYYY-MM-DD working` or `YYYY-MM-DD off`, from FIRST to LAST, in any order.
Every difference is printed with all opinions; the exit is 0 when there is none, else 1, and 2 when the packages of
e2e/requirements.txt are not installed.

`holidays` is the independent witness: it is kept by others, from the State Council's notices (make-up days from 2001
on, in `weekend_workdays`). `chinesecalendar` is where packs/cn/calendar.toml was exported from, so of our data it can
only tell that the copy is true and that the engine reads it rightly.
"""
import sys
from datetime import date, timedelta

try:
    import chinese_calendar
    import holidays
except ImportError as missing:
    print(f"{missing.name} is missing: pip install -r e2e/requirements.txt", file=sys.stderr)
    sys.exit(2)

# To the last notice published. Before 2007 `chinesecalendar` is wrong on 2005-12-31, a Saturday that was worked
# (国办发明电〔2005〕35号, section 1), which our calendar and `holidays` have right.
FIRST, LAST = date(2007, 1, 1), date(2026, 12, 31)
WORDS = {"working": True, "off": False}

# Where the packages differ from each other, the one that a notice proves right: day -> (package, notice and reason).
# Empty at the versions pinned: they agree on all 7,305 days. A new version that differs fails until its day is here.
RULINGS: dict[date, tuple[str, str]] = {}


def read(lines):
    """What was said of each day, and what was wrong with the lines."""
    said, faults = {}, []
    for number, line in enumerate(lines, 1):
        try:
            day, answer = line.split()
            day, working = date.fromisoformat(day), WORDS[answer]
        except (ValueError, KeyError):
            faults.append(f"line {number}: expected `YYYY-MM-DD working|off`, found {line.strip()!r}")
            continue
        if day in said:
            faults.append(f"line {number}: {day} is said twice")
        elif not FIRST <= day <= LAST:
            faults.append(f"line {number}: {day} lies outside {FIRST} to {LAST}")
        said[day] = working
    return said, faults


def witnesses():
    """The packages, each a function from a day to whether it is a working day."""
    # One year more on either side: a notice may move a day across New Year.
    china = holidays.country_holidays("CN", years=range(FIRST.year - 1, LAST.year + 2))
    return {"chinesecalendar": chinese_calendar.is_workday, "holidays": china.is_working_day}


def judge(said, opinions):
    """Each difference, in words."""
    for day in days():
        found = {name: opinion(day) for name, opinion in opinions.items()}
        ours = said.get(day)
        texts = [f"{name} {word(working)}" for name, working in found.items()]
        shown = f"{day} {day:%a}: engine {word(ours)}, {', '.join(texts)}"
        if len(set(found.values())) > 1:
            if day not in RULINGS:
                yield f"{shown}; the packages differ and RULINGS does not say who is right"
                continue
            name, reason = RULINGS[day]
            if ours != found[name]:
                yield f"{shown}; {name} is right: {reason}"
        elif day in RULINGS:
            yield f"{shown}; the packages agree now: take the day out of RULINGS"
        elif ours != next(iter(found.values())):
            yield shown


def days():
    """Every day that must be judged."""
    return (FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1))


def word(working):
    """How a line says it; nothing said is a difference too."""
    return {True: "working", False: "off", None: "says nothing"}[working]


def main():
    said, faults = read(sys.stdin)
    faults += judge(said, witnesses())
    for fault in faults:
        print(fault)
    print(f"{len(faults)} differences in {(LAST - FIRST).days + 1} days", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
