"""`opschaalgids traject` and `export --traject`, over the settings' own database."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pypdf
import pytest

from bot import cli
from bot.commands.traject import pairs
from tests.desks import Room, text_of
from tests.storages import setting

if TYPE_CHECKING:
    from tests.desks import Member

SCHEMA = Path(__file__).parent.parent / "docs" / "export.schema.json"
HIDDEN = "Een geheim van Ede"


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPSCHAALGIDS_DATABASE", setting(tmp_path / "guide.db"))
    monkeypatch.setenv("OPSCHAALGIDS_KEY_FILE", str(tmp_path / "key"))
    return Room(tmp_path)


@pytest.fixture
def karin(room: Room) -> Member:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    anna, bo = room.adviser(karin, "Zutphen", "Anna"), room.adviser(karin, "Ede", "Bo")
    anna.types("Jongeren aan zet")
    anna.types("/delen")
    anna.presses_first("share", "sharing")
    bo.types(HIDDEN)
    return karin


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.run(["traject", *arguments]) == 0
    return capsys.readouterr().out


@pytest.mark.usefixtures("karin")
def test_list_and_overview(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(printed(capsys, "list", "--json"))
    assert found[0]["name"] == "Jongeren Zuid"
    assert found[0]["people"] == 2
    rows = json.loads(printed(capsys, "overview", "1", "--json"))
    assert {row["municipality"]: row["open_points"] for row in rows} == {
        "Zutphen": "0", "Ede": "niet gedeeld",
    }  # fmt: skip
    assert "Zutphen" in printed(capsys, "overview", "1")


@pytest.mark.usefixtures("karin")
def test_invite_from_a_file(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    (room.folder / "towns.csv").write_text("gemeente;naam\nDeventer;Cas\nEpe\n", encoding="utf-8")
    made = json.loads(printed(capsys, "invite", "1", "towns.csv", "--json"))
    assert [(one["municipality"], one["name"]) for one in made] == [
        ("Deventer", "Cas"),
        ("Epe", ""),
    ]
    cas = room.person("test:cas")
    cas.types(made[0]["link"])
    assert cas.asked == "steer.joining"


def test_add_appoint_and_prompt(
    karin: Member, room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "/start k" in printed(capsys, "appoint", "Lotte")
    number = json.loads(printed(capsys, "add", "Noord", "--keeper", "karin", "--json"))["id"]
    assert number == 2
    assert json.loads(printed(capsys, "prompt", "1", "--json")) == {"people": 2, "sent": False}
    printed(capsys, "prompt", "1", "--to", "Ede", "--kind", "again", "--send")
    rows = karin.store.rows("SELECT seat FROM prompts WHERE kind = 'again'")
    assert len(rows) == 1
    assert room.operator.store.row("SELECT 1 FROM links WHERE name = 'Lotte'")


@pytest.mark.usefixtures("karin")
@pytest.mark.parametrize("form", ["csv", "xlsx", "json", "md", "pdf", "png"])
def test_export_holds_what_is_shared_only(room: Room, form: str) -> None:
    path = room.folder / f"out.{form}"
    assert cli.run(["export", "--traject", "1", "--format", form, "--output", str(path)]) == 0
    found = path.read_bytes()
    if form in ("xlsx", "md"):
        with zipfile.ZipFile(io.BytesIO(found)) as archive:
            found = b"".join(archive.read(name) for name in archive.namelist())
    if form == "pdf":
        found = pypdf.PdfReader(io.BytesIO(found)).pages[0].extract_text().encode()
    assert HIDDEN.encode() not in found
    assert found.startswith(b"\x89PNG") if form == "png" else b"Zutphen" in found
    assert (b"Jongeren aan zet" in found) == (form in {"md", "pdf"})


@pytest.mark.parametrize(
    "arguments",
    [
        ("overview", "9"),
        ("add", "X", "--keeper", "Niemand"),
        ("prompt", "9"),
        ("invite", "1", "no"),
    ],
)
def test_one_sentence_where_something_is_wrong(
    room: Room, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert room
    assert cli.run(["traject", *arguments]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("form", "said"),
    [("json", '"since": "naam"'), ("csv", ";naam"), ("md", "Anders sinds 24 november 2026: naam")],
)
def test_an_export_says_what_became_another_since_a_day(
    room: Room, karin: Member, form: str, said: str
) -> None:
    """Red before: --since was taken, and ignored. What is not shared is not told of."""
    days = karin.now.date()
    for name in ("Anna", "Bo"):
        person = room.person(f"test:{name}")
        person.now += timedelta(days=3)
        person.types("/wijzig pilot.name")
        person.types(f"Nieuw bij {name}")
    path = room.folder / f"out.{form}"
    asked = ["export", "--traject", "1", "--format", form, "--output", str(path)]
    told = {}
    for since in ("", str(days + timedelta(days=1)), str(days + timedelta(days=4))):
        assert cli.run([*asked, *(["--since", since] if since else [])]) == 0
        told[since] = read_from(path)
    plain, before, after = told.values()
    assert before.count(said) == 1
    assert said not in plain + after
    assert "Nieuw bij Bo" not in before


def read_from(path: Path) -> str:
    if not zipfile.is_zipfile(path):
        return path.read_text(encoding="utf-8-sig")
    with zipfile.ZipFile(path) as packed:
        return "".join(packed.read(name).decode() for name in sorted(packed.namelist()))


def test_a_picture_has_no_day(capsys: pytest.CaptureFixture[str], karin: Member) -> None:
    del karin
    asked = ["export", "--traject", "1", "--format", "png", "--output", "x.png"]
    assert cli.run([*asked, "--since", "2026-11-24"]) == cli.TO_MEND
    assert "omit --since" in capsys.readouterr().err


def test_an_export_makes_no_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPSCHAALGIDS_DATABASE", setting(tmp_path / "elsewhere.db"))
    assert cli.run(["export", "--format", "json", "--traject", "1"]) == cli.TO_MEND
    assert "There is no database at" in capsys.readouterr().err
    assert not (tmp_path / "elsewhere.db").exists()


def test_what_a_meeting_agreed_is_in_the_export(
    karin: Member, room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    anna = room.person("test:Anna")
    karin.types("/verslag Zutphen\nDPIA aanvragen\nAnna\n1 februari")
    anna.hears()
    anna.presses_first("settle")
    assert cli.run(["export", "--format", "json", "--all"]) == 0
    tree = json.loads(capsys.readouterr().out)
    jsonschema.validate(tree, json.loads(SCHEMA.read_text(encoding="utf-8")))
    found = [one for canvas in tree["canvases"] for one in canvas["actions"]]
    assert [(one["what"], one["about"], one["when"]) for one in found] == [
        ("DPIA aanvragen", "meeting", "2027-02-01")
    ]


def test_a_dismissed_kwartiermaker_sees_nothing(
    karin: Member, capsys: pytest.CaptureFixture[str]
) -> None:
    assert json.loads(printed(capsys, "dismiss", "Karin", "--json")) == {"left without": 1}
    assert "Zutphen" not in text_of(karin.types("/overzicht"))


def test_pairs() -> None:
    assert pairs("Ede, Anna\n\nEpe\n") == [("Ede", "Anna"), ("Epe", "")]
