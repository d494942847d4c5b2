"""What the world does to the program, and what is expected then: nothing is lost, nobody twice."""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import signal
import socket
import subprocess
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot import cli
from bot.clock import now
from content.loader import newest
from storage.database import open_database
from storage.store import Store
from storage.trouble import StoreError, in_one_sentence
from tests.crossing import Launched
from tests.people import Person
from tests.phones import Phone
from tests.program import INSTALLED, Look
from tests.standin import TOKEN, StandIn
from tests.walkers import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

SAY = newest().words["nl"]["messages"]["say"]
MOVES = ("agree", "Jongeren aan zet", "Gemeente Ede", "started", "running", "Wachten duurt lang")
KEYS = ("pilot.name", "pilot.organisation", "pilot.origin", "pilot.stage", "impact.issue")
GIVEN = dict(zip(KEYS, MOVES[1:], strict=True))
REFUSES = "the database refuses for now"
STATE = "SELECT id, ref, created_at, sent_at, failed, message FROM outbox WHERE chat = ?"
ZONE = "Europe/Amsterdam"


@dataclass
class Here:
    """The stand-in, the program by way of its launcher, and a look at its database."""

    folder: Path
    standin: StandIn
    program: Launched
    look: Look

    def phone(self, number: int = 1001) -> Phone:
        return Phone(self.standin, number)

    async def begun(self, moves: int = 3, number: int = 1001) -> Phone:
        """Somebody after so many of the moves."""
        phone = self.phone(number)
        await phone.starts()
        await self.hears(phone)
        await self.walks(phone, *MOVES[:moves])
        return phone

    async def walks(self, phone: Phone, *moves: str) -> None:
        for move in moves:
            await act(phone, move)
            await self.hears(phone)

    async def hears(self, phone: Phone) -> None:
        """Until there is a new question and nothing is left to say."""
        try:
            await phone.asked(timeout=20, quiet=0)
        except AssertionError as error:
            error.add_note(f"{self.program.said} {self.look.rows(STATE, str(phone.room.id))}")
            raise
        await until(lambda: not self.look.unsaid(str(phone.room.id)), 20)

    def kept(self, number: int = 1001) -> list[tuple[str, Any]]:
        """Every answer of theirs, in the order of keeping."""
        rows = self.look.rows(
            "SELECT a.question, a.value FROM answers a JOIN canvases c ON c.id = a.canvas "
            "JOIN people p ON p.id = c.person WHERE p.chat = ? ORDER BY a.id",
            str(number),
        )
        return [(row["question"], json.loads(row["value"] or "null")) for row in rows]

    async def tells(self, words: str, times: int = 1) -> None:
        """Until it logged that."""
        await until(lambda: sum(words in line for line in self.program.said) >= times, 20)

    async def restarts(self, **settings: str) -> None:
        self.look.close()
        assert await self.program.stop() == 0
        self.program.settings = settings
        await self.program.start()

    async def runs(self, *arguments: str) -> tuple[int, str, str]:
        """Another command of the real program: its code, and what it said."""
        process = await asyncio.create_subprocess_exec(
            INSTALLED, *arguments, env=self.program.environment(), cwd=self.folder,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()


async def act(phone: Phone, move: str) -> None:
    """A press where there is such a button, or else typed."""
    if any(data.endswith(f":{move}") for _, data in phone.buttons):
        await phone.presses(key=move)
    else:
        await phone.types(move)


def first(count: int) -> list[tuple[str, Any]]:
    """The first answers of the walk."""
    return list(GIVEN.items())[:count]


@asynccontextmanager
async def running(folder: Path, **settings: str) -> AsyncIterator[Here]:
    async with StandIn() as standin:
        program = Launched(folder, standin, standin.token, settings)
        here = Here(folder, standin, program, Look(folder))
        try:
            async with program:
                yield here
            assert standin.refused == []
            typed = [*MOVES[1:3], MOVES[5], TOKEN.partition(":")[2]]
            assert not [line for line in program.said for word in typed if word in line]
            assert not [line for line in program.said if "Traceback" in line]
        finally:
            here.look.close()


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with running(tmp_path) as found:
        yield found


# ---------------------------------------------------------------- the disk
# Expected: nothing is acknowledged that was not kept, one line says why, and as soon
# as the disk takes it all goes on, each answer once and each message once.


def room_on_disk(here: Here, size: int = resource.RLIM_INFINITY) -> None:
    """No file of the running program may grow beyond this."""
    pid = here.program.running.pid
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


async def test_a_full_disk_is_waited_out(here: Here) -> None:
    phone = await here.begun(2)
    room_on_disk(here, 4096)
    await phone.types("Gemeente Ede")
    await here.tells(REFUSES, times=2)
    assert len(here.standin.world.updates.waiting()) == 1
    assert here.kept() == first(1)
    room_on_disk(here)
    await here.hears(phone)
    await here.walks(phone, "started")
    assert here.kept() == first(3)


async def test_a_disk_that_is_full_after_sending_doubles_nothing(here: Here) -> None:
    phone = await here.begun(2)
    here.standin.faults.seconds = 2.0  # room for a busy machine between arriving and recording
    # Of this call alone: the menu may still be on its way.
    here.standin.faults.methods = frozenset({"sendMessage"})
    here.standin.faults.then("slow")
    await phone.types("Gemeente Ede")
    await phone.asked(quiet=0)
    room_on_disk(here, 4096)
    await here.tells(REFUSES)
    before = phone.view
    room_on_disk(here)
    await here.hears(phone)
    assert phone.view == before


async def test_a_full_disk_and_a_kill_lose_nothing(here: Here) -> None:
    phone = await here.begun(2)
    room_on_disk(here, 4096)
    await phone.types("Gemeente Ede")
    await here.tells(REFUSES)
    here.look.close()
    await here.program.kill()
    await here.program.start()
    await here.hears(phone)
    assert here.kept() == first(2)


async def test_a_full_disk_at_the_first_start_ends_it_in_one_sentence(tmp_path: Path) -> None:
    async with StandIn() as standin:
        program = Launched(tmp_path, standin, standin.token, {"FILE_LIMIT": "4096"})
        await program.launch()
        assert await program.ends() == 2
        assert len(program.said) == 1
        assert program.said[0].startswith("opschaalgids: ")


async def test_a_database_that_takes_no_writes_is_waited_out(here: Here) -> None:
    phone = await here.begun(2)
    await here.restarts(READ_ONLY="1")
    await phone.types("Gemeente Ede")
    await here.tells(REFUSES, times=2)
    assert len(here.standin.world.updates.waiting()) == 1
    await here.restarts()
    await here.hears(phone)
    assert here.kept() == first(2)


@contextmanager
def read_only(path: Path) -> Iterator[None]:
    """By its permissions; for root, whom they do not bind, by the file system's own mark."""
    mode, root = path.stat().st_mode, os.geteuid() == 0
    path.chmod(mode & 0o555)
    try:
        if root and subprocess.run(["chattr", "+i", path], check=False, capture_output=True).stderr:
            pytest.skip("nothing here is read-only to root")
        yield
    finally:
        if root:
            subprocess.run(["chattr", "-i", path], check=False, capture_output=True)
        path.chmod(mode)


@pytest.mark.parametrize("what", ["guide.db", "."])
async def test_a_read_only_file_or_folder_ends_it_in_one_sentence(what: str, here: Here) -> None:
    await here.begun(2)
    here.look.close()
    await here.program.stop()
    with read_only(here.folder / what):
        await here.program.launch()
        assert await here.program.ends() == 2
    assert [line[:14] for line in here.program.said] == ["ready", "opschaalgids: "]
    await here.program.start()
    assert here.kept() == first(1)


# ---------------------------------------------------------------- a lock


async def test_a_locked_database_is_waited_for(here: Here) -> None:
    """Expected: all waits while another program writes, and then goes on."""
    phone = await here.begun(2)
    other = open_database(here.folder / "guide.db", here.folder / "key")
    other.conn.execute("BEGIN EXCLUSIVE")
    await phone.types("Gemeente Ede")
    await asyncio.sleep(1.5)  # for so long it is held
    assert here.kept() == first(1)
    other.conn.execute("ROLLBACK")
    other.close()
    await here.hears(phone)
    assert here.kept() == first(2)


async def test_a_locked_database_does_not_hold_up_the_end(here: Here) -> None:
    """Expected: SIGTERM ends it in seconds, and what was not kept comes again."""
    phone = await here.begun(2)
    other = open_database(here.folder / "guide.db", here.folder / "key")
    other.conn.execute("BEGIN EXCLUSIVE")
    await phone.types("Gemeente Ede")
    await until(lambda: phone.room.handed is not None)
    os.kill(here.program.running.pid, signal.SIGTERM)
    assert await here.program.ends(within=5) == 0
    other.conn.execute("ROLLBACK")
    other.close()
    await here.program.start()
    await here.hears(phone)
    assert here.kept() == first(2)


# ---------------------------------------------------------------- damage
# Expected: it works with every answer as it was, or ends with code 2 and one sentence.

SEEDS = range(int(os.environ.get("DAMAGES", "8")))  # noqa: TID251


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with answers, closed."""
    folder = tmp_path_factory.mktemp("sound")
    person = Person(folder)
    person.starts()
    person.presses("agree")
    for name in ("Jongeren aan zet", "Gemeente Ede"):
        person.types(name)
    for choice in ("started", "running"):
        person.presses(choice)
    person.types("Wachten duurt lang. " * 150)
    person.store.close()
    return folder


def damaged(sound: Path, folder: Path, seed: int) -> None:
    """A copy in which bytes changed, or a stretch is zeros, or the end is missing."""
    pick = random.Random(seed)  # noqa: S311 - repeatable
    content = bytearray((sound / "guide.db").read_bytes())
    at = pick.randrange(len(content))
    if seed % 3 == 0:
        for _ in range(pick.randint(1, 40)):
            content[pick.randrange(len(content))] ^= pick.randint(1, 255)
    elif seed % 3 == 1:
        stretch = min(pick.choice([16, 512, 4096, 20_000]), len(content) - at)
        content[at : at + stretch] = bytes(stretch)
    else:
        del content[at:]
    (folder / "guide.db").write_bytes(content)
    (folder / "key").write_bytes((sound / "key").read_bytes())


def exported(folder: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: Any) -> tuple[int, Any]:
    """The code of an export, and the answers."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("OPSCHAALGIDS_DATABASE", str(folder / "guide.db"))
    monkeypatch.setenv("OPSCHAALGIDS_KEY_FILE", str(folder / "key"))
    code = cli.run(["export", "--format", "json", "--all"])
    out, err = capfdbinary.readouterr()
    if code:
        assert err.startswith(b"opschaalgids: ")
        assert err.count(b"\n") == 1
        return code, None
    return code, [canvas["answers"] for canvas in json.loads(out)["canvases"]]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_damaged_database_works_or_refuses(
    seed: int,
    sound: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    _, answers = exported(sound, monkeypatch, capfdbinary)
    damaged(sound, tmp_path, seed)
    code, found = exported(tmp_path, monkeypatch, capfdbinary)
    assert (code, found) in ((0, answers), (2, None))
    with suppress(StoreError), in_one_sentence(tmp_path):
        person = Person(tmp_path)
        person.types("Nog een antwoord")
        person.store.close()


@pytest.mark.parametrize("seed", range(5))
async def test_the_program_over_a_damaged_database_works_or_ends(
    seed: int, sound: Path, tmp_path: Path
) -> None:
    damaged(sound, tmp_path, seed)
    async with StandIn() as standin:
        program = Launched(tmp_path, standin, standin.token)
        await program.launch()
        await program.ready.wait()
        if program.said[-1] == "ready":
            phone = Phone(standin, 1001)
            await phone.starts()
            ended = asyncio.ensure_future(program.running.wait())
            hears = asyncio.ensure_future(phone.asked(timeout=20))
            await asyncio.wait({ended, hears}, return_when=asyncio.FIRST_COMPLETED)
            hears.cancel()
        code = await program.stop()
    told = [line for line in program.said if line != "ready"]
    assert (code, [line[:14] for line in told]) in ((0, []), (2, ["opschaalgids: "]))


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_log_loses_at_most_its_end(seed: int, tmp_path: Path) -> None:
    """Expected, as SQLite has it: what stands after the damage is gone, nothing is changed."""
    anna = Person(tmp_path)
    anna.starts()
    anna.presses("agree")
    for text in ("Jongeren aan zet", "Gemeente Ede"):
        anna.types(text)
    copy = tmp_path / "copy"
    copy.mkdir()
    pick = random.Random(seed)  # noqa: S311 - repeatable
    for name in ("guide.db", "guide.db-wal", "key"):
        content = bytearray((tmp_path / name).read_bytes())
        if name == "guide.db-wal":
            content[pick.randrange(len(content))] ^= 255
        (copy / name).write_bytes(content)
    whole = anna.answer_rows()
    anna.store.close()
    with suppress(StoreError):
        bram = Person(copy)
        rows = bram.answer_rows()
        bram.store.close()
        assert rows == whole[: len(rows)]


# ---------------------------------------------------------------- the clock
# Expected: answers are kept once, and a question on the screen can still be answered.


def clock(folder: Path, wrong_by: timedelta) -> str:
    path = folder / "clock"
    path.with_suffix(".new").write_text(str(wrong_by.total_seconds()))
    path.with_suffix(".new").replace(path)
    return str(path)


@pytest.mark.parametrize("years", [5, -5, 0.001])
async def test_a_clock_that_jumps_and_comes_back(years: float, tmp_path: Path) -> None:
    there = timedelta(days=365 * years)
    path = clock(tmp_path, timedelta())
    async with running(tmp_path, CLOCK=path) as here:
        phone = await here.begun(3)
        clock(tmp_path, there)
        await here.walks(phone, "started")
        clock(tmp_path, timedelta())
        await here.walks(phone, "running", "Wachten duurt lang")
        assert here.kept() == list(GIVEN.items())
        assert await here.program.stop() == 0
        assert here.program.said == ["ready"]
        assert not [bubble for bubble in phone.view if "niet bereikbaar" in bubble.text]


@pytest.mark.parametrize("change", ["2026-10-25T00:45:00+00:00", "2027-03-28T00:45:00+00:00"])
async def test_daylight_saving_keeps_the_order_of_answers(change: str, tmp_path: Path) -> None:
    """In the night that an hour comes twice, and the one in which it is missing."""
    wrong_by = datetime.fromisoformat(change) - now("UTC")
    async with running(tmp_path, CLOCK=clock(tmp_path, wrong_by)) as here:
        phone = await here.begun(3)
        await here.walks(phone, "started")
        clock(tmp_path, wrong_by + timedelta(minutes=30))
        await here.walks(phone, "running")
        assert here.kept() == first(4)
        rows = here.look.rows("SELECT at FROM answers WHERE question LIKE 'pilot.%' ORDER BY id")
        before, after = (datetime.fromisoformat(row["at"]) for row in rows[-2:])
        assert before.utcoffset() != after.utcoffset()
        assert timedelta(minutes=29) < after.astimezone(UTC) - before.astimezone(UTC)


# ---------------------------------------------------------------- updates in a strange way
# Expected: one effect each, whatever their order and number.


async def test_updates_that_come_twice_count_once(here: Here) -> None:
    here.standin.duplicate = True
    await here.begun(6)
    await until(lambda: not here.standin.world.updates.waiting())
    assert here.kept() == list(GIVEN.items())


async def test_updates_of_many_in_any_order(here: Here) -> None:
    phones = [await here.begun(2, 1001 + n) for n in range(8)]
    here.look.close()
    await here.program.stop()
    for phone in phones:
        await phone.types(f"Gemeente {phone.room.id}")
    pending = here.standin.world.updates.pending
    random.Random(1).shuffle(pending)  # noqa: S311 - repeatable
    here.standin.duplicate = True
    await here.program.start()
    for phone in phones:
        await here.hears(phone)
        city = ("pilot.organisation", f"Gemeente {phone.room.id}")
        assert here.kept(phone.room.id) == [*first(1), city]


async def test_numbers_that_start_anew_lower(here: Here) -> None:
    phone = await here.begun(3)
    here.standin.renumber(5)
    await here.walks(phone, "started")
    await here.restarts()
    await here.walks(phone, "running")
    here.standin.renumber(2)
    await here.walks(phone, "Wachten duurt lang")
    assert here.kept() == list(GIVEN.items())
    await until(lambda: not here.standin.world.updates.waiting())


# ---------------------------------------------------------------- away


async def away(here: Here, hours: float) -> list[list[str]]:
    """What each of these was told after it was gone for so long: open, blocked, a stranger."""
    phones = [await here.begun(moves, 1001 + n) for n, moves in enumerate((3, 3, 0))]
    await phones[1].blocks()
    await until(lambda: bool(here.look.rows("SELECT 1 FROM people WHERE gone_at IS NOT NULL")))
    here.look.close()
    await here.program.stop()
    await phones[1].unblocks()
    here.standin.world.updates.pending.clear()
    store = Store(open_database(here.folder / "guide.db", here.folder / "key"))
    with store.transaction():
        store.remember("heard_at", (now(ZONE) - timedelta(hours=hours)).isoformat())
    store.close()
    before = [len(phone.view) for phone in phones]
    for _ in range(2):
        await here.program.start()
        await here.tells("ready", times=here.program.said.count("ready"))
        await until(lambda: str(now(ZONE).date()) in heard_at(here))
        await until(lambda: not here.look.unsaid("1001"))
        here.look.close()
        await here.program.stop()
    return [[b.text for b in p.view[n:]] for p, n in zip(phones, before, strict=True)]


def heard_at(here: Here) -> str:
    (row,) = here.look.rows("SELECT value FROM facts WHERE name = 'heard_at'")
    last = datetime.fromisoformat(row["value"])
    return str(last.date()) if now(ZONE) - last < timedelta(minutes=1) else ""


async def test_after_a_day_away_each_with_an_open_question_hears_so_once(here: Here) -> None:
    (told,), *others = await away(here, hours=30)
    assert told.startswith("Ik was een tijd niet bereikbaar.")
    assert others == [[], []]


async def test_after_a_short_gap_nobody_hears_anything(here: Here) -> None:
    assert await away(here, hours=23) == [[], [], []]


# ---------------------------------------------------------------- a poison update

POISON = "Gemeente Gif"


async def test_a_poison_update_is_set_aside_and_taken_when_mended(tmp_path: Path) -> None:
    """Expected: told honestly, nobody else held up, listed, and taken once the cause is mended."""
    async with running(tmp_path, POISON=POISON) as here:
        anna, bram = await here.begun(2, 1001), await here.begun(2, 1002)
        await anna.types(POISON)
        await bram.types("Gemeente Ede")
        await here.hears(bram)
        await anna.waits()
        assert anna.last.text.startswith("Er ging iets mis aan mijn kant.")
        code, _, findings = await here.runs("doctor")
        assert code == 1
        assert "Number 1 of " in findings
        assert "ValueError" in findings
        assert POISON not in findings + "".join(here.program.said)
        await here.restarts()
        code, out, findings = await here.runs("doctor", "--retry")
        assert "update 1: taken\n" in out
        assert "set aside" not in findings
        await here.restarts()
        await until(lambda: not here.look.unsaid("1001"))
        assert here.kept(1001) == [*first(1), ("pilot.organisation", POISON)]
        assert here.kept(1002) == first(2)


async def test_what_was_mended_is_answered_by_the_running_program(tmp_path: Path) -> None:
    """Expected: doctor --retry beside the running program is enough."""
    async with running(tmp_path, POISON=POISON) as here:
        anna, bram = await here.begun(2, 1001), await here.begun(2, 1002)
        await anna.types(POISON)
        await anna.waits()
        await here.restarts()
        await here.runs("doctor", "--retry")
        await here.walks(bram, "Gemeente Ede")
        await until(lambda: not here.look.unsaid("1001"))


# ---------------------------------------------------------------- copies


async def backup(here: Here, *options: str) -> Path:
    code, out, err = await here.runs("backup", *options)
    assert (code, err) == (0, "")
    return Path(out.strip())


async def restore(here: Here, file: Path) -> tuple[int, str]:
    here.look.close()
    await here.program.stop()
    code, _, err = await here.runs("restore", str(file))
    return code, err


async def test_a_restore_is_as_at_the_backup(here: Here) -> None:
    """Expected: answers as they were, nothing old goes out, an old button means nothing new."""
    phone = await here.begun(3)
    here.standin.faults.methods = frozenset({"sendMessage"})
    here.standin.faults.bad_gateway = 1
    waiting = here.phone(1002)
    await waiting.starts()
    await until(lambda: here.look.unsaid("1002") > 0)
    file = await backup(here)
    here.standin.faults.bad_gateway = 0
    await here.hears(waiting)
    await here.walks(phone, "started", "running")
    later = phone.buttons
    assert await restore(here, file) == (0, "")
    heard = len(waiting.view)
    await here.program.start()
    assert here.kept() == first(2)
    await phone.presses_raw(later[0][1], phone.last.message_id)
    await here.hears(phone)
    assert here.kept() == first(2)
    await here.walks(phone, "started")
    assert here.kept() == first(3)
    assert not [b for b in waiting.view[heard:] if "Hallo" in b.text]


async def test_every_button_since_the_backup_means_nothing_new(here: Here) -> None:
    """However far the person went after the backup and goes after the restore."""
    phone = await here.begun(3)
    file = await backup(here)
    await here.walks(phone, *MOVES[3:])
    old = [(data, bubble.message_id) for bubble in phone.view for _, data in bubble.buttons]
    assert await restore(here, file) == (0, "")
    await here.program.start()
    await here.walks(phone, "/start", "started")
    for data, message in old:
        await phone.presses_raw(data, message)
        await phone.answered(timeout=20)
        await until(lambda: not here.look.unsaid("1001"), 20)
        assert here.kept() == first(3)


async def test_a_restore_refuses_what_it_cannot_trust(here: Here) -> None:
    """Expected: code 2, one sentence, and the database stands as it was."""
    await here.begun(3)
    file, key = await backup(here), here.folder / "key"
    newer = await backup(here, "--to", str(here.folder / "newer"))
    db = open_database(newer, key)
    db.execute("UPDATE _sqlite_migrations SET name = 'of_tomorrow' WHERE name = 'chat_form'")
    db.close()
    newer.with_suffix(".json").unlink()
    refuses(await restore(here, newer), "written by a newer version")
    right = key.read_text()
    key.write_text("ab" * 32 + "\n")
    refuses(await restore(here, file), "the key is not the one")
    key.write_text(right)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    refuses(await restore(here, file), "is not what was backed up")
    await here.program.start()
    assert here.kept() == first(2)


def refuses(said: tuple[int, str], why: str) -> None:
    code, err = said
    assert code == 2
    assert err.startswith("opschaalgids: ")
    assert err.count("\n") == 1
    assert why in err


async def test_a_restore_waits_for_no_running_program(here: Here) -> None:
    await here.begun(2)
    file = await backup(here)
    code, _, err = await here.runs("restore", str(file))
    refuses((code, err), "Another opschaalgids runs")
    assert here.kept() == first(1)


async def test_so_many_copies_are_kept(here: Here) -> None:
    """Expected: the newest stay, each with its manifest, and none holds the key."""
    files = []
    for _ in range(3):
        files.append(await backup(here, "--keep", "2"))
        await until(lambda: f"{now(ZONE):%H%M%S}" not in files[-1].name)
    folder = files[0].parent
    assert sorted(folder.glob("*.db")) == files[1:]
    assert sorted(folder.glob("*.json")) == [file.with_suffix(".json") for file in files[1:]]
    key = (here.folder / "key").read_text().strip()
    for path in folder.iterdir():
        assert key.encode() not in path.read_bytes()
        assert bytes.fromhex(key) not in path.read_bytes()


# ---------------------------------------------------------------- watching


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def fetched(port: int, page: str) -> tuple[int, str]:
    url = f"http://127.0.0.1:{port}/{page}"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.text()


async def test_the_program_can_be_watched(tmp_path: Path) -> None:
    """Expected: well while it hears Telegram, with figures and no words or chats in them."""
    port = free_port()
    settings = {"OPSCHAALGIDS_WATCH": f"127.0.0.1:{port}", "POISON": POISON}
    async with running(tmp_path, **settings) as here:
        phone = await here.begun(2)
        await phone.types(POISON)
        await phone.waits()
        code, health = await fetched(port, "healthz")
        assert (code, json.loads(health)["ok"]) == (200, True)
        await until(lambda: not here.look.unsaid("1001"))
        code, figures = await fetched(port, "metrics")
        assert code == 200
        known = dict(line.rsplit(" ", 1) for line in figures.splitlines() if line[0] != "#")
        assert float(known['opschaalgids_updates_total{kind="text"}']) == 3
        assert float(known['opschaalgids_updates_total{kind="press"}']) == 1
        assert float(known["opschaalgids_set_aside"]) == 1
        assert float(known["opschaalgids_outbox_messages"]) == 0
        assert float(known["opschaalgids_turn_seconds_count"]) >= 4
        assert "1001" not in figures + health
        assert POISON not in figures


async def test_logs_hold_no_word_and_no_token(tmp_path: Path) -> None:
    """Expected in all kinds of trouble: JSON lines, nothing typed, no chat, no token."""
    async with running(tmp_path, POISON=POISON) as here:
        phone = await here.begun(2)
        here.standin.faults.then("bad_gateway", "cut_before", "too_many")
        await phone.types(POISON)
        await phone.waits(timeout=20)
        here.standin.world.tells(phone.room, "message", {"text": "Vertrouwelijk woord"})
        await here.tells("cannot be read")
        room_on_disk(here, 4096)
        await phone.types("Vertrouwelijk woord")
        await here.tells(REFUSES)
        room_on_disk(here)
        await here.hears(phone)
        assert await here.program.stop() == 0
        lines = [line for line in here.program.said if line != "ready"]
        assert len(lines) >= 3
        for line in lines:
            assert {"at", "level", "from", "what"} <= set(json.loads(line))
            for secret in (POISON, "Vertrouwelijk", "1001", here.program.token):
                assert secret not in line
