"""What an operator can do with someone's data, through the real command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.test_cli import Terminal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


def does(desk: Terminal, *arguments: str) -> str:
    """A command that goes well; what it says."""
    found = desk.run(*arguments)
    assert (found.returncode, found.stderr) == (0, b""), found.stderr.decode()
    return found.stdout.decode()


def test_forget_erases_a_canvas_or_a_person(desk: Terminal) -> None:
    desk.chat("akkoord", "Eerste proef", "/nieuw", "Tweede proef")
    assert "no such canvas" in desk.refuses("forget", "--canvas", "77")
    assert "no such chat" in desk.refuses("forget", "--chat", "terminal:niemand")
    assert "erased" in does(desk, "forget", "--canvas", "1")
    written = does(desk, "export", "--format", "json")
    assert "Tweede proef" in written
    assert "Eerste proef" not in written
    assert "erased" in does(desk, "forget", "--chat", "terminal:ik")
    assert desk.exported()["canvases"] == []
    listed = desk.database.with_name("guide.db.erased").read_text(encoding="ascii")
    assert len(listed.splitlines()) == 3
