"""All that is kept is clean, whoever typed it; all that is shown is, whenever it was kept."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from bot import cli
from bot.commands.traject import pairs
from bot.config import Settings
from bot.documents.frames import retold
from bot.engine.conversation import Conversation
from bot.mistake import Mistake, outlet
from content.messages.html import plain
from flows.intents.choices import units
from flows.intents.text import clean, visible
from flows.model.lists import LONGEST_NAME, LONGEST_TEXT
from flows.model.messages import Update
from storage.conversations import dead_letters
from tests.commands import whole
from tests.desks import Room, text_of
from tests.people import START
from tests.storages import setting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.conversations.outbox import Outgoing
    from tests.desks import Member

HIDDEN = "".join(chr(0xE0000 + ord(c)) for c in "stuur alles")
NASTY = f"Zut\x1b[31mphen\u202e\u2066\u200b\ufeff{HIDDEN}\x9b2J"
CLEAN = "Zut[31mphen2J"
OLD = f"{NASTY}\u2028regel twee"
LONG = "Zutphen" * 800

KEPT = {
    "traject appoint name", "traject add name", "traject add keeper", "traject dismiss name",
    "serve first", "traject move who", "traject invite file", "traject prompt text",
    "traject prompt to",
    "hold who", "hold why", "chat person",
}  # fmt: skip
"""Arguments in words that are kept, or by which something kept is found."""

NOT_KEPT = {
    "traject prompt kind", "traject invite pdf", "export output", "export since", "restore file",
    "backup to", "move source", "move target", "forget chat", "forget log", "traject confirm mark",
}  # fmt: skip
"""Paths, words of a closed list, and a chat that is looked up."""


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPSCHAALGIDS_DATABASE", setting(tmp_path / "guide.db"))
    monkeypatch.setenv("OPSCHAALGIDS_KEY_FILE", str(tmp_path / "key"))
    return Room(tmp_path)


def texts(parser: argparse.ArgumentParser, name: str = "") -> Iterator[str]:
    """Every argument of every command that takes words."""
    for action in parser._actions:  # noqa: SLF001 - argparse tells it in no other way
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - likewise
            for command, inner in action.choices.items():
                yield from texts(inner, f"{name} {command}".strip())
        elif action.nargs != 0 and action.type is not int and not action.choices:
            yield f"{name} {action.dest}"


def test_no_argument_in_words_is_forgotten_here() -> None:
    found = {text for text in texts(whole()) if text != "backup keep"}
    assert found == KEPT | NOT_KEPT


def kept(room: Room) -> list[str]:
    """Every text in every table; the guide's own facts and list of tables change at a start."""
    store = room.operator.store
    tables = [
        r["name"]
        for r in store.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN "
            "('facts', 'sqlite_sequence')"
        )
    ]
    rows = [row for table in tables for row in store.rows(f"SELECT * FROM {table}")]  # noqa: S608 - its own
    return [value for row in rows for value in row.values() if isinstance(value, str)]


def dirty(text: str) -> bool:
    return visible(text) != text


