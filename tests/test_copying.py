"""Copies every minute to another disk, while the guide runs: made, thinned out, watched, put back.

The pause is two seconds here, the shortest that can be set.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.channel_settings import SettingsError
from bot.clock import now, steady
from bot.config import settings_from
from bot.engine.gap import Presence
from bot.operators.copier import reason
from storage.backups import copies
from storage.backups.series import DAY, HOUR, Series, kept
from storage.database.connection import open_database, scrubbed
from storage.database.errors import StoreError
from storage.database.keys import read_keys
from storage.database.tombstones import erased_beside
from tests.faults import ZONE, first, running
from tests.installed import Installed
from tests.test_copies_disk import disk
from tests.test_watching import fetched, free_port
from tests.walkers import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.faults import Here
    from tests.people import Person

EVERY = {"OPSCHAALGIDS_COPIES_EVERY": "2"}
AGAIN = "copies are made in"


@asynccontextmanager
async def copying(folder: Path, to: Path, **settings: str) -> AsyncIterator[Here]:
    to.mkdir(mode=0o700, exist_ok=True)  # noqa: ASYNC240 - in memory
    where = {"OPSCHAALGIDS_COPIES_TO": str(to), **EVERY, **settings}
    async with running(folder, **where) as here:
        yield here


async def copied(to: Path) -> None:
    """Until what is in the database now is in a copy."""
    at = now(ZONE)
    await until(lambda: any(manifest.as_of > at for _, manifest in copies.in_order(to)), 60)


# ---------------------------------------------------------------- while it runs


async def test_what_was_answered_is_in_the_newest_copy_when_the_disk_is_gone(
    tmp_path: Path,
) -> None:
    """The disk with the database burns: the answers are back, and who has a question knows."""
    here_folder, to = tmp_path / "disk", tmp_path / "other"
    here_folder.mkdir()
    keys = {"OPSCHAALGIDS_KEY_FILE": str(tmp_path / "key")}
    async with copying(here_folder, to, **keys) as here:
        (here_folder / "key").symlink_to(tmp_path / "key")  # for the look inside
        phone = await here.begun(3)
        await copied(to)
        assert {oct(path.stat().st_mode & 0o777) for path in to.iterdir()} == {"0o600"}
        here.look.close()
        await here.program.kill()
        shutil.rmtree(here_folder)
        here_folder.mkdir()
        (here_folder / "key").symlink_to(tmp_path / "key")
        code, out, err = await here.runs("restore")
        assert (code, err) == (0, "")
        assert "may be missing; everyone with an open question, or seen in the day" in out
        heard = len(phone.view)
        await here.program.start()
        await until(lambda: len(phone.view) > heard, 30)
        said = phone.view[-1].text
        assert said.startswith("Ik was een tijd niet bereikbaar. Wat je vanaf ")
        assert f"{out.partition(' since ')[2][11:16]} stuurde" in said
        assert here.kept() == first(2)


async def test_nothing_is_copied_where_nothing_changed(tmp_path: Path) -> None:
    """But what is in the newest copy is known to be so, each time anew."""
    to = tmp_path / "other"
    async with copying(tmp_path, to, SCALE="60") as here:
        await here.begun(2)
        await copied(to)
        await copied(to)
        made = copies.made(to)
        heard = "SELECT value FROM facts WHERE name = 'heard_at'"
        before = here.look.rows(heard)
        await until(lambda: here.look.rows(heard) != before, 30)
        await copied(to)
        assert copies.made(to) == made
        assert (await here.runs("hold", "--canvas", "1", "--who", "W", "--why", "Woo"))[0] == 0
        await copied(to)
        assert len(copies.made(to)) > len(made), "another program changed something"


async def test_a_folder_that_refuses_is_told_of_once_and_ends_nothing(tmp_path: Path) -> None:
    """Gone, then full, then well: a line for each change, a figure, and every answer is kept."""
    port, to = free_port(), tmp_path / "other"
    watch = {"OPSCHAALGIDS_WATCH": f"127.0.0.1:{port}"}
    async with copying(tmp_path, to, **watch) as here:
        phone = await here.begun(2)
        await copied(to)
        to.rename(tmp_path / "away")
        await here.tells("is not there")
        await here.walks(phone, "Gemeente Ede")
        figures = (await fetched(port, "metrics"))[1]
        assert "opschaalgids_copies_well 0.0" in figures
        with disk(to, 300_000):
            await here.tells("full")
            await here.walks(phone, "started")
            assert not list(to.iterdir()) or [p.name for p in to.iterdir()] == ["guide.db.erased"]
            code, _, err = await here.runs("doctor")
            assert code == 1
            assert f"There is no copy in {to}" in err
        to.rmdir()
        (tmp_path / "away").rename(to)
        await here.tells(AGAIN)
        await copied(to)
        said = [json.loads(line) for line in here.program.said if '"copies"' in line]
        told = [line["what"] for line in said if "same disk" not in line["what"]]
        assert len(told) <= 5, told
        assert len(set(told)) == len(told) or told.count(told[0]) <= 2
        figures = (await fetched(port, "metrics"))[1]
        assert "opschaalgids_copies_well 1.0" in figures
        assert here.kept() == first(3)


async def test_a_disk_that_does_not_answer_is_told_of_and_no_answer_waits(tmp_path: Path) -> None:
    """Played by a process that copies and stands still, after another was killed."""
    to = tmp_path / "other"
    async with copying(tmp_path, to) as here:
        phone = await here.begun(2)
        await copied(to)
        (killed,) = children(here.program.running.pid)
        os.kill(killed, signal.SIGKILL)
        await copied(to)
        (child,) = children(here.program.running.pid)
        assert child != killed
        os.kill(child, signal.SIGSTOP)
        await here.walks(phone, "Gemeente Ede")
        await here.tells("it takes longer than 6 seconds")
        await here.walks(phone, "started")
        os.kill(child, signal.SIGCONT)
        await here.tells(AGAIN)
        await copied(to)
        os.kill(child, signal.SIGSTOP)
        assert await here.program.stop() == 0
        await until(lambda: ended(child))


def more(to: Path, count: int) -> bool:
    return len(copies.made(to)) > count


def ended(pid: int) -> bool:
    """Also where nobody has asked yet how."""
    try:
        said = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return True
    return said.rpartition(")")[2].split()[0] == "Z"


def children(pid: int) -> list[int]:
    """The processes that one started."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in found.split()]


