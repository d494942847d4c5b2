"""The real process: lines in, messages out, exit codes, and one sentence per mistake."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from storage.database.connection import connect
from tests.docs import DOCS
from tests.test_export import CHECK, lines_for

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = str(Path(sys.executable).parent / "opschaalgids")

QUICK = """Jongeren aan zet|Gemeente Zutphen|started|running|Schulden geven geen rust
|Minder schulden|stories|partly|one|fully|plan, process|nobody|no|concrete|assumed|partly|some
|adapted|partly|yes|yes|some|maybe|yes|partly|yes|partly|partly|no|no|unknown|partly|frontrunners
|no|partly|partly|/next|second_try|Fatima|volgende week|Zonder uren gebeurt er niets|quarter"""

SCRIPT = [word.strip() for word in QUICK.split("|")]
"""A whole quick walk, one line per answer, after akkoord."""

AUTHOR = "Anna de Vries"
"""What a first document asks before it is made."""


@dataclass
class Terminal:
    """One folder with a database, a key, and whoever types."""

    folder: Path
    language: str = "nl"

    def settings(self, **more: str) -> dict[str, str]:
        return {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.folder),
            "LC_ALL": "C",
            "OPSCHAALGIDS_DATABASE": str(self.database),
            "OPSCHAALGIDS_KEY_FILE": str(self.key),
            "OPSCHAALGIDS_LANGUAGE": self.language,
            **more,
        }

    @property
    def database(self) -> Path:
        return self.folder / "data" / "guide.db"

    @property
    def key(self) -> Path:
        return self.folder / "config" / "key"

    def run(
        self, *arguments: str, typed: bytes = b"", cwd: Path | None = None, **more: str
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [PROGRAM, *arguments], input=typed, capture_output=True, check=False,
            timeout=120, cwd=cwd or self.folder, env=self.settings(**more),
        )  # fmt: skip

    def chat(self, *lines: str, person: str = "ik") -> str:
        """Type these lines into `chat`; all went well, and this was said."""
        return self.typed("".join(f"{line}\n" for line in lines).encode(), person)

    def typed(self, raw: bytes, person: str = "ik") -> str:
        found = self.run("chat", "--person", person, typed=raw)
        assert (found.returncode, found.stderr) == (0, b"")
        return found.stdout.decode()

    def opens(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [PROGRAM, "chat", "--jsonl"], cwd=self.folder, env=self.settings(),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def exported(self) -> Any:
        found = self.run("export", "--format", "json")
        assert (found.returncode, found.stderr) == (0, b"")
        tree = json.loads(found.stdout)
        CHECK.validate(tree)
        return tree

    def refuses(self, *arguments: str, **more: Any) -> str:
        """Exit code 2, nothing on stdout, and exactly one line on stderr."""
        found = self.run(*arguments, **more)
        said = found.stderr.decode()
        assert (found.returncode, found.stdout) == (2, b""), said
        assert said.endswith("\n")
        assert said.count("\n") == 1
        assert said.startswith("opschaalgids: ")
        return said


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


def until_asked(process: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    """Messages up to and with the one that waits for an answer."""
    assert process.stdout
    for line in process.stdout:
        message = json.loads(line)
        yield message
        if message["choices"] and message["key"] != "recap":
            return


def says(process: subprocess.Popen[bytes], line: str) -> None:
    assert process.stdin
    process.stdin.write(f"{line}\n".encode())
    process.stdin.flush()


# ---------------------------------------------------------------- whole conversations


@pytest.mark.parametrize(("language", "agree"), [("nl", "akkoord"), ("en", "agree")])
def test_whole_quick_walk_from_a_pipe(tmp_path: Path, language: str, agree: str) -> None:
    terminal = Terminal(tmp_path, language)
    said = terminal.chat(agree, *SCRIPT[:-1], "half_year", "/document markdown", AUTHOR)
    assert "Jongeren aan zet" in said
    assert "\x1b" not in said
    (canvas,) = terminal.exported()["canvases"]
    assert (canvas["state"], canvas["language"]) == ("done", language)
    assert canvas["answers"]["routes.anchored"]["value"] == ["plan", "process"]
    assert canvas["answers"]["closing.recheck"]["value"] == "half_year"
    assert (tmp_path / "opschaalgids-jongeren-aan-zet.md").exists()


@pytest.mark.parametrize("depth", ["quick", "full"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_whole_walk_by_what_is_asked(tmp_path: Path, language: str, depth: str) -> None:
    """A program that reads --jsonl needs nothing but the choices it is given."""
    terminal = Terminal(tmp_path, language)
    seen: list[dict[str, Any]] = []
    with terminal.opens() as process:
        seen += until_asked(process)
        for line in ("agree", f"/depth {depth}"):
            says(process, line)
            seen += until_asked(process)
        while seen[-1]["key"] != "finished":
            assert len(seen) < 400
            for line in lines_for(seen[-1]["key"], [c["key"] for c in seen[-1]["choices"]], {}):
                says(process, line)
                seen += until_asked(process)
        out, err = process.communicate(timeout=60)
    assert (out, err, process.returncode) == (b"", b"", 0)
    assert seen[-1]["state"] == "done"
    assert [c["state"] for c in terminal.exported()["canvases"]] == ["done"]


def test_every_json_line_has_the_same_keys(terminal: Terminal) -> None:
    typed = "\n".join(["akkoord", *SCRIPT, "/document markdown", AUTHOR, "/stop"]).encode()
    found = terminal.run("chat", "--jsonl", typed=typed)
    assert (found.returncode, found.stderr) == (0, b"")
    messages = [json.loads(line) for line in found.stdout.split(b"\n")[:-1]]
    keys = {"kind", "key", "choices", "text", "canvas", "state"}
    for message in messages:
        own = {"file_name", "file_text", "document"}
        files = own if message["kind"] == "document" else set()
        assert message.keys() == keys | files
        assert [c["n"] for c in message["choices"]] == [*range(1, len(message["choices"]) + 1)]
        assert all(c.keys() == {"n", "key", "label"} for c in message["choices"])
        assert not re.search(r"</?(b|i|a|code)\b", message["text"])
    assert messages[-1]["kind"] == "stop"
    assert {m["state"] for m in messages} >= {"new", "pilot", "advice", "closing", "done"}
    assert not list(terminal.folder.glob("*.md"))


# ---------------------------------------------------------------- going on


def test_the_next_run_goes_on_where_it_was(terminal: Terminal) -> None:
    first = terminal.chat("akkoord", *SCRIPT[:5])
    second = terminal.chat()
    asked = first.rstrip().split("\n\n")[-2:]
    assert second.startswith("Welkom terug.")
    assert second.rstrip().split("\n\n")[-2:] == asked
    terminal.chat(*SCRIPT[5:])
    (canvas,) = terminal.exported()["canvases"]
    assert canvas["state"] == "done"
    assert len(canvas["answers"]["pilot.name"]["history"]) == 1


def test_two_people_are_apart(terminal: Terminal) -> None:
    for person in ("anna", "bram"):
        assert terminal.chat("akkoord", f"Pilot van {person}", person=person).startswith("Hallo")
    assert "Pilot van bram" not in terminal.chat("/waar", person="anna")
    assert "Pilot van bram" in terminal.chat("/waar", person="bram")
    canvases = terminal.exported()["canvases"]
    assert [canvas["pilot"] for canvas in canvases] == ["Pilot van anna", "Pilot van bram"]
    by = {canvas["answers"]["pilot.name"]["by"] for canvas in canvases}
    assert len(by) == 2
    assert not by & {"anna", "bram"}


def test_killed_in_the_middle_it_goes_on(terminal: Terminal) -> None:
    with terminal.opens() as process:
        for line in ("akkoord", *SCRIPT[:4]):
            list(until_asked(process))
            says(process, line)
        asked = list(until_asked(process))[-1]
        process.kill()
    with terminal.opens() as process:
        again = list(until_asked(process))[-1]
        process.communicate(timeout=60)
    assert (again["key"], again["choices"]) == (asked["key"], asked["choices"])
    assert again["key"] == "impact.issue"
    terminal.chat(*SCRIPT[4:])
    assert terminal.exported()["canvases"][0]["state"] == "done"


# ---------------------------------------------------------------- lines


def test_the_last_line_needs_no_newline(terminal: Terminal) -> None:
    terminal.typed("akkoord\nJongeren aan zét".encode())
    assert terminal.exported()["canvases"][0]["pilot"] == "Jongeren aan zét"


def test_an_empty_line_repeats_the_question(terminal: Terminal) -> None:
    terminal.chat("akkoord", "Jongeren aan zet")
    said = terminal.chat("", "   ")
    assert said.count("Voor welke gemeente of organisatie vul je dit in?") == 3
    assert terminal.exported()["canvases"][0]["answers"].keys() == {"pilot.name"}


def test_windows_lines_are_lines(terminal: Terminal) -> None:
    terminal.typed(b"akkoord\r\nJongeren aan zet\r\n\r\n")
    assert terminal.exported()["canvases"][0]["pilot"] == "Jongeren aan zet"


def test_stop_ends_it(terminal: Terminal) -> None:
    said = terminal.chat("akkoord", "/stop", "Te laat")
    assert said.rstrip().endswith("Alles is bewaard.")
    assert terminal.exported()["canvases"][0]["pilot"] is None


def test_no_input_at_all(terminal: Terminal) -> None:
    assert terminal.chat().startswith("Hallo.")
    assert terminal.exported()["canvases"] == []


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (b"Plan \xff\xfe B", "Plan \ufffd\ufffd B"),
        (b"Pl\x00an\x1b[31m B", "Plan[31m B"),
        (b"\xed\xa0\x80Plan", "\ufffd\ufffd\ufffdPlan"),
        ("Plan \u202eB\u0085".encode(), "Plan B"),
        (b"\xe2\x80", None),
        (b"\x00\x00", None),
    ],
)
def test_broken_bytes_are_no_reason_to_fall(
    terminal: Terminal, typed: bytes, name: str | None
) -> None:
    said = terminal.typed(b"akkoord\n" + typed + b"\n\xff\x00\n")
    assert "\x1b" not in said
    assert "\x00" not in said
    assert terminal.exported()["canvases"][0]["pilot"] == name


def test_a_name_is_any_text(terminal: Terminal) -> None:
    for person in ("  ", "José 👋" * 99, "x'; DROP TABLE people; --"):
        assert terminal.chat("akkoord", person=person)


def test_a_name_that_is_no_text(terminal: Terminal) -> None:
    """Bytes that are no UTF-8 reach Python as lone surrogates."""
    found = terminal.run("chat", "--person", "a\udcff", typed=b"akkoord\n")
    assert found.returncode in (0, 2)
    assert b"Traceback" not in found.stderr


def test_who_reads_no_further_gives_no_traceback(terminal: Terminal) -> None:
    with terminal.opens() as process:
        list(until_asked(process))
        assert process.stdout
        process.stdout.close()
        says(process, "akkoord")
        says(process, "Jongeren aan zet")
        process.wait(timeout=60)
        assert process.stderr
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_a_document_that_cannot_be_written_stops_nothing(terminal: Terminal) -> None:
    """Even root makes no files in /proc. The talk goes on, then and later."""
    terminal.chat("akkoord", *SCRIPT)
    found = terminal.run("chat", typed=b"/document markdown\nAnna\n/waar\n", cwd=Path("/proc"))
    assert (found.returncode, b"Traceback" in found.stderr) == (0, False)
    assert found.stdout.count(b"Jongeren aan zet") >= 2
    assert terminal.chat().startswith("Welkom terug.")


@pytest.mark.parametrize(
    ("name", "ending", "begins"),
    [
        ("canvas", "-canvas.pdf", b"%PDF"), ("card", "-card.png", b"\x89PNG"),
        ("word", ".docx", b"PK"), ("odt", ".odt", b"PK"), ("record", "-record.pdf", b"%PDF"),
    ],
)  # fmt: skip
def test_a_document_lies_where_the_person_stands(
    terminal: Terminal, name: str, ending: str, begins: bytes
) -> None:
    terminal.chat("akkoord", *SCRIPT, f"/document {name}", AUTHOR)
    (found,) = terminal.folder.glob(f"opschaalgids-jongeren-aan-zet*{ending}")
    assert found.read_bytes().startswith(begins)


def test_output_that_is_full(terminal: Terminal) -> None:
    with Path("/dev/full").open("wb") as full:
        found = subprocess.run(
            [PROGRAM, "draw"], stdout=full, stderr=subprocess.PIPE, check=False,
            timeout=120, cwd=terminal.folder, env=terminal.settings(),
        )  # fmt: skip
    assert (found.returncode, found.stderr.count(b"\n")) == (2, 1)


# ---------------------------------------------------------------- mistakes


def test_missing_key_beside_a_database(terminal: Terminal) -> None:
    terminal.chat("akkoord")
    terminal.key.unlink()
    for arguments in (["chat"], ["export", "--format", "json"]):
        assert str(terminal.key) in terminal.refuses(*arguments)
    assert not terminal.key.exists()


@pytest.mark.parametrize("key", ["0" * 64, "", "geen sleutel", "é" * 64])
def test_wrong_key(terminal: Terminal, key: str) -> None:
    terminal.chat("akkoord")
    terminal.key.write_text(key, encoding="utf-8")
    assert "key" in terminal.refuses("chat")
    assert terminal.key.read_text(encoding="utf-8") == key


def test_damaged_first_page(terminal: Terminal) -> None:
    terminal.chat("akkoord")
    with terminal.database.open("r+b") as file:
        file.seek(100)
        file.write(b"\0" * 200)
    assert "damaged" in terminal.refuses("chat")


def test_damaged_later_page(terminal: Terminal) -> None:
    """The first page opens; what follows does not."""
    terminal.chat("akkoord")
    size = terminal.database.stat().st_size
    with terminal.database.open("r+b") as file:
        file.seek(4096)
        file.write(b"\0" * (size - 4096))
    assert "damaged" in terminal.refuses("chat")


def test_no_database_at_all(terminal: Terminal) -> None:
    terminal.chat("akkoord")
    terminal.database.write_bytes(b"geen database, wel iets " * 400)
    assert "damaged" in terminal.refuses("chat")


def test_newer_version(terminal: Terminal) -> None:
    terminal.chat("akkoord")
    connection = connect(terminal.database, terminal.key.read_text(encoding="ascii").strip())
    connection.execute(
        "INSERT INTO _sqlite_migrations(migration_set, name, applied_at) "
        "VALUES ('opschaalgids', 'ninth_form', '2030-01-01')"
    )
    connection.close()
    assert "newer version" in terminal.refuses("chat")
    assert "newer version" in terminal.refuses("export", "--format", "json")


@pytest.mark.parametrize("setting", ["OPSCHAALGIDS_DATABASE", "OPSCHAALGIDS_KEY_FILE"])
def test_a_folder_that_cannot_be_made(terminal: Terminal, setting: str) -> None:
    file = terminal.folder / "file"
    file.write_text("in de weg")
    terminal.refuses("chat", **{setting: str(file / "below" / "guide")})
    assert file.read_text() == "in de weg"


@pytest.mark.parametrize("setting", ["OPSCHAALGIDS_DATABASE", "OPSCHAALGIDS_KEY_FILE"])
def test_a_folder_where_a_file_should_be(terminal: Terminal, setting: str) -> None:
    terminal.refuses("chat", **{setting: str(terminal.folder)})


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("OPSCHAALGIDS_LANGUAGE", "fy"),
        ("OPSCHAALGIDS_LANGUAGE", "NL "),
        ("OPSCHAALGIDS_TIMEZONE", "Zutphen"),
        ("OPSCHAALGIDS_TIMEZONE", "../../etc/passwd"),
        ("OPSCHAALGIDS_TIMEZONE", "Europe"),
    ],
)
def test_a_setting_that_cannot_be_used(terminal: Terminal, setting: str, value: str) -> None:
    said = terminal.refuses("chat", **{setting: value})
    assert setting in said
    assert not terminal.database.exists()


def test_env_file_that_is_no_text(terminal: Terminal) -> None:
    (terminal.folder / ".env").write_bytes(b"OPSCHAALGIDS_PACE=\xff\xfe\n")
    assert ".env" in terminal.refuses("chat")


def test_home_of_nobody(terminal: Terminal) -> None:
    terminal.refuses("chat", OPSCHAALGIDS_DATABASE="~nobody-at-all/guide.db")


def test_the_environment_beats_the_env_file(terminal: Terminal) -> None:
    (terminal.folder / ".env").write_text("OPSCHAALGIDS_LANGUAGE=en\nOPSCHAALGIDS_TIMEZONE=UTC\n")
    assert terminal.chat().startswith("Hallo.")
    terminal.chat("akkoord", "Jongeren aan zet")
    assert terminal.exported()["canvases"][0]["created_at"].endswith("+00:00")


def test_export_without_a_database_makes_none(terminal: Terminal) -> None:
    assert str(terminal.database) in terminal.refuses("export", "--format", "json")
    assert not terminal.database.exists()
    assert not terminal.key.exists()


def test_export_of_an_unknown_canvas(terminal: Terminal) -> None:
    terminal.chat("akkoord")
    for number in ("2", "99999999999999999999"):
        terminal.refuses("export", "--format", "md", f"--canvas={number}")


def test_export_to_where_nothing_can_be_written(terminal: Terminal) -> None:
    terminal.chat("akkoord")
    for output in (
        str(terminal.folder),
        str(terminal.key / "x"),
        str(terminal.folder / "no" / "x"),
    ):
        assert output in terminal.refuses("export", "--format", "json", "--output", output)


def test_a_command_that_is_none(terminal: Terminal) -> None:
    for arguments in ([], ["praat"], ["export", "--format", "exe"]):
        found = terminal.run(*arguments)
        assert (found.returncode, found.stdout) == (2, b"")
        assert b"Traceback" not in found.stderr


# ---------------------------------------------------------------- the other commands


def test_export_to_a_file_is_export_to_standard_output(terminal: Terminal) -> None:
    terminal.chat("akkoord", *SCRIPT)
    path = terminal.folder / "uit"
    for kind in (["json"], ["md", "--all"], ["md", "--canvas", "1"]):
        shown = terminal.run("export", "--format", *kind)
        terminal.run("export", "--format", *kind, "--output", str(path))
        assert shown.returncode == 0
        assert path.read_bytes() == shown.stdout
    assert terminal.run("export", "--format", "md", "--all").stdout.startswith(b"PK")


@pytest.mark.parametrize(("what", "begin"), [("dialogue", "stateDiagram"), ("canvas", "flowchart")])
def test_draw(terminal: Terminal, what: str, begin: str) -> None:
    found = terminal.run("draw", what)
    assert (found.returncode, found.stderr) == (0, b"")
    assert found.stdout.decode().startswith(begin)
    assert not terminal.database.exists()


def test_check_finds_nothing(terminal: Terminal) -> None:
    found = terminal.run("check")
    assert (found.returncode, found.stderr) == (0, b"")
    assert not terminal.database.exists()


def test_the_record_holds_what_both_said_in_order(terminal: Terminal) -> None:
    terminal.chat("akkoord", "Jongeren aan zet", "Gemeente Ede", "1")
    found = terminal.run("export", "--format", "json", "--what", "record", "--canvas", "1")
    record = json.loads(found.stdout)
    schema = json.loads((DOCS / "record.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(record, schema)
    typed = [said["text"] for said in record["messages"] if said["author"]]
    assert typed == ["akkoord", "Jongeren aan zet", "Gemeente Ede", "1"]
    assert [said["author"] == "" for said in record["messages"][:4]] == [False, True, False, True]
    assert record["messages"][1]["choices"][0] == "Weet ik nog niet"