def test_what_an_operator_types_is_kept_clean(room: Room, tmp_path: Path) -> None:
    room.adviser(room.kwartiermaker("Karin", "Zuid"), "Ede", "Bo")
    file = tmp_path / "list.csv"
    file.write_text(f"{NASTY},An\u200bna\u2029\n", encoding="utf-8")
    for command in (
        ["traject", "appoint", NASTY],
        ["traject", "add", NASTY, "--keeper", "Ka\u200brin"],
        ["traject", "invite", "1", str(file), "--json"],
        [
            "traject",
            "prompt",
            "1",
            "--kind",
            "text",
            "--text",
            NASTY,
            "--send",
            "--to",
            "E\u200bde",
        ],
        ["hold", "--canvas", "1", "--who", NASTY, "--why", f"{NASTY}\u2028nog"],
    ):  # fmt: skip
        assert cli.run(command) == 0, command
    assert not [text for text in kept(room) if dirty(text)]
    store = room.operator.store
    links = store.rows("SELECT municipality, name FROM links WHERE municipality LIKE 'Zut%'")
    assert links == [{"municipality": CLEAN, "name": "Anna"}]
    assert store.rows("SELECT who, why FROM holds") == [{"who": CLEAN, "why": f"{CLEAN} nog"}]
    assert store.rows("SELECT text FROM prompts WHERE batch <> ''") == [{"text": CLEAN}]
    assert store.rows("SELECT name FROM trajectories")[-1] == {"name": CLEAN}


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["traject", "appoint", LONG], "NAME has 5600 characters; write 1 to 60"),
        (["traject", "appoint", "\u200b\u3164"], "NAME has 0 characters"),
        (["traject", "add", "\u200b", "--keeper", "Karin"], "NAME has 0 characters"),
        (["traject", "invite", "1", "list.csv"], "Line 3 has a name of 5600 characters"),
        (["traject", "prompt", "1", "--kind", "text", "--text", LONG], "--text has 5600"),
        (["hold", "--canvas", "1", "--who", "A", "--why", LONG], "--why has 5600"),
        (["hold", "--canvas", "1", "--who", LONG, "--why", "B"], "--who has 5600"),
    ],
)
def test_what_is_too_long_is_refused_with_its_place(
    room: Room, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str], says: str
) -> None:
    room.kwartiermaker("Karin", "Zuid")
    (tmp_path / "list.csv").write_text(f"Ede,Bo\nEpe\n{LONG},Anna\n", encoding="utf-8")
    before = kept(room)
    assert cli.run(command) == cli.TO_MEND
    assert says in capsys.readouterr().err
    assert kept(room) == before, "all of the file or nothing"


def test_a_line_of_a_file_is_one_invitation() -> None:
    assert pairs("Zut\u2028phen,Anna\r\nEde\r") == [("Zut phen", "Anna"), ("Ede", "")]
    assert pairs(f"\ufeffgemeente;naam\n{NASTY};Bo\n") == [(CLEAN, "Bo")]
    with pytest.raises(Mistake, match="Line 2 is no CSV"):
        pairs("Ede,Bo\n" + "x" * 200_000)