async def test_a_clock_that_steps_changes_neither_order_nor_age(tmp_path: Path) -> None:
    """Two days ahead and back: the newest is what was made last, and nothing goes by that clock."""
    clock, port, to = tmp_path / "clock", free_port(), tmp_path / "other"
    clock.write_text("0")
    settings = {"CLOCK": str(clock), "OPSCHAALGIDS_WATCH": f"127.0.0.1:{port}"}
    async with copying(tmp_path, to, **settings) as here:
        phone = await here.begun(2)
        await copied(to)
        before = copies.made(to)
        for seconds, move in ((172_800, "Gemeente Ede"), (0, "started"), (-7200, "running")):
            clock.write_text(str(seconds))
            await here.walks(phone, move)
            count = len(copies.made(to))
            await until(partial(more, to, count), 60)
            await until(lambda: not here.look.unsaid("1001"))
        assert set(before) <= set(copies.made(to))
        figures = (await fetched(port, "metrics"))[1]
        (age,) = (x for x in figures.splitlines() if x.startswith("opschaalgids_copy_age_seconds"))
        assert float(age.split()[1]) < 60
        newest = Series(tmp_path / "guide.db", tmp_path / "key", to).newest()
        assert newest.path == copies.made(to)[-1]


def test_who_answers_waits_for_no_copy_to_empty_the_log(anna: Person) -> None:
    """Something was erased while a copy reads: it is gone from the log once that one is done."""
    database, key = anna.folder / "guide.db", anna.folder / "key"
    reader, program = open_database(database, key), open_database(database, key, 0.5)
    reader.conn.execute("BEGIN")
    reader.execute("SELECT COUNT(*) FROM people").fetchall()
    program.conn.execute("INSERT INTO facts(name, value) VALUES ('heard', 'x')")
    began = steady()
    assert not scrubbed(program)
    assert steady() - began < 0.4
    reader.conn.execute("COMMIT")
    assert scrubbed(program)
    assert not database.with_name("guide.db-wal").stat().st_size
    assert program.execute("PRAGMA busy_timeout").fetchone() == (500,)
    for db in (reader, program):
        db.close()


