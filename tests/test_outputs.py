"""What commands write: never over what the guide lives on, through no link, for the owner only."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from bot.channel_settings import SettingsError
from bot.config import read_settings
from storage.database.connection import open_database
from tests.commands import taking
from tests.desks import Room
from tests.installed import Installed
from tests.storages import of_a_file

OUTPUTS = {
    "export --output": ("export", "--format", "json", "--output"),
    "export --traject": ("export", "--format", "csv", "--traject", "1", "--output"),
    "traject invite --pdf": ("traject", "invite", "1", "-", "--pdf"),
}
OWN = [
    "guide.db", "./guide.db", "guide.db-wal", "guide.db-shm", "guide.db.erased", "guide.db.lock",
    "guide.db.before-20260101-000000", "key", "backups/COPY", "backups/MANIFEST", "way/guide.db",
]  # fmt: skip


pytestmark = of_a_file  # with a backup of it


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    """With a trajectory, a backup, and a link to its folder."""
    room = Room(tmp_path)
    room.adviser(room.kwartiermaker("Karin", "Jongeren Zuid"), "Zutphen", "Anna")
    room.operator.store.remember("link", "https://t.me/proefbot?start=")
    room.operator.store.close()
    found = Installed(tmp_path)
    assert found.runs("backup")[0] == 0
    (tmp_path / "way").symlink_to(tmp_path)
    return found


def content(folder: Path) -> dict[str, bytes]:
    """Of all but the log, which reading moves."""
    files = [p for p in folder.rglob("*") if p.is_file() and not p.name.endswith(("-wal", "-shm"))]
    return {str(p): p.read_bytes() for p in files}


def counts(installed: Installed) -> int:
    db = open_database(installed.database, installed.folder / "key")
    found = db["people"].count
    db.close()
    return int(found)


def test_every_option_that_takes_a_path_is_here() -> None:
    """A FILE is read; a FOLDER gets names of the guide's own."""
    assert taking({"PATH"}) == {("export", "--output"), ("traject invite", "--pdf")}
    assert taking({"FOLDER"}) == {("backup", "--to")}
    reads = {("forget", "--log"), ("restore", "file"), ("traject invite", "file")}
    assert taking({"FILE"}) == reads


@pytest.mark.parametrize("which", OUTPUTS)
def test_nothing_goes_over_what_the_guide_lives_on(which: str, installed: Installed) -> None:
    """Expected: code 2, one sentence, and every file as it was."""
    (copy,) = (installed.folder / "backups").glob("*.db")
    people, before = counts(installed), content(installed.folder)
    for name in OWN:
        path = name.replace("COPY", copy.name).replace("MANIFEST", f"{copy.stem}.json")
        code, out, err = installed.runs(*OUTPUTS[which], path)
        assert (code, out, err.count("\n")) == (2, "", 1), name
        assert "lives on" in err
    assert content(installed.folder) == before
    assert counts(installed) == people


@pytest.mark.parametrize("which", OUTPUTS)
@pytest.mark.parametrize("to", ["target", "nowhere", "guide.db", "/dev/null"])
def test_no_link_is_followed(which: str, to: str, installed: Installed) -> None:
    """Expected: neither what it leads to is changed, nor the link."""
    (installed.folder / "target").write_text("of somebody else")
    link = installed.folder / "out"
    link.symlink_to(installed.folder / to)
    before = content(installed.folder)
    code, _, err = installed.runs(*OUTPUTS[which], "out", typed="Ede\n")
    assert (code, err.count("\n")) == (2, 1)
    assert link.is_symlink()
    assert content(installed.folder) == before


@pytest.mark.parametrize("which", OUTPUTS)
def test_only_its_owner_reads_it(which: str, installed: Installed) -> None:
    """Also where a file stood there that all could read."""
    path = installed.folder / "out"
    path.touch(0o644)
    path.chmod(0o644)
    code, _, err = installed.runs(*OUTPUTS[which], "out", typed="Ede\n")
    assert (code, err) == (0, "")
    assert path.stat().st_size > 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in installed.folder.glob("*part*")] == []


def test_a_pipe_and_a_device_are_written_to(installed: Installed) -> None:
    assert installed.runs(*OUTPUTS["export --output"], "/dev/null")[0] == 0
    assert Path("/dev/null").is_char_device()
    os.mkfifo(installed.folder / "pipe")
    with subprocess.Popen(["cat", installed.folder / "pipe"], stdout=subprocess.PIPE) as reader:
        assert installed.runs(*OUTPUTS["export --output"], "pipe")[0] == 0
        assert reader.communicate()[0].startswith(b"{")


def test_all_that_an_installation_writes_is_its_owners(installed: Installed) -> None:
    for path in (installed.folder, *installed.folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


# ---------------------------------------------------------------- settings


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / ".env"
    path.write_text("OPSCHAALGIDS_LANGUAGE=en\n")
    path.chmod(0o644)
    return path


def test_a_file_of_ones_own_or_of_root_is_read(settings: Path) -> None:
    for mode in (0o400, 0o600, 0o640, 0o644):
        settings.chmod(mode)
        assert read_settings(settings).language == "en"


def test_what_others_can_write_is_refused(settings: Path) -> None:
    for mode in (0o602, 0o646, 0o666, 0o777):
        settings.chmod(mode)
        with pytest.raises(SettingsError, match="can be written by others") as refused:
            read_settings(settings)
        assert str(refused.value).count("\n") == 0


@pytest.mark.skipif(not shutil.which("chown") or os.geteuid() != 0, reason="needs root")
def test_a_group_may_write_only_where_it_is_the_owners_own(settings: Path) -> None:
    """1234 has no name here; group 0 is root's own, group 1 is many a program's."""
    for owner, group, right in (
        (0, 0, True), (0, 1, False), (0, 1234, False), (1234, 1234, False), (1, 1, False),
    ):  # fmt: skip
        os.chown(settings, owner, group)
        settings.chmod(0o664)
        assert reads(settings) == right, (owner, group)
    os.chown(settings.parent, 1234, 1234)
    os.chown(settings, 1234, 1234)
    assert reads(settings), "root works in somebody's folder, with that one's own group"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_a_file_of_somebody_else_is_refused(settings: Path) -> None:
    """Such as one that waits in a folder where all can write."""
    os.chown(settings, 1234, 0)
    assert not reads(settings)


def reads(path: Path) -> bool:
    try:
        read_settings(path)
    except SettingsError:
        return False
    return True


def test_the_command_says_it_in_one_sentence(installed: Installed) -> None:
    (installed.folder / ".env").write_text("OPSCHAALGIDS_LANGUAGE=en\n")
    (installed.folder / ".env").chmod(0o666)
    code, _, err = installed.runs("doctor")
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith("opschaalgids: ")