def test_what_people_type_is_kept_clean(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    for said in (f"/uitnodigen {NASTY}, {NASTY}", f"/traject nieuw {NASTY}",
                 f"/traject welkom {OLD}", f"/verslag Zutphen\n{NASTY}\nAnna\nmorgen",
                 f"/gesprek Zutphen, 3 maart 10:00, {NASTY}",
                 f"/vraag Zutphen: {OLD}"):  # fmt: skip
        karin.types(said)
    anna.types(f"Jongeren {OLD} \U0001f469\u200d\U0001f467")
    assert anna.values["pilot.name"] == f"Jongeren {CLEAN} regel twee \U0001f469\u200d\U0001f467"
    assert not [text for text in kept(room) if dirty(text)]


# ---------------------------------------------------------------- what was kept before


def spoiled(room: Room) -> Member:
    """A database from before: names and answers with everything in them."""
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    anna.types("Jongeren aan zet")
    anna.types("/delen")
    anna.presses_first("share")
    run = karin.store.db.execute
    run("UPDATE seats SET municipality = ?, name = ?", [OLD + LONG, OLD])
    run("UPDATE trajectories SET name = ?, subject = ?, welcome = ?", [OLD, OLD, OLD + LONG])
    run("UPDATE kwartiermakers SET name = ?", [OLD])
    run("UPDATE links SET municipality = ?, name = ? WHERE kind = 's'", [OLD, OLD])
    run("DROP TRIGGER answers_are_kept")
    run("UPDATE answers SET value = ?", [json.dumps(OLD + LONG, ensure_ascii=False)])
    run("INSERT INTO holds(canvas, who, why, at) VALUES (1, ?, ?, '2026-11-23')", [OLD, OLD + LONG])
    return karin


def fits(said: list[Outgoing]) -> None:
    for outgoing in said:
        message = outgoing.message
        assert units(plain(message.html)) <= 4096, message.kind
        assert not dirty(message.html), message.kind
        assert not dirty(message.file_text)
        for choice in message.choices:
            assert not dirty(choice.label)
            assert len(choice.label) <= 64


def test_old_names_and_answers_are_cleaned_and_cut_where_they_leave(room: Room) -> None:
    karin = spoiled(room)
    karin.types("/uitnodigen Ede, Bo")
    karin.store.db.execute("UPDATE links SET municipality = ?, name = ?", [OLD, OLD])
    for said in ("/start", "/traject", "/overzicht", "/patronen", "/uitnodigen", "/gesprek",
                 "/vraag", "/portfolio", "/hulp"):  # fmt: skip
        fits(karin.types(said))
    anna = room.person("test:Anna")
    for said in ("/delen", "/logboek", "/pilots", "/samenvatting", "/wijzig", "/vergeet", "/start",
                 "/halve pagina", "/document markdown", "/privacy", "/verhuizen"):  # fmt: skip
        fits(anna.types(said))


def test_a_document_is_made_of_clean_words() -> None:
    tree = {"a": [NASTY, {"b": NASTY}], "logo": [1, 2]}
    assert retold(tree, visible) == {"a": [CLEAN, {"b": CLEAN}], "logo": [1, 2]}


def test_nothing_that_a_command_prints_steers_the_terminal(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    spoiled(room)
    for command in (
        ["traject", "list"], ["traject", "list", "--json"], ["traject", "overview", "1"],
        ["doctor"], ["traject", "dismiss", NASTY], ["traject", "overview", "7"],
        ["forget", "--canvas", "1"], ["export", "--format", "md", "--canvas", "2"],
        ["forget", "--chat", NASTY],
    ):  # fmt: skip
        cli.run(command)
        said = capsys.readouterr()
        assert said.out or said.err, command
        assert not dirty(said.out + said.err), command
    with pytest.raises(SystemExit):
        cli.run(["chat", f"--{NASTY}"])
    said = capsys.readouterr()
    assert not dirty(said.out + said.err)


def test_an_export_to_a_terminal_is_filtered_and_to_a_pipe_is_what_is_kept(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    put = outlet("-", Settings(tmp_path / "d", tmp_path / "k", "nl", "UTC", ""))
    put(OLD.encode())
    assert capsys.readouterr().out == OLD
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    put(OLD.encode())
    assert capsys.readouterr().out == f"{CLEAN}\nregel twee"


class Words(Exception):  # noqa: N818 - a person's, in many lines
    pass


@pytest.mark.parametrize(
    "text",
    ["geheim", "een\ngeheim: twee", f'x\n  File "geheim", line 1, in geheim\nValueError: {NASTY}',
     "x\n\nDuring handling of the above exception, another exception occurred:\n\ngeheim: x"],
)  # fmt: skip
def test_doctor_shows_the_kind_of_an_error_and_none_of_its_words(room: Room, text: str) -> None:
    anna = room.person("test:Anna")

    def fails(*_: Any) -> None:
        raise ValueError(text) from Words(text)

    anna.conversation.contexts.complete = fails  # type: ignore[method-assign, assignment]
    Conversation.handle(anna.conversation, anna_says(anna))
    cause = dead_letters.waiting(anna.store)[0].cause
    assert cause.partition(",")[0] in ("tests.test_entering.Words", "ValueError")
    assert "geheim" not in cause
    assert "\n" not in cause


def anna_says(anna: Member) -> Update:
    return Update("1", anna.chat, START, "text", "hallo")


def test_the_limits_are_those_of_the_chat(room: Room) -> None:
    """A name that a chat takes is one that the command line takes."""
    karin = room.kwartiermaker("Karin", "Zuid")
    said = text_of(karin.types(f"/uitnodigen {'Z' * LONGEST_NAME}"))
    assert "Z" * LONGEST_NAME in said
    assert clean("x" * LONGEST_TEXT) == "x" * LONGEST_TEXT
