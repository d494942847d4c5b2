"""What a person is told, gets and agrees to."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader

from bot.config import settings_from
from content.messages.render import PRIVACY_VERSION, agreement
from flows.expiry import Keep, KeepAtServer
from tests.people import begun
from tests.test_documents import text_of
from tests.verapdf import failures

if TYPE_CHECKING:
    from tests.people import Person


def my_data(person: Person) -> tuple[str, Any]:
    pdf, tree = person.papers(person.types("/mijngegevens"))
    assert (pdf.file_name, tree.file_name) == (
        "opschaalgids-gegevens.pdf", "opschaalgids-gegevens.json",
    )  # fmt: skip
    assert failures(pdf.content) == []
    return text_of(PdfReader(io.BytesIO(pdf.content))), json.loads(tree.content)


def test_privacy_says_what_the_settings_promise(anna: Person) -> None:
    anna.store.keeps = Keep(unfinished=45, backups=12)
    begun(anna)
    said = " ".join(o.message.html for o in anna.types("/privacy"))
    assert "na 45 dagen" in said
    assert "na 12 dagen" in said
    assert f"versie {PRIVACY_VERSION}" in said
    assert "23 november 2026" in said, "when the person agreed"
    assert anna.asked == "pilot.name", "and the question is still there"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_on_a_server_no_more_is_promised_than_the_guide_can_do(anna: Person, language: str) -> None:
    """Red before: it said that all was encrypted, with the key apart, also where others keep it."""
    anna.store.keeps = KeepAtServer(backups=12)
    anna.starts()
    if language == "en":
        anna.types("English")
    for text in ("akkoord", "/privacy", "/vergeet"):
        anna.types(text)
    anna.presses("/erase all")
    told = " ".join(one.message.html for one in anna.seen)
    assert not re.search("versleuteld|encrypted", told)
    assert f"{PRIVACY_VERSION} (server)" in told
    dutch = "in een database op een server", "Zet de beheerder die terug"
    english = "in a database on a server", "If the administrator puts those back"
    assert all(part in told for part in (dutch if language == "nl" else english))


def test_who_agreed_before_a_move_to_a_server_is_asked_again() -> None:
    server = {"OPSCHAALGIDS_DATABASE": "postgresql://gids@db/gids"}
    keeps = [settings_from(told).keep for told in ({}, server)]
    assert [agreement(keep) for keep in keeps] == [PRIVACY_VERSION, f"{PRIVACY_VERSION} (server)"]
    assert [vars(keep) for keep in keeps] == [vars(Keep())] * 2


def test_a_stranger_hears_what_is_kept(anna: Person) -> None:
    anna.starts()
    for command in ("/privacy", "/mijngegevens", "/vergeet"):
        said = anna.types(command)
        assert "hooguit 24 uur" in said[-1].message.html
        assert said[-1].message.key == "welcome"


def test_my_data_holds_everything(anna: Person) -> None:
    begun(anna, "Eerste proef", "/wijzig pilot.name", "Nieuwe naam", "/nieuw", "Tweede *proef*")
    text, tree = my_data(anna)
    for said in ("Eerste proef", "Nieuwe naam", "Tweede"):
        assert said in text
        assert said in str(tree)
    assert "Tweede *proef*" in text
    assert [c["id"] for c in tree["canvases"]] == [1, 2]
    assert [e["value"] for e in tree["canvases"][0]["history"]] == ["Eerste proef", "Nieuwe naam"]
    assert tree["person"]["chat"] == anna.chat
    assert tree["person"]["agreed_version"] == "1"
    assert "/nieuw" in {row["text"] for row in tree["typed"]}
    assert any("Hallo" in row["text"] for row in tree["told"])


def test_my_data_is_of_one_person_only(anna: Person) -> None:
    begun(anna, "Van Anna")
    other = type(anna)(anna.folder, "test:2")
    begun(other, "Van Bram")
    text, tree = my_data(other)
    assert "Anna" not in text
    assert "Anna" not in str(tree)


def test_the_person_sees_who_did_what(anna: Person) -> None:
    begun(anna, "Eerste proef", "/mijngegevens")
    text, tree = my_data(anna)
    assert ("person", "exported") in {(line["who"], line["what"]) for line in tree["audit"]}
    assert re.search(r"opgevraagd\s+jou", text)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_changed_text_is_asked_again(anna: Person, language: str) -> None:
    begun(anna, "Eerste proef", f"/language {language}")
    anna.store.agreement = "1b"
    said = anna.types("Zutphen")
    assert [o.message.kind for o in said] == ["privacy", "agree_anew"]
    assert "pilot.organisation" not in anna.values, "nothing goes on without a yes"
    assert anna.types("/privacy")[-1].message.kind == "agree_anew"
    anna.presses("agree")
    anna.types("Zutphen")
    assert anna.values["pilot.organisation"] == "Zutphen"
    row = anna.store.row("SELECT agreed_version FROM people")
    assert row == {"agreed_version": "1b"}
    agreed = anna.store.rows("SELECT what FROM audit WHERE what LIKE 'agreed%'")
    assert [line["what"] for line in agreed] == ["agreed 1", "agreed 1b"]


def test_who_says_no_can_take_all_and_leave(anna: Person) -> None:
    begun(anna, "Eerste proef")
    anna.store.agreement = "1b"
    anna.types("hallo")
    anna.presses("/my_data")
    tree = anna.papers(anna.seen[-3:])[-1]
    assert "Eerste proef" in tree.content.decode()
    anna.presses("/forget")
    anna.presses("/erase all")
    assert anna.store.rows("SELECT * FROM answers") == []
