"""Whole conversations, through the real database, as their people would read them.

A file holds what a person does (`> typed`, `[press choice]`, `[edit 3: text]`, …)
and what the guide says. `make transcripts` writes them anew: read the diff.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from content import loader
from tests.people import Person, transcript

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.conversations.outbox import Outgoing

FOLDER = Path(__file__).parent / "transcripts"
MOVE = re.compile(r"^(> .*|>|\[[a-z]+[^\]]*\])$")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda p: p.stem)
def test_conversation(path: Path, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    written = path.read_text(encoding="utf-8")
    played = "\n".join(_played(written, tmp_path)) + "\n"
    if pytestconfig.getoption("--update"):
        path.write_text(played, encoding="utf-8")
        return
    assert played == written, "run make transcripts, and read the diff"


def _played(written: str, folder: Path) -> Iterator[str]:
    lines = written.splitlines()
    for line in lines:
        if not line.startswith("#"):
            break
        yield line
    language = "en" if "# language: en" in lines else "nl"
    person = Person(folder, language=language)
    for line in lines:
        if MOVE.match(line):
            said = _does(person, line)
            yield from ("", line, "", *transcript(said).split("\n"))


def _does(person: Person, line: str) -> list[Outgoing]:
    if line.startswith(">"):
        return person.types(_spelled(line[2:]))
    verb, _, rest = line[1:-1].partition(" ")
    return getattr(_Moves(person), verb)(rest)  # type: ignore[no-any-return]


def _spelled(text: str) -> str:
    r"""`{x*4096}` for long texts and `\\0` for what no editor shows."""
    text = re.sub(r"\{(.+?)\*(\d+)\}", lambda m: m[1] * int(m[2]), text)
    return text.replace("\\0", "\0")


class _Moves:
    def __init__(self, person: Person) -> None:
        self.person = person

    def start(self, _: str) -> list[Outgoing]:
        return self.person.starts()

    def press(self, choice: str) -> list[Outgoing]:
        return self.person.presses(choice)

    def old(self, said: str) -> list[Outgoing]:
        """`[old routes.demand no]`: the first asking of that question."""
        key, _, choice = said.partition(" ")
        first = next(o for o in self.person.seen if o.message.key == key)
        return self.person.presses(choice, first)

    def edit(self, said: str) -> list[Outgoing]:
        number, _, text = said.partition(": ")
        return self.person.edits(f"u{number}", text)

    def piece(self, text: str) -> list[Outgoing]:
        return self.person.types(_spelled(text), after=1)

    def wait(self, days: str) -> list[Outgoing]:
        """`[wait 91]`: so many days go by."""
        self.person.now += timedelta(days=int(days))
        return []

    def photo(self, _: str) -> list[Outgoing]:
        return self.person.sends_a_photo()

    def restart(self, _: str) -> list[Outgoing]:
        self.person.restart()
        return []

    def content(self, said: str) -> list[Outgoing]:
        """`[content without routes.purse]`: the next version has one question less."""
        files = loader.read()
        key = said.removeprefix("without ")
        for name in ("canvas.toml", "advice.toml", "nl/questions.toml", "en/questions.toml"):
            files[name] = _without(name, files[name], key)
        self.person.files = files
        return self.restart("")


def _without(name: str, text: str, key: str) -> str:
    if name == "canvas.toml":
        return re.sub(rf'\[\[question\]\]\nkey = "{re.escape(key)}"\n(?:\w.*\n)*', "", text)
    if name.endswith("questions.toml"):
        return re.sub(rf'\["{re.escape(key)}"(?:\.\w+)?\]\n(?:\w.*\n)*\n?', "", text)
    return text.replace(f'"{key}"', '"routes.parts"')
