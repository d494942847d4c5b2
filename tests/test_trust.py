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
    assert len(listed.splitlines()) == 3, "how many, a canvas, then a person"


def test_a_hold_is_told_to_its_person_and_released(desk: Terminal) -> None:
    desk.chat("akkoord", "Eerste proef")
    assert "needs --who and --why" in desk.refuses("hold", "--canvas", "1")
    assert "no such canvas" in desk.refuses("hold", "--canvas", "9", "--who", "A", "--why", "B")
    does(desk, "hold", "--canvas", "1", "--who", "Griffie", "--why", "Woo-verzoek 12")
    assert "already" in desk.refuses("hold", "--canvas", "1", "--who", "A", "--why", "B")
    for which in (["--canvas", "1"], ["--chat", "terminal:ik"]):
        assert "Woo-verzoek 12" in desk.refuses("forget", *which)
    assert "Woo-verzoek 12" in desk.chat("/vergeet")
    assert "held by Griffie" in does(desk, "doctor")
    does(desk, "hold", "--canvas", "1", "--release")
    assert "Nothing holds" in desk.refuses("hold", "--canvas", "1", "--release")
    does(desk, "forget", "--canvas", "1")
    assert desk.exported()["canvases"] == []


def test_doctor_shows_what_goes_when(desk: Terminal) -> None:
    desk.chat("akkoord", "Eerste proef")
    assert "canvas 1 (unfinished) goes on 2" in does(desk, "doctor", "--sweep")


@pytest.mark.parametrize("value", ["0", "-1", "een", "14"])
def test_a_period_that_cannot_be(desk: Terminal, value: str) -> None:
    refused = desk.refuses("chat", OPSCHAALGIDS_KEEP_UNFINISHED=value)
    assert "OPSCHAALGIDS_KEEP_UNFINISHED" in refused
