"""A kwartiermaker's home: all that can be done for a municipality by tapping, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from content.loader import newest
from content.words.steering import SteeringWords
from flows.model.messages import LANGUAGES
from tests.desks import Member, Room, text_of

if TYPE_CHECKING:
    from flows.model.messages import Language
    from storage.conversations.outbox import Outgoing


@pytest.fixture
def karin(room: Room) -> Member:
    karin = room.kwartiermaker("Karin", "Zuid")
    for town, name in (("Zutphen", "Anna"), ("Zutphen", "Bo"), ("Deventer", "Dirk")):
        room.adviser(karin, town, name)
    karin.hears()
    return karin


def labels(said: list[Outgoing]) -> list[str]:
    return [choice.label for choice in said[-1].message.choices]


def chooses(person: Member, label: str) -> list[Outgoing]:
    """The button with these words under the newest message that has it."""
    for said in reversed(person.seen):
        for choice in said.message.choices:
            if choice.label == label:
                return person.presses(choice.key, said)
    raise AssertionError(f"no button {label}")


@pytest.mark.parametrize("typed", ["/start", "/traject", "/menu", "menu"])
def test_home_is_the_answer(karin: Member, typed: str) -> None:
    said = karin.starts() if typed == "/start" else karin.types(typed)
    assert labels(said)[:3] == ["Deventer", "Zutphen", "Wie is hoe ver"]


def test_all_of_a_municipality_by_tapping_and_back(karin: Member) -> None:
    karin.types("menu")
    assert "Anna: Vooraf" in text_of(chooses(karin, "Zutphen"))
    assert labels(karin.seen[-1:]) == [
        "Gespreksblad", "Vraag aan Anna", "Vraag aan Bo", "Plan een gesprek",
        "Verslag van een gesprek", "Alle gemeenten",
    ]  # fmt: skip
    assert "Om op tafel te leggen" in text_of(chooses(karin, "Gespreksblad"))
    chooses(karin, "Alles van Zutphen")
    assert "Schrijf per regel" in text_of(chooses(karin, "Verslag van een gesprek"))
    assert "Deventer" in labels(chooses(karin, "Alle gemeenten"))


def test_a_meeting_is_planned_by_tapping(karin: Member) -> None:
    karin.types("menu")
    chooses(karin, "Zutphen")
    chooses(karin, "Plan een gesprek")
    chooses(karin, labels(karin.seen[-1:])[0])
    assert "Het gesprek met Zutphen is op" in text_of(chooses(karin, "10:00"))
    assert "gesprek" in text_of(chooses(karin, "Alles van Zutphen"))
    assert "Verplaats het gesprek" in labels(karin.seen[-1:])


def test_one_person_is_asked_by_tapping(karin: Member) -> None:
    karin.types("menu")
    chooses(karin, "Zutphen")
    chooses(karin, "Vraag aan Bo")
    assert "naar 1 persoon: Zutphen, Bo" in text_of(chooses(karin, "De belangrijkste open vraag"))
    assert "Klaargezet voor 1 persoon" in text_of(chooses(karin, "Verstuur"))


@pytest.fixture
def zutphen(karin: Member) -> Member:
    karin.types("menu")
    chooses(karin, "Zutphen")
    return karin


def test_what_was_agreed_is_written_under_its_button(zutphen: Member) -> None:
    chooses(zutphen, "Verslag van een gesprek")
    assert "Schrijf per regel" in text_of(zutphen.types("We doen het"))
    said = zutphen.types("DPIA aanvragen, Anna, 15 januari\nWerkplek regelen, Bo, 1 maart")
    assert "Genoteerd: DPIA aanvragen, Anna, 15 januari." in text_of(said)
    told = text_of(chooses(zutphen, "Alles van Zutphen"))
    assert told.count("Werkplek regelen, Bo, 1 maart (wacht op een ja)") == 1


def test_another_day_is_written_under_the_days(zutphen: Member) -> None:
    chooses(zutphen, "Plan een gesprek")
    assert "Ik begrijp niet wanneer" in text_of(zutphen.types("ooit"))
    said = zutphen.types("3 maart 10:00, stadhuis")
    assert "Het gesprek met Zutphen is op woensdag 3 maart 2027, 10:00, stadhuis" in text_of(said)


def test_an_own_question_to_one_person_is_written_under_their_name(zutphen: Member) -> None:
    chooses(zutphen, "Vraag aan Bo")
    said = text_of(zutphen.types("Sprak je de gemeenteraad al?"))
    assert "naar 1 persoon: Zutphen, Bo" in said
    assert "Sprak je de gemeenteraad al?" in said


def test_a_command_under_a_button_is_a_command(zutphen: Member) -> None:
    chooses(zutphen, "Verslag van een gesprek")
    assert "Deventer" in text_of(zutphen.types("overzicht"))


def test_what_is_shared_is_a_tap_away_once_it_is_shared(room: Room, karin: Member) -> None:
    karin.types("menu")
    chooses(karin, "Zutphen")
    assert "Wat gedeeld is, als PDF" not in labels(karin.seen[-1:])
    anna = room.people["test:Anna"]
    anna.types("/delen")
    anna.presses_first("share ")
    karin.types("menu")
    chooses(karin, "Zutphen")
    assert [one.message.kind for one in chooses(karin, "Wat gedeeld is, als PDF")] == ["take_pdf"]


def test_what_was_agreed_stands_with_the_municipality(karin: Member) -> None:
    karin.types("/verslag Zutphen\nDPIA aanvragen\nAnna\n15 januari")
    assert "DPIA aanvragen, Anna, 15 januari" in text_of(chooses(karin, "Alles van Zutphen"))


@pytest.mark.parametrize("typed", ["/gesprek Zutpen", "/overzicht zuthpen"])
def test_a_clear_typing_error_is_taken(karin: Member, typed: str) -> None:
    assert "Zutphen" in text_of(karin.types(typed))
    assert "Bedoel je" not in text_of(karin.seen)


@pytest.mark.parametrize(
    "typed", ["/gesprek Zutven", "/overzicht Zutven", "/verslag Zutven\nDPIA\nAnna\n15 januari"]
)
def test_an_unclear_name_is_asked(karin: Member, typed: str) -> None:
    assert "Bedoel je Zutphen?" in text_of(karin.types(typed))
    assert "Anna" in text_of(chooses(karin, "Zutphen"))


def test_the_text_for_an_unclear_name_is_kept(karin: Member) -> None:
    karin.types("/vraag Zutven: Hoe ging het?")
    assert "Bedoel je een van deze?" in text_of(karin.seen[-1:])
    said = text_of(chooses(karin, "Zutphen"))
    assert "naar 2 personen" in said
    assert "Hoe ging het?" in said


@pytest.mark.parametrize("typed", ["/vraag Drik: hoi", "/vraag Deventer, Dirk: hoi"])
def test_a_person_is_asked_by_name(karin: Member, typed: str) -> None:
    assert "naar 1 persoon: Deventer, Dirk" in text_of(karin.types(typed))


def test_a_number_is_no_name(karin: Member) -> None:
    """It was taken for the first municipality of a list that nobody saw."""
    assert "Deventer, Dirk" not in text_of(karin.types("/vraag 1: hoi"))


def test_patterns_are_sentences_of_what_is_shared_alone(room: Room, karin: Member) -> None:
    """Bo and Dirk share nothing: they are counted nowhere and named nowhere."""
    anna = room.people["test:Anna"]
    anna.store.db.execute(
        "INSERT INTO answers(id, canvas, question, value, at, by, message, size) "
        "SELECT (SELECT MAX(id) FROM answers) + id, canvas, 'ingredients.funding', "
        "'\"no\"', '2026-11-23T09:00:00+00:00', '', '', 4 FROM seats"
    )
    anna.types("/delen")
    anna.presses_first("share ")
    said = text_of(karin.types("/patronen"))
    assert "In de enige gemeente die dit deelt is het geld na de pilot niet geregeld" in said
    assert "Deventer" not in said


@pytest.mark.parametrize(
    ("count", "of", "said"),
    [
        (4, 6, "vier van de zes gemeenten"),
        (3, 3, "alle drie gemeenten die dit delen"),
        (2, 2, "beide gemeenten die dit delen"),
        (1, 1, "de enige gemeente die dit deelt"),
        (13, 40, "13 van de 40 gemeenten"),
    ],
)
def test_so_many_municipalities_in_words(count: int, of: int, said: str) -> None:
    assert SteeringWords(newest(), "nl").of_all(count, of) == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_ingredient_can_lack(language: Language) -> None:
    """As the end of a sentence, and none that the canvas has no more."""
    tree: Any = newest().words[language]["steering"]
    assert set(tree["lacks"]) == set(newest().guide.canvas.ingredients)


def test_help_names_the_way_to_another_device(karin: Member) -> None:
    karin.types("akkoord")
    assert "/verbinden" in text_of(karin.types("/hulp"))


def test_a_stranger_s_help_names_no_verb_of_the_guide(room: Room) -> None:
    said = text_of(room.person("test:stranger").types("/hulp"))
    assert "/overslaan" not in said
    assert "/gesprek" not in said