# ---------------------------------------------------------------- which stay


def aged(*ages: float) -> list[float]:
    """Moments before now, which is 100 days after 1970."""
    return [100 * DAY - age for age in ages]


def test_all_of_an_hour_one_an_hour_one_a_day_stay() -> None:
    moments = aged(*range(40 * DAY, 0, -60))
    left = [m for m, stays in zip(moments, kept(moments, 100 * DAY, 35), strict=True) if stays]
    ages = [100 * DAY - m for m in left]
    assert sum(age < HOUR for age in ages) == 59
    assert 23 <= sum(HOUR <= age < DAY for age in ages) <= 25
    assert 34 <= sum(age >= DAY for age in ages) <= 36
    assert max(ages) < 35 * DAY
    gaps = [b - a for a, b in pairwise(left)]
    assert max(gaps) <= DAY + HOUR


def test_thinned_each_minute_for_fifty_days_it_stays_so() -> None:
    """What stays depends on no earlier thinning; it never grows, and nothing is too old."""
    held: list[float] = []
    for minute in range(50 * 24 * 4):
        at = minute * 900.0
        held = [m for m, stays in zip([*held, at], kept([*held, at], at, 35), strict=True) if stays]
        assert held[-1] == at
        assert at - held[0] < 35 * DAY
    assert 34 + 23 <= len(held) <= 35 + 25 + 5
    gaps = [b - a for a, b in pairwise(held)]
    assert max(gaps) <= 2 * DAY


@pytest.mark.parametrize("seed", range(20))
def test_the_newest_always_stays_whatever_the_clock_says(seed: int) -> None:
    pick = random.Random(seed)  # noqa: S311 - repeatable
    moments = [pick.uniform(0, 400 * DAY) for _ in range(50)]
    stays = kept(moments, pick.uniform(0, 400 * DAY), 35)
    assert stays[-1]


def test_nothing_is_removed_where_there_is_nothing() -> None:
    assert kept([], 0, 35) == []


# ---------------------------------------------------------------- put back


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    found = Installed(tmp_path).filled(20)
    (tmp_path / "other").mkdir(mode=0o700)
    found.runs("doctor")  # writes the list of what was erased
    return found


def series(installed: Installed) -> Series:
    folder = installed.folder
    return Series(installed.database, folder / "key", folder / "other", along=True)


def add(installed: Installed, days: float = 0) -> Path:
    return series(installed).add(now(ZONE) - timedelta(days=days))


def test_the_newest_that_is_whole_is_put_back_and_what_is_not_is_said(installed: Installed) -> None:
    whole, cut, bare = add(installed, 3), add(installed, 2), add(installed, 1)
    cut.write_bytes(cut.read_bytes()[:-4096])
    copies.manifest_of(bare).unlink()
    other = {"OPSCHAALGIDS_COPIES_TO": str(installed.folder / "other")}
    code, out, err = installed.runs("restore", **other)
    assert code == 0
    assert out.startswith(f"{whole} is the database now.\nWhat was said since ")
    assert err == f"{cut} is not what was backed up any more; take another backup.\n"


def test_by_number_and_not_by_name_one_is_the_newest(installed: Installed) -> None:
    """A clock that stepped back an hour, as people's clocks do in October."""
    add(installed)
    later = add(installed, 1 / 24)
    assert copies.made(installed.folder / "other")[-1] == later


def test_the_list_of_what_was_erased_comes_back_with_a_copy(installed: Installed) -> None:
    """It burnt with the database; an older copy is put back, and may not bring anybody back."""
    older = add(installed)
    keys = read_keys(installed.database, installed.folder / "key")
    erased = erased_beside(installed.database, keys)
    erased.add(["person x"], now(ZONE).date())
    add(installed)
    erased.path.unlink()  # type: ignore[union-attr]
    installed.database.unlink()
    code, _, err = installed.runs("restore", str(older))
    assert (code, err) == (0, "")
    assert erased.among(["person x"])


