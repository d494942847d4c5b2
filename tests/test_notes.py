"""A sentence with a choice: understood at the moment of answering, kept with it, never lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.documents.printer import as_json
from content.documents.sheets import sheet_data
from content.words.vocabulary import Words
from flows.intents.choices import fold, match, said_with_more
from flows.model.messages import Choice, Update
from storage.privacy.subject_access import Whole
from tests.desks import Room, text_of
from tests.people import Person
from tests.test_export import exported, lines_for, markdown
from tests.web import Housed
from tests.web_player import Player

if TYPE_CHECKING:
    from pathlib import Path

PARTLY = (Choice("yes", "Ja"), Choice("partly", "Deels"), Choice("no", "Nee"),
          Choice("unknown", "Weet ik nog niet"))  # fmt: skip
TEMPORARY = (Choice("fully", "Helemaal"), Choice("partly", "Deels"),
             Choice("no", "Nee, gewoon werk"))  # fmt: skip
MORE = (Choice("many", "Ja, veel"), Choice("some", "Ja, enkele"), Choice("no", "Nee"))
ENGLISH = (Choice("yes", "Yes"), Choice("partly", "Partly"), Choice("no", "No"))


@pytest.mark.parametrize(
    ("choices", "said", "meant"),
    [
        (PARTLY, "ja deels, alleen de projectleider is tijdelijk",
         ("partly", "alleen de projectleider is tijdelijk")),
        (TEMPORARY, "ja deels, alleen de projectleider is tijdelijk",
         ("partly", "alleen de projectleider is tijdelijk")),
        (PARTLY, "ja deels", ("partly", "")),
        (PARTLY, "Ja, maar pas vanaf januari", ("yes", "maar pas vanaf januari")),
        (PARTLY, "nee want er is geen geld", ("no", "want er is geen geld")),
        (PARTLY, "Deels (alleen in de zomer)", ("partly", "(alleen in de zomer)")),
        (PARTLY, "2, alleen de wijk Zuid", ("partly", "alleen de wijk Zuid")),
        (PARTLY, "weet ik nog niet, Piet weet het", ("unknown", "Piet weet het")),
        (MORE, "ja, veel, vooral in Oost", ("many", "vooral in Oost")),
        (ENGLISH, "yes, but only the project leader", ("yes", "but only the project leader")),
        (ENGLISH, "no because nobody asked", ("no", "because nobody asked")),
        # Not clear: the guide asks.
        (MORE, "ja, in Oost zeker", None),
        (PARTLY, "ja, maar eigenlijk niet", None),
        (PARTLY, "ja, nee", None),
        (PARTLY, "ja nee", None),
        (PARTLY, "nee, deels", None),
        (PARTLY, "nee, ja", None),
        (PARTLY, "ja, of bedoel je iets anders?", None),
        (PARTLY, "ja dat kan", None),
        (PARTLY, "misschien, als het geld er is", None),
    ],
)  # fmt: skip
def test_a_choice_with_a_sentence(
    choices: tuple[Choice, ...], said: str, meant: tuple[str, str] | None
) -> None:
    assert said_with_more(said, choices) == meant


@given(
    st.sampled_from([PARTLY, TEMPORARY, MORE, ENGLISH]),
    st.data(),
    st.sampled_from([", ", "; ", ": ", " - ", "\n", " maar ", " want ", " because ", " but "]),
    st.text(max_size=60),
)
def test_any_tail_is_kept_and_picks_nothing_else(
    choices: tuple[Choice, ...], data: st.DataObject, glue: str, tail: str
) -> None:
    """Or nothing is picked at all."""
    head = data.draw(st.sampled_from([word for c in choices for word in (c.key, c.label)]))
    whole = f"{head}{glue}{tail}"
    found = said_with_more(whole, choices)
    if found is not None:
        key, note = found
        assert whole.rstrip().endswith(note), "no word of it is lost or changed"
        words = whole.rstrip()[: len(whole.rstrip()) - len(note)]
        assert said_with_more(words.rstrip(" ,;:.-(\n"), choices) == (key, "")
        assert fold(words).startswith(fold(head)) or key == match(head, choices)


@pytest.fixture
def anna(tmp_path: Path) -> Person:
    """At the first question with choices that has a note of its own in the full round."""
    person = Person(tmp_path)
    person.starts()
    for said in ("akkoord", "Wijkwijzer", "Zutphen"):
        person.types(said)
    person.presses("started")
    person.presses("running")
    return person


def notes(person: Person) -> list[tuple[str, str]]:
    rows = person.store.rows("SELECT question, note FROM answers WHERE note <> '' ORDER BY id")
    return [(row["question"], row["note"]) for row in rows]


def test_said_at_once(anna: Person) -> None:
    anna.types("/wijzig pilot.stage")
    anna.types("afgerond, alleen in Oost loopt het nog")
    assert anna.values["pilot.stage"] == "finished"
    assert notes(anna) == [("pilot.stage", "alleen in Oost loopt het nog")]
    assert "alleen in Oost loopt het nog" in anna.seen[-1].message.html
    anna.types("/wijzig pilot.stage")
    assert "alleen in Oost loopt het nog" in anna.seen[-1].message.html


def test_said_after_a_press(anna: Person) -> None:
    before = len(anna.answer_rows())
    anna.types("toelichting: alleen in Oost loopt het")
    anna.types("/toelichting en een beetje in West")
    assert notes(anna)[-1] == ("pilot.stage", "alleen in Oost loopt het\nen een beetje in West")
    assert anna.values["pilot.stage"] == "running"
    assert len(anna.answer_rows()) == before + 2, "what was said before is kept"


def test_another_answer_has_no_note_of_the_old_one(anna: Person) -> None:
    anna.types("toelichting: alleen in Oost")
    anna.types("/wijzig pilot.stage")
    anna.presses("finished")
    walk = anna.store.walk(anna.canvas)
    assert walk.note("pilot.stage") == ""
    assert notes(anna) == [("pilot.stage", "alleen in Oost")]


def test_the_same_answer_keeps_its_note(anna: Person) -> None:
    anna.types("toelichting: alleen in Oost")
    anna.types("/wijzig pilot.stage")
    anna.presses("running")
    assert anna.store.walk(anna.canvas).note("pilot.stage") == "alleen in Oost"


def test_a_note_is_offered_where_it_would_be_asked(anna: Person) -> None:
    for said in ("Mensen vinden de weg niet", "Minder schulden"):
        anna.types(said)
    anna.types("/uitgebreid")
    anna.types("/wijzig impact.evidence")
    anna.types("verhalen, uit twintig gesprekken met gezinnen")
    assert notes(anna) == [("impact.evidence", "uit twintig gesprekken met gezinnen")]
    anna.types("/wijzig impact.evidence_note")
    assert anna.asked == "impact.evidence_note"
    assert "uit twintig gesprekken met gezinnen" in anna.seen[-1].message.html
    anna.presses("/enough")
    assert anna.values["impact.evidence_note"] == "uit twintig gesprekken met gezinnen"


def test_a_reply_goes_to_the_question_of_that_message(anna: Person) -> None:
    [asked] = [o for o in anna.seen if o.message.key == "pilot.origin"]
    anna.store.db.execute("UPDATE outbox SET message = 41 WHERE id = ?", [asked.id])
    number = f"u{len(anna.sent) + 1}"
    anna.gives(Update(number, anna.chat, anna.now, "text", "samen met Deventer",
                      message=number, reply="41"))  # fmt: skip
    assert notes(anna) == [("pilot.origin", "samen met Deventer")]
    assert "impact.issue" not in anna.values


def test_a_reply_to_a_bubble_means_the_question_that_stands_there(anna: Person) -> None:
    """On Telegram the next question takes the place of the one that was pressed."""
    anna.types("Mensen vinden de weg niet")
    anna.types("Minder schulden")
    anna.presses("stories")
    assert anna.asked == "impact.working_part"
    anna.store.db.execute("UPDATE outbox SET message = 41 WHERE key LIKE 'impact.%'")
    number = f"u{len(anna.sent) + 1}"
    anna.gives(Update(number, anna.chat, anna.now, "text", "deels, de gesprekken wel",
                      message=number, reply="41"))  # fmt: skip
    assert anna.values["impact.working_part"] == "partly"
    assert notes(anna) == [("impact.working_part", "de gesprekken wel")]


def test_a_note_waits_with_a_change_that_drops_answers(anna: Person) -> None:
    """Until the person is sure."""
    for said in ("Mensen vinden de weg niet", "Minder schulden"):
        anna.types(said)
    anna.types("/uitgebreid")
    anna.types("/wijzig impact.evidence")
    anna.presses("stories")
    anna.types("/wijzig impact.evidence_note")
    anna.types("Uit gesprekken")
    anna.types("/wijzig impact.evidence")
    anna.types("onze eigen indruk, maar wel van tien mensen")
    sure = next(c.key for c in anna.seen[-1].message.choices if c.key.startswith("/sure"))
    anna.presses(sure)
    assert anna.values["impact.evidence"] == "impressions"
    assert notes(anna)[-1] == ("impact.evidence", "maar wel van tien mensen")
    assert not any("noted " in mark for mark in anna.store.walk(anna.canvas).cursor.told)


@pytest.mark.parametrize("language", ["nl", "en"])
async def test_on_the_web_without_script(tmp_path: Path, language: str) -> None:
    """What was written stays where the question comes again, and goes with the choice."""
    async with Housed(tmp_path, language) as house, house.visitor() as anna:
        player = Player(house, anna)
        await player.start("")
        await player.press("agree")
        for said in ("Wijkwijzer", "Zutphen"):
            await anna.types(said)
        anna.writes("note", "Samen met Deventer, <b>en</b> Ede")
        await anna.presses("/explain")
        [form] = [form for form in anna.page.forms if "note" in form.texts]
        assert form.texts["note"].strip().startswith("Samen met")
        await anna.presses("started")
        row = house.store.row("SELECT value, note FROM answers WHERE question = 'pilot.origin'")
        assert row == {"value": '"started"', "note": "Samen met Deventer, <b>en</b> Ede"}
        assert anna.wrong == []


# ---------------------------------------------------------------- where it is read


MARK = "alleen tot de zomer"


def noted_walk(person: Person) -> Person:
    """To the end, by whatever stands first; with a note on one choice."""
    for _ in range(80):
        shown = next(o.message for o in reversed(person.seen) if o.message.choices)
        if shown.key == "finished":
            return person
        lines = lines_for(shown.key, [c.key for c in shown.choices], {})
        noted = shown.key == "ingredients.collaboration"
        for line in [f"deels, {MARK}"] if noted else lines:
            person.types(line)
    raise AssertionError(person.asked)


def begun(folder: Path) -> Person:
    person = Person(folder)
    person.starts()
    person.types("akkoord")
    return person


def test_it_is_in_every_paper_and_in_the_export(tmp_path: Path) -> None:
    person = noted_walk(begun(tmp_path))
    answer = exported(person)["canvases"][0]["answers"]["ingredients.collaboration"]
    assert (answer["value"], answer["note"]) == ("partly", MARK)
    assert answer["history"][-1]["note"] == MARK
    assert MARK in markdown(person)
    words = Words(person.conversation.newest, "nl", person.store.walk(person.canvas))
    assert MARK in str(sheet_data(words, "canvas")["ingredients"])
    assert MARK in as_json(Whole.of(person.store, person.chat))  # type: ignore[arg-type]


def test_it_is_erased_with_its_answer(tmp_path: Path) -> None:
    person = noted_walk(begun(tmp_path))
    person.types("/vergeet")
    erased = next(c.key for c in person.seen[-1].message.choices if "erase" in c.key)
    person.presses(erased)
    tables = person.store.column("SELECT name FROM sqlite_master WHERE type = 'table'")
    kept = {name: person.store.rows(f"SELECT * FROM {name}") for name in tables}  # noqa: S608
    assert not [name for name, rows in kept.items() if MARK in str(rows)]


@pytest.mark.parametrize("shares", ["ingredients", "routes"])
def test_it_is_shared_as_its_answer_is(tmp_path: Path, shares: str) -> None:
    room = Room(tmp_path)
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    noted_walk(anna)
    anna.types("/wijzig ingredients.collaboration")
    anna.types(f"ja, {MARK}")
    said = anna.types("/delen")
    [pressed] = [c.key for o in said for c in o.message.choices if c.key.endswith(shares)]
    anna.presses(pressed)
    karin.now = anna.now
    shown = text_of(karin.types("/gesprek Zutphen"))
    assert (MARK in shown) == (shares == "ingredients")


def test_draait_may_be_either_stage_and_is_asked(tmp_path: Path) -> None:
    """It runs here, or in several places: a guess would change what is asked next."""
    anna = Person(tmp_path)
    for text in ("start", "akkoord", "Wijkteams Zuid", "Zutphen", "wij begonnen ermee"):
        anna.types(text)
    assert anna.asked == "pilot.stage"
    anna.types("draait")
    assert "pilot.stage" not in anna.values
    anna.types("loopt")
    assert anna.values["pilot.stage"] == "running"
