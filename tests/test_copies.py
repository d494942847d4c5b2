"""Backup and restore beside the running program."""

from __future__ import annotations

from pathlib import Path

from bot.clock import now
from storage.database.connection import open_database
from tests.faults import MOVES, ZONE, Here, first
from tests.walkers import until


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