def lost(person: Person, ago: timedelta) -> list[str]:
    """What is said once the guide is heard again, after what came for so long is lost."""
    everybody = Presence(person.conversation, "heard_at", None, bool, bool)
    with person.store.transaction():
        person.store.remember("lost_since", (person.now - ago).isoformat())
        everybody.note(person.now)
    rows = person.store.rows("SELECT body FROM outbox ORDER BY id")
    return [row["body"] for row in rows if "kan weg zijn" in row["body"]]


def test_who_was_there_lately_hears_from_when_on_their_own_clock(anna: Person) -> None:
    """Also between two pilots, where no question is open; who was there long ago does not."""
    anna.starts()
    anna.presses("agree")
    anna.store.db.execute("UPDATE canvases SET question = NULL")
    anna.store.db.execute("UPDATE people SET zone = 'America/Kralendijk'")
    (said,) = lost(anna, timedelta(seconds=40))
    assert f"vanaf 23 november 2026, {anna.now - timedelta(hours=5):%H:%M} stuurde" in said
    anna.now += timedelta(days=3)
    assert lost(anna, timedelta(seconds=40)) == [said]


def test_no_copy_or_no_folder_is_said_in_a_sentence(installed: Installed) -> None:
    other = {"OPSCHAALGIDS_COPIES_TO": str(installed.folder / "other")}
    assert "Name the FILE" in installed.runs("restore")[2]
    code, _, err = installed.runs("restore", **other)
    assert (code, err.count("\n")) == (2, 1)
    assert "has no copy that can be put back" in err


def test_the_copy_says_until_when_nothing_changed(installed: Installed) -> None:
    copy, at = add(installed, 1), now(ZONE)
    assert series(installed).still(copy, at)
    manifest = copies.described(copy)
    assert manifest
    assert manifest.as_of == at
    assert replace(manifest, until="").as_of < at - timedelta(hours=23)
    assert copies.fault(copy, read_keys(installed.database, installed.folder / "key")) == ""
    assert not series(installed).still(copy.with_name("opschaalgids-20200101-000000.db"), at)


def test_doctor_finds_an_old_copy_a_spoilt_one_and_one_that_others_can_read(
    installed: Installed,
) -> None:
    to = installed.folder / "other"
    settings = {"OPSCHAALGIDS_COPIES_TO": str(to)}
    copy = add(installed, 1)
    to.chmod(0o755)
    (to / "opschaalgids-20260101-000000.db.0a1b2c3d.part").touch()
    code, out, err = installed.runs("doctor", **settings)
    assert code == 1
    assert f"copies: 1 in {to}, as of " in out
    assert f"run: chmod 700 {to}" in err
    assert "is on the same disk as the database" in err
    assert f"The newest copy in {to} is 86400 seconds old" in err.replace("86401", "86400")
    assert "was left by a program that was stopped" in err
    copy.write_bytes(b"x")
    assert "is not what was backed up any more" in installed.runs("doctor", **settings)[2]
    shutil.rmtree(to)
    assert "cannot be reached" in installed.runs("doctor", **settings)[2]


# ---------------------------------------------------------------- how it is set


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"DATABASE": "postgresql://gids@db/gids", "COPIES_TO": "/mnt/x"}, "take it out"),
        ({"DATABASE": "/srv/gids/guide.db", "COPIES_TO": "/srv/gids"}, "another disk"),
        ({"DATABASE": "/srv/gids/guide.db", "COPIES_TO": "/srv/gids/backups"}, "another disk"),
        ({"COPIES_TO": "copies"}, "the whole path"),
        ({"COPIES_EVERY": "1"}, "2 to 3600"),
        ({"COPIES_EVERY": "soon"}, "2 to 3600"),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_sentence(settings: dict[str, str], why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        settings_from({f"OPSCHAALGIDS_{name}": value for name, value in settings.items()})


def test_a_reason_is_the_same_each_minute(tmp_path: Path) -> None:
    """No name that holds a time, and the disk's own words."""
    cause = OSError(28, "No space left on device", str(tmp_path / "opschaalgids-1.db"))
    error = StoreError("something longer")
    error.__cause__ = cause
    assert reason(error, tmp_path) == "No space left on device"
