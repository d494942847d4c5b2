"""What a kwartiermaker takes along on paper: invitations, the page for a meeting, summaries."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import openpyxl
import pypdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from bot import cli
from content.loader import newest
from content.messages.attachments import ALONG, along
from content.words.steering import SteeringWords
from flows.model.journey import Agreed, Attempt, Given
from flows.model.trajectory import Meeting, Seat, Trajectory
from flows.trajectory.agenda import CLASHES, Shared, SharedShift
from flows.trajectory.views import facts_of, view
from storage.trajectory.links import ADDRESS
from tests.canvases import LINES
from tests.desks import OPERATOR, Member, Room, text_of
from tests.people import START
from tests.storages import setting
from tests.test_traject_sharing import GUIDE, WALK
from tests.verapdf import failures

if TYPE_CHECKING:
    from pathlib import Path

    from bot.documents.worker import Made
    from storage.conversations.outbox import Outgoing

LINK = re.compile(r"https://t\.me/gids_bot\?start=(\S+)")
LONG = "Een lange zin die nergens op lijkt te houden, en die toch helemaal op papier moet. " * 4


@dataclass
class Linked(Member):
    """Somebody whose links are addresses, since the bot has run."""

    def follows(self, said: list[Outgoing]) -> list[Outgoing]:
        found = LINK.search(text_of(said))
        assert found
        return self.types(f"/start {found[1]}")


class Online(Room):
    """A room in which the bot has a name."""

    def person(self, chat: str) -> Member:
        return self.people.setdefault(chat, Linked(self.folder, chat))

    def kwartiermaker(self, name: str, trajectory: str = "", chat: str = "") -> Member:
        self.operator.store.remember(ADDRESS, "https://t.me/gids_bot?start=")
        keeper = self.person(chat or f"test:{name}")
        assert isinstance(keeper, Linked)
        keeper.follows(self.operator.types(f"/kwartiermaker {name}"))
        keeper.presses("join 0")
        self.operator.hears()
        self.operator.presses_first("appoint_yes")
        keeper.hears()
        keeper.types(f"/traject nieuw {trajectory}")
        return keeper

    def adviser(self, keeper: Member, municipality: str, name: str) -> Member:
        adviser = self.person(f"test:{name}")
        assert isinstance(adviser, Linked)
        adviser.follows(keeper.types(f"/uitnodigen {municipality}, {name}"))
        adviser.presses("join 0")
        keeper.hears()
        keeper.presses_first("admit", "wants_in")
        return adviser


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Online(tmp_path)


def only(person: Member, said: list[Outgoing]) -> Made:
    (made,) = person.papers(said)
    return made


def read(made: Made) -> str:
    pages = pypdf.PdfReader(io.BytesIO(made.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def scanned(image: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(image)]


def pages(made: Made) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(made.content)
    return [page.render(scale=1.5).to_pil() for page in document]


def shares_all(adviser: Member) -> None:
    adviser.types("/delen")
    key = next(c.key for c in adviser.seen[-1].message.choices if c.key.endswith(" all"))
    adviser.presses(key)


# ---------------------------------------------------------------- invitations


def test_an_invitation_is_a_text_a_picture_and_a_sheet(karin: Member) -> None:
    karin.types("/traject onderwerp Schulden bij jongeren")
    karin.types("/traject welkom Fijn dat je meedoet.")
    said = karin.types("/uitnodigen Zutphen, Anna")
    link = LINK.search(text_of(said))
    assert link
    picture, sheet = karin.papers(said)
    assert scanned(Image.open(io.BytesIO(picture.content))) == [link[0]]
    assert [scanned(page) for page in pages(sheet)] == [[link[0]]]
    assert (picture.file_name, sheet.file_name) == (
        "uitnodiging-qr.png", "uitnodiging-zutphen.pdf",
    )  # fmt: skip
    shown = read(sheet)
    assert "Doe mee met Jongeren Zuid" in shown
    assert "Anna, Zutphen" in shown
    assert "Karin nodigt je uit. Het gaat over schulden bij jongeren." in shown
    assert "Fijn dat je meedoet." in shown
    assert "Een gids stelt je korte vragen over jullie pilot." in shown
    assert "Dezelfde link als plaatje (Zutphen), om te laten zien" in text_of(said)
    assert link[0] in shown
    assert "23 december 2026" in shown
    assert failures(sheet.content) == []


def test_several_at_once_are_one_sheet_with_a_page_each(karin: Member) -> None:
    said = karin.types("/uitnodigen Zutphen, Anna\nEde\n's-Hertogenbosch, Jan")
    links = [found[0] for found in LINK.finditer(text_of(said))]
    made = only(karin, said)
    assert [scanned(page) for page in pages(made)] == [[link] for link in links]
    assert made.file_name == "uitnodigingen.pdf"


def test_a_sheet_speaks_the_language_of_the_trajectory(karin: Member) -> None:
    karin.types("/traject taal en")
    sheet = karin.papers(karin.types("/uitnodigen Zutphen"))[-1]
    assert "Point your phone" in read(sheet)


def test_the_link_of_a_sheet_works_once(karin: Member, room: Room) -> None:
    sheet = karin.papers(karin.types("/uitnodigen Zutphen, Anna"))[-1]
    (address,) = scanned(pages(sheet)[0])
    anna, other = room.person("test:anna"), room.person("test:other")
    anna.types(f"/start {address.partition('=')[2]}")
    anna.presses("join 0")
    assert "werkt niet (meer)" in text_of(other.types(f"/start {address.partition('=')[2]}"))


def test_no_secret_stays_once_it_was_sent(karin: Member) -> None:
    said = karin.types("/uitnodigen Zutphen, Anna")
    found = LINK.search(text_of(said))
    assert found
    karin.store.forget_secrets()
    kept = json.dumps(karin.store.rows("SELECT * FROM outbox") + karin.store.rows(
        "SELECT * FROM updates"))  # fmt: skip
    assert found[1] not in kept


def test_sheets_from_the_command_line(
    karin: Member, room: Room, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(room.folder)
    monkeypatch.setenv("OPSCHAALGIDS_DATABASE", setting(room.folder / "guide.db"))
    monkeypatch.setenv("OPSCHAALGIDS_KEY_FILE", str(room.folder / "key"))
    (room.folder / "towns.csv").write_text("Deventer;Cas\nEpe\n", encoding="utf-8")
    asked = ["traject", "invite", "1", "towns.csv", "--pdf", "vellen.pdf", "--json"]
    assert cli.run(asked) == 0
    links = [one["link"] for one in json.loads(capsys.readouterr().out)]
    document = pypdfium2.PdfDocument((room.folder / "vellen.pdf").read_bytes())
    assert [scanned(page.render(scale=1.5).to_pil())[0] for page in document] == links
    karin.store.remember(ADDRESS, None)
    assert cli.run(asked) == 2
    assert "--pdf" in capsys.readouterr().err
    assert len(karin.store.rows("SELECT 1 FROM links WHERE kind = 's'")) == 2


# ---------------------------------------------------------------- the page for a meeting


def test_the_page_on_paper_says_what_the_chat_says(karin: Member, room: Room) -> None:
    anna = room.adviser(karin, "Zutphen", "Anna")
    for text in ("akkoord", "Jongeren aan zet", "Zutphen", "1"):
        anna.types(text)
    shares_all(anna)
    karin.types("/gesprek Zutphen, 7 december 10:00, stadhuis")
    shown = text_of(karin.types("/gesprek Zutphen"))
    made = only(karin, karin.presses_first("paper"))
    for words in ("Zutphen", "Jongeren aan zet", "7 december 2026, 10:00, stadhuis", "De acht"):
        assert words in read(made)
    assert "Jongeren aan zet" in shown
    assert made.file_name == "gespreksblad-zutphen.pdf"
    assert karin.store.rows("SELECT 1 FROM audit WHERE what = 'looked meeting'")


def test_the_button_of_a_page_shows_only_what_is_shared_now(karin: Member, room: Room) -> None:
    anna = room.adviser(karin, "Zutphen", "Anna")
    for text in ("akkoord", "Jongeren aan zet"):
        anna.types(text)
    shares_all(anna)
    karin.types("/gesprek Zutphen")
    anna.types("/delen")
    anna.presses_first("take_back")
    assert "Jongeren aan zet" not in read(only(karin, karin.presses_first("paper")))


def full(long: str) -> dict[str, Any]:
    """Everything that a page can hold, in its longest words."""
    trajectory, meeting = Trajectory(1, "Z" * 60, "s"), Meeting(1, "W" * 60, START, "P" * 60)
    agreed = tuple(Agreed(n, 1, "A" * 60, "B" * 60, "C" * 60, None, confirmed=True) for n in "12")  # type: ignore[arg-type]
    shown = view(facts_of(GUIDE, WALK), ("all",))
    seats = [Seat(n, "W" * 60, "N" * 60, view=shown, agreed=agreed)
             for n in range(8)]  # fmt: skip
    keys = [q.key for q in GUIDE.canvas.questions]
    said = [Shared("N" * 60, key, Given(key, long, START), "N") for key in keys]
    causes = tuple((key, Given(key, long, START)) for key in keys[:4])
    turns = [SharedShift("N" * 60, ("in", "out"), "fits", causes, by_rule=True)] * 6
    return {
        "turns": turns, "town": "W" * 60, "trajectory": trajectory, "at": START, "seats": seats,
        "ahead": meeting, "last": meeting, "said": said, "fresh": said, "weak": keys[:8],
        "routes": [rule.key for rule in GUIDE.rules.routes], "open_points": keys,
        "differ": [(key, [("N" * 60, long)] * 8) for key in keys[:3]],
        "clashes": [("N" * 60, pair) for pair in CLASHES[:3]],
        "agreed": [(one, True) for one in agreed * 8],
        "wins": [("N" * 60, Attempt(1, f"agreed.{n}", long, "B" * 60, "done", START, long))
                 for n in range(8)],
        "stuck": [("N" * 60, Attempt(1, f"agreed.{n}", long, "B" * 60, "failed", START, long))
                  for n in range(8)],
        "eight": [(side, said) for side in ("administrator", "practice", "up", "down")],
    }  # fmt: skip


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("letters", [LONG, "ja", "W" * 400, " ".join("W" * 20)])
@pytest.mark.parametrize("seats", [1, 8])
def test_however_much_is_shared_it_is_one_page(
    karin: Member, language: Any, letters: str, seats: int
) -> None:
    facts = full(letters)
    facts["seats"] = facts["seats"][:seats]
    facts["town"] = facts["town"] if seats == 1 else "Ede"
    made = drawn(karin, "meeting_paper", facts, language)
    assert len(pypdf.PdfReader(io.BytesIO(made.content)).pages) == 1
    assert failures(made.content) == []


def drawn(person: Member, name: str, facts: dict[str, Any], language: Any = "nl") -> Made:
    """A document straight from its facts."""
    said = SteeringWords(newest(), language, "https://t.me/gids_bot?start=")
    document, data = along(said, name, facts)
    shown = replace(person.seen[-1].message, document=document, data=data)
    return only(person, [replace(person.seen[-1], message=shown)])


# ---------------------------------------------------------------- summaries and portfolio


@pytest.fixture
def sharing(karin: Member, room: Room) -> Member:
    for town, name, all_of_it in (("Zutphen", "Anna", True), ("Ede", "Bo", False)):
        adviser = room.adviser(karin, town, name)
        for text in ("akkoord", f"Pilot van {name}", town, "1"):
            adviser.types(text)
        if all_of_it:
            shares_all(adviser)
    return karin


def test_what_can_be_taken_along_is_asked_first(sharing: Member) -> None:
    said = sharing.types("/portfolio")
    assert "1 van 2 deelnemers" in text_of(said)
    assert [c.key for c in said[0].message.choices] == [
        "take pdf", "take zip", "take xlsx", "take csv",
    ]  # fmt: skip
    assert sharing.store.rows("SELECT 1 FROM audit WHERE what = 'exported portfolio'") == []


def test_each_form_holds_who_shares_and_nobody_else(sharing: Member) -> None:
    sharing.types("/portfolio")
    taken = {form: only(sharing, sharing.presses(f"take {form}", sharing.seen[-1]))
             for form in ("pdf",)}  # fmt: skip
    for form in ("zip", "xlsx", "csv"):
        sharing.types("/portfolio")
        taken[form] = only(sharing, sharing.presses(f"take {form}"))
    assert "Pilot van Anna" in read(taken["pdf"])
    assert "Gedeeld: alle antwoorden." in read(taken["pdf"])
    assert "Bo" not in read(taken["pdf"])
    assert failures(taken["pdf"].content) == []
    with zipfile.ZipFile(io.BytesIO(taken["zip"].content)) as archive:
        assert archive.namelist() == ["2-zutphen-anna.md"]
        assert "Pilot van Anna" in archive.read("2-zutphen-anna.md").decode()
    rows = list(
        csv.DictReader(io.StringIO(taken["csv"].content.decode("utf-8-sig")), delimiter=";")
    )
    assert {row["municipality"]: row["open_points"] for row in rows}["Ede"] == "niet gedeeld"
    sheet = openpyxl.load_workbook(io.BytesIO(taken["xlsx"].content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][:2] == ["Gemeente", "Naam"]
    assert sheet.max_row == 2 + 2


def test_who_took_it_back_meanwhile_is_not_taken_along(sharing: Member, room: Room) -> None:
    said = sharing.types("/portfolio")
    anna = room.person("test:Anna")
    anna.types("/delen")
    anna.presses_first("take_back")
    assert "Niemand deelt" in text_of(sharing.presses("take pdf", said[-1]))


def test_every_document_of_a_trajectory_is_made(karin: Member) -> None:
    """Of hostile and long names and answers: made, accessible, and no link in any."""
    facts = full(" ".join(LINES)) | {
        "secret": "s" * 32, "about": LINES[0], "by": LINES[1], "until": START.date(),
        "rows": [(line[:60], {}) for line in LINES[:5]],
        "invitations": [{"municipality": LINES[2], "name": LINES[3], "secret": "s" * 32}],
    }  # fmt: skip
    for name, document in ALONG.items():
        made = drawn(karin, name, facts)
        assert made.content
        if document.startswith("pdf"):
            reader = pypdf.PdfReader(io.BytesIO(made.content))
            assert failures(made.content) == []
            assert not [page for page in reader.pages if "/Annots" in page]


def test_nobody_else_gets_them(sharing: Member, room: Room) -> None:
    said = sharing.types("/portfolio")
    for chat in (OPERATOR, "test:Anna", "test:stranger"):
        other = room.person(chat)
        got = other.gives(replace(sharing.sent[-1], id=f"f{chat}", chat=chat, kind="press",
                                  ref=said[0].ref, text="take pdf"))  # fmt: skip
        assert not [o for o in got if o.message.document]
