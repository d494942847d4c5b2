"""Dates as people type them, on Monday 23 November 2026."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from content.loader import newest
from flows.intents.choices import Misfit
from flows.intents.dates import _fixed, _parsed, understand

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))
SAID = {
    "volgende week": "2026-11-30",
    "over twee weken": "2026-12-07",
    "over 3 maanden": "2027-02-23",
    "binnen een maand": "2026-12-23",
    "1 maart": "2027-03-01",
    "uiterlijk 1 maart": "2027-03-01",
    "eind Q1": "2027-03-31",
    "eind januari": "2027-01-31",
    "mei": "2027-05-31",
    "na de zomer": "2027-09-01",
    "deze week": "2026-11-27",
    "komende vrijdag": "2026-11-27",
    "in 2027": "2027-12-31",
    "eind 2027": "2027-12-31",
    "volgend jaar": "2027-12-31",
    "voor de kerst": "2026-12-24",
    "next week": "2026-11-30",
    "in two weeks": "2026-12-07",
    "by March 1": "2027-03-01",
    "end of Q1": "2027-03-31",
    "within a month": "2026-12-23",
    "volgende week vrijdag": "2026-12-04",
    "vrijdag volgende week": "2026-12-04",
    "volgende week op vrijdag": "2026-12-04",
    "volgende week ma": "2026-11-30",
    "volgende vrijdag": "2026-12-04",
    "vrijdag over een week": "2026-12-04",
    "op vrijdag over twee weken": "2026-12-11",
    "over twee weken op maandag": "2026-12-07",
    "deze week vrijdag": "2026-11-27",
    "eind van de week": "2026-11-27",
    "begin volgende week": "2026-11-30",
    "eind volgende week": "2026-12-04",
    "eind deze maand": "2026-11-30",
    "eind volgende maand": "2026-12-31",
    "next friday": "2026-12-04",
    "friday next week": "2026-12-04",
    "a week on friday": "2026-12-04",
    "friday in two weeks": "2026-12-11",
    "by the end of next week": "2026-12-04",
    "gisteren": None,
    "zo snel mogelijk": None,
    "as soon as possible": None,
}


@pytest.mark.parametrize("said", SAID)
def test_a_moment_is_understood(said: str) -> None:
    found = understand(said, NOW, newest().guide.moments)
    assert found == {"text": said, "date": SAID[said]}


@pytest.mark.parametrize("days", range(7))
def test_a_weekday_of_next_week_is_in_next_week(days: int) -> None:
    now, moments = NOW + timedelta(days), newest().guide.moments
    assert _fixed("volgende week vrijdag", now.date(), moments) == date(2026, 12, 4)
    assert _fixed("deze week zondag", now.date(), moments) == date(2026, 11, 29)
    coming = _fixed("vrijdag over 1 week", now.date(), moments)
    assert coming == date(2026, 12, 4 if days < 5 else 11)


@pytest.mark.parametrize("said", ["3", "14", "?", "--"])
def test_what_may_mean_anything_is_refused(said: str) -> None:
    assert isinstance(understand(said, NOW, newest().guide.moments), Misfit)


@pytest.mark.parametrize("said", ["volgende week", "next week", "over 3 weken", "in 9 weeks"])
def test_weeks_are_read_as_the_date_library_reads_them(said: str) -> None:
    for days in range(0, 800, 31):
        now = NOW + timedelta(days)
        assert _fixed(said, now.date(), newest().guide.moments) == _parsed(said, now)
