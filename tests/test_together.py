"""One canvas, several people, through the real database: joining, differing, settling, erasing."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.operators.exports import Export
from storage.privacy.subject_access import Whole
from storage.reports import Reports
from storage.web.screen import screen_of
from tests.desks import Member, Room, link_in, text_of

SCHEMA = Path(__file__).parent.parent / "docs" / "export.schema.json"


class Table:
    """Anna owns a pilot; Karin and Piet fill it as well, one of them on the web."""

    def __init__(self, folder: Path) -> None:
        self.room = Room(folder)
        self.anna = self.room.person("test:anna")
        for text in ("start", "akkoord", "Wijkteams Zuid"):
            self.anna.types(text)
        self.karin = self.joins("test:karin", "Karin")

    def joins(self, chat: str, name: str) -> Member:
        colleague = self.room.person(chat)
        colleague.now = self.anna.now
        colleague.types(link_in(self.anna.types(f"/samen {name}, Anna")))
        colleague.presses("join 0")
        return colleague


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return Table(tmp_path)


def says(person: Member, question: str, value: str) -> str:
    person.types(f"/change {question}")
    return text_of(person.types(value))


def test_a_colleague_is_named_under_the_question_who_it_is(table: Table) -> None:
    table.anna.types("/samen")
    said = table.anna.presses("add_member")
    assert "Met wie wil je hem samen invullen?" in text_of(said)
    assert "Bijvoorbeeld: Karin, Anna" not in text_of(said)  # her own name is known
    said = table.anna.types("Piet")
    assert "Hallo Piet" in text_of(said)
    assert said[-1].message.key == table.anna.asked, "then it goes on"


def test_a_word_that_is_a_command_is_no_name(table: Table) -> None:
    table.anna.types("/samen")
    table.anna.presses("add_member")
    assert "Hallo" not in text_of(table.anna.types("waar ben ik"))


def test_what_a_colleague_answered_is_not_asked_again(table: Table) -> None:
    assert table.karin.values == table.anna.values
    assert table.karin.asked != "pilot.name"


@pytest.mark.parametrize("passes", ["overslaan", "verder", "weet ik nog niet"])
def test_what_a_colleague_does_not_know_is_asked_of_the_others(table: Table, passes: str) -> None:
    table.anna.types("weet ik nog niet")
    assert table.karin.asked == "pilot.organisation"
    piet = table.joins("test:piet", "Piet")
    assert piet.asked == "pilot.organisation"
    assert "Weet ik nog niet" in text_of(piet.seen[-1:])
    piet.types(passes)
    assert piet.asked == "pilot.origin", "and no second time"
    table.karin.types("Zutphen")
    assert table.karin.asked == "pilot.origin"
    assert table.anna.values["pilot.organisation"] == "Zutphen"
    assert "Jij zegt iets anders" not in text_of(table.karin.seen)


def test_a_difference_is_told_at_once_and_both_stand(table: Table) -> None:
    says(table.anna, "impact.issue", "Wachttijden")
    assert "Anna zei op" in says(table.karin, "impact.issue", "Geldzorgen")
    for person in (table.anna, table.karin):
        assert person.values["impact.issue"] == "Wachttijden"
    assert "Karin" in text_of(table.anna.types("/verschillen"))


def test_two_at_once_is_a_difference_and_never_a_loss(table: Table) -> None:
    """Both see the question; the second presses what the first has just answered."""
    for person in (table.anna, table.karin):
        person.types("/change impact.issue")
    table.anna.types("Wachttijden")
    assert "Anna zei op" in text_of(table.karin.types("Geldzorgen"))
    assert [v.given.value for v in newest(table.karin, "impact.issue")] == [
        "Wachttijden", "Geldzorgen",
    ]  # fmt: skip


def newest(person: Member, question: str) -> Any:
    joint = person.store.walk(person.canvas).joint
    assert joint
    return joint.newest(question)


def test_the_owner_chooses_and_the_others_hear(table: Table) -> None:
    says(table.anna, "impact.issue", "Wachttijden")
    says(table.karin, "impact.issue", "Geldzorgen")
    table.anna.types("/verschillen")
    table.anna.presses("differ impact.issue")
    order = newest(table.anna, "impact.issue")[1].order
    table.anna.presses(f"choose_voice impact.issue {order}")
    assert table.karin.values["impact.issue"] == "Geldzorgen"
    assert "Anna koos" in text_of(table.karin.hears())


def differing(table: Table) -> None:
    says(table.anna, "impact.issue", "Wachttijden")
    says(table.karin, "impact.issue", "Geldzorgen")


def test_where_the_advice_would_differ_a_button_leads_to_the_differences(table: Table) -> None:
    differing(table)
    for person in (table.anna, table.karin):
        shown = person.types("/samenvatting")[-1].message
        assert "Wat verschilt (1)" in [choice.label for choice in shown.choices]
        said = person.presses("/what_differs 1")
        assert "Hier verschillen jullie" in text_of(said)
        assert "differ impact.issue" in [choice.key for choice in said[-1].message.choices]


def test_what_was_settled_by_a_choice_is_not_asked_again(table: Table) -> None:
    table.anna.types("/change impact.issue")  # it stays open there
    says(table.karin, "impact.issue", "Geldzorgen")
    says(table.joins("web:piet", "Piet"), "impact.issue", "Eenzaamheid")
    table.anna.types("/verschillen")
    table.anna.presses("differ impact.issue")
    said = table.anna.presses_first("choose_voice impact.issue")
    assert said[-1].message.key == "pilot.organisation"


def test_a_colleague_settles_nothing(table: Table) -> None:
    says(table.anna, "impact.issue", "Wachttijden")
    says(table.karin, "impact.issue", "Geldzorgen")
    table.karin.types("/verschillen")
    said = table.karin.presses("differ impact.issue")
    assert not [c for c in said[-1].message.choices if c.key.startswith("choose_voice")]


def test_a_part_that_changed_leads_back_to_who_fills_it(table: Table) -> None:
    """What is typed after it never hits the menu before it."""
    table.anna.types("/samen")
    table.anna.presses_first("member")
    said = table.anna.presses_first(f"part_is {table.karin.canvas} reader")
    assert "Karin: leest mee" in text_of(said)
    assert table.anna.asked == "steer.together"
    table.anna.presses("again")
    assert table.anna.asked == "pilot.organisation"


def test_what_cannot_be_taken_back_is_asked_once_more(table: Table) -> None:
    for key in ("part_is {} owner", "remove {}"):
        table.anna.types("/samen")
        table.anna.presses_first("member")
        said = table.anna.presses_first(key.format(table.karin.canvas))
        assert "Weet je het zeker?" in text_of(said)
        assert "jij: beheert de pilot" in text_of(table.anna.presses("together"))
    table.anna.presses_first("member")
    table.anna.presses_first(f"remove {table.karin.canvas}")
    assert "vult niet meer mee in" in text_of(table.anna.presses_first("remove_yes"))


def test_what_waits_for_the_meeting_is_no_agreement(table: Table) -> None:
    says(table.anna, "impact.issue", "Wachttijden")
    says(table.karin, "impact.issue", "Geldzorgen")
    table.anna.types("/verschillen")
    table.anna.presses("differ impact.issue")
    table.anna.presses("keep_both impact.issue")
    said = text_of(table.anna.types("/samen"))
    assert "verschillen nergens" not in said
    assert "Voor het gesprek staat er 1 klaar" in said
    assert "Vraagstuk" in text_of(table.anna.presses("differ_list"))


STEP = "closing.small_win"


def undertakes(person: Member, step: str) -> None:
    for key, said in ((STEP, step), (f"{STEP}.who", "Ik"), (f"{STEP}.when", "over een week")):
        says(person, key, said)


def test_a_colleagues_step_bears_their_name(table: Table) -> None:
    """What Anna said of herself is nothing that Karin said."""
    undertakes(table.anna, "Bellen met de wethouder")
    says(table.anna, "closing.insight", "Eerst bellen")
    mine = text_of(table.anna.types("/samenvatting"))
    assert "Jouw stap: Bellen met de wethouder, ik," in mine
    theirs = text_of(table.karin.types("/samenvatting"))
    assert "Stap van Anna: Bellen met de wethouder, Anna," in theirs
    assert "Inzicht van Anna: Eerst bellen." in theirs
    assert "Jullie acties • Bellen met de wethouder, Anna," in text_of(table.karin.types("/acties"))


def test_who_chose_a_moment_is_asked_then_and_nobody_else(table: Table) -> None:
    """Anna chose when to look back, and when she does her first step."""
    undertakes(table.anna, "Bellen")
    says(table.anna, "closing.recheck", "over een maand")
    table.room.until(table.anna.now, 35, hours=6)
    for words in ("Vandaag is de datum", "Je wilde nu terugkijken"):
        assert [words in text_of(one.seen) for one in (table.anna, table.karin)] == [True, False]


def test_whoever_erases_reads_that_their_colleagues_answers_stay(table: Table) -> None:
    assert "Wat je collega's antwoordden, blijft bij hen." in text_of(table.karin.types("/vergeet"))


def test_a_colleague_without_a_place_reads_why_there_is_nothing_to_share(table: Table) -> None:
    for typed in ("/delen", "/bericht"):
        said = table.karin.types(typed)
        assert "Je doet zelf niet mee aan een traject." in text_of(said)
        assert said[-1].message.key == "pilot.organisation"


def test_what_was_taken_back_says_so_to_who_is_answering(table: Table) -> None:
    faas = table.room.person("test:faas")
    faas.types(link_in(table.anna.types("/forward impact.outcome")))
    faas.types("Schuldenvrij starten")
    table.anna.types("/doorgestuurd")
    table.anna.presses_first("recall")
    assert "Deze vraag is niet meer open." in text_of(faas.types("Faas"))


def test_a_field_of_an_action_lies_on_the_table_by_its_name(tmp_path: Path) -> None:
    room = Room(tmp_path)
    lotte = room.kwartiermaker("Lotte", "Zuid")
    anna = room.adviser(lotte, "Zutphen", "Anna")
    anna.types("Wijkteams Zuid")
    says(anna, STEP, "Bellen")
    says(anna, f"{STEP}.who", "weet ik nog niet")
    anna.types("/delen")
    anna.presses_first("share ", "sharing")
    said = text_of(lotte.types("/gesprek Zutphen"))
    assert "Om op tafel te leggen • Eerste stap, wie" in said
    assert "Kies" not in said
    anna.types("/delen")
    anna.presses_first("leave")
    assert "Goed, je blijft meedoen." in text_of(anna.presses("drop_leave"))


def test_then_and_now_is_of_the_pilot_and_not_of_one_person(table: Table) -> None:
    """Karin, who said nothing then, reads what Anna changed since."""
    says(table.anna, "routes.temporary", "helemaal")
    for person in (table.anna, table.karin):
        person.now += timedelta(days=9)
    says(table.anna, "routes.temporary", "nee, gewoon werk")
    said = text_of(table.karin.types("/sinds"))
    assert "was helemaal, nu nee, gewoon werk" in said
    line = text_of(table.karin.types("/jaarlijn"))
    assert "Begonnen" in line.partition("Wat er gebeurde")[2]


def test_a_reader_sees_and_answers_nothing(table: Table) -> None:
    table.anna.types("/samen")
    table.anna.presses_first("member")
    table.anna.presses_first(f"part_is {table.karin.canvas} reader")
    before = table.anna.answer_rows()
    for text in ("/change impact.issue", "Geldzorgen", "weet ik nog niet", "/klaar", "/vijf"):
        table.karin.types(text)
    assert table.anna.answer_rows() == before
    assert "Wijkteams Zuid" in text_of(table.karin.types("/samenvatting"))


def reads(table: Table) -> Member:
    table.anna.types("/samen")
    table.anna.presses_first("member")
    table.anna.presses_first(f"part_is {table.karin.canvas} reader")
    table.karin.hears()
    return table.karin


def test_a_reader_is_offered_nothing_that_answers(table: Table) -> None:
    says(table.karin, "impact.issue", "weet ik nog niet")
    karin = reads(table)
    shown = karin.types("/samenvatting")[-1].message
    assert [choice.label for choice in shown.choices] == [
        "Bekijk een route", "Twee halve pagina's", "Als bestand", "Terug",
    ]  # fmt: skip
    said = text_of(karin.types("/hulp"))
    assert "wie keek" in said
    for word in ("wijzig", "terug –", "overslaan", "uitgebreid", "5 minuten"):
        assert word not in said
    assert "de vraag waar je was" not in text_of(karin.types("start"))


def test_who_is_erased_takes_their_answers_and_the_others_keep_theirs(table: Table) -> None:
    says(table.anna, "impact.issue", "Wachttijden")
    says(table.karin, "impact.issue", "Geldzorgen")
    table.anna.types("/verschillen")
    table.karin.types("/vergeet")
    table.karin.presses("/erase all")
    assert "Geldzorgen" not in everything(table.anna)
    assert table.anna.values["impact.issue"] == "Wachttijden"
    assert "wissen" in text_of(table.anna.hears())
    assert table.anna.store.walk(table.anna.canvas).joint is None, "whoever is alone is alone"


def test_an_erased_person_is_in_nothing_that_the_others_were_shown(table: Table) -> None:
    """Answers and notes, wherever they were read: lists, questions, summaries, then and now."""
    piet = table.joins("web:piet", "Piet")
    says(table.anna, "routes.temporary", "helemaal")
    says(piet, "routes.temporary", "ja deels, Kanarie van Piet")
    says(piet, "impact.issue", "Kanarie twee")
    says(table.karin, "impact.issue", "Geldzorgen")
    for person in (table.anna, table.karin):
        for text in ("/verschillen", "/change routes.temporary", "/change impact.issue",
                     "/samenvatting", "/mijngegevens", "/since", "/year"):  # fmt: skip
            person.types(text)
    table.anna.types("/verschillen")
    table.anna.presses("differ impact.issue")
    table.anna.presses_first("choose_voice impact.issue")
    table.karin.hears()
    assert "Kanarie" in everything(table.anna)
    piet.types("/vergeet")
    piet.presses("/erase all")
    assert "Kanarie" not in everything(table.anna)
    assert "Piet" not in "".join(map(str, Whole.of(table.anna.store, "test:anna").told))  # type: ignore[union-attr]


def test_who_left_and_is_erased_later_is_nowhere(table: Table) -> None:
    """Nor do they keep what their colleagues said."""
    says(table.karin, "impact.issue", "Kanarie van Karin")
    says(table.anna, "impact.issue", "Kanarie van Anna")
    for person in (table.anna, table.karin):
        person.types("/verschillen")
    table.karin.types("/samen")
    table.karin.presses("quit")
    table.karin.presses("quit_yes")
    told = Whole.of(table.karin.store, "test:karin")
    assert told
    assert "Kanarie van Anna" not in str(told)
    table.karin.types("/vergeet")
    table.karin.presses("/erase all")
    assert "Kanarie van Karin" not in everything(table.anna)
    assert "Kanarie van Anna" in everything(table.anna)


def test_an_owner_who_is_erased_leaves_no_open_door(table: Table) -> None:
    """What they sent out works no more; who comes after decides what differs, and who joins."""
    says(table.anna, "impact.issue", "Kanarie van Anna")
    says(table.karin, "impact.issue", "Geldzorgen")
    piet = table.joins("web:piet", "Piet")
    says(piet, "impact.issue", "Eenzaamheid")
    invited = link_in(table.anna.types("/samen Dirk"))
    asked = link_in(table.anna.types("/forward impact.outcome"))
    table.anna.types("/vergeet")
    table.anna.presses("/erase all")
    assert "Kanarie" not in everything(table.karin)
    dirk = table.room.person("test:dirk")
    dirk.now = table.anna.now
    for link in (invited, asked):
        assert "Wijkteams" not in text_of(dirk.types(link))
    assert table.karin.values["impact.issue"] == "Geldzorgen"
    table.karin.types("/verschillen")
    table.karin.presses("differ impact.issue")
    order = newest(table.karin, "impact.issue")[1].order
    table.karin.presses(f"choose_voice impact.issue {order}")
    assert piet.values["impact.issue"] == "Eenzaamheid"
    assert link_in(table.karin.types("/samen Els"))


def test_where_the_owner_goes_a_colleague_owns_it(table: Table) -> None:
    piet = table.joins("web:piet", "Piet")
    table.anna.types("/vergeet")
    table.anna.presses("/erase all")
    joint = piet.store.walk(piet.canvas).joint
    assert joint
    assert {member.name: member.role for member in joint.members} == {
        "Karin": "owner", "Piet": "colleague",
    }  # fmt: skip


def test_a_colleagues_note_stays_theirs(table: Table) -> None:
    """The same choice without a word is no word of a colleague's; nor what is added later."""
    says(table.anna, "impact.evidence", "Gemeten, het werkt, alleen in Zuid")
    says(table.karin, "impact.evidence", "Gemeten, het werkt")
    assert [v.given.note for v in newest(table.anna, "impact.evidence")] == ["alleen in Zuid", ""]
    table.karin.types("toelichting: en in Oost")
    assert [v.given.note for v in newest(table.anna, "impact.evidence")] == [
        "alleen in Zuid", "en in Oost",
    ]  # fmt: skip


def test_nothing_is_said_that_denies_what_somebody_just_said(table: Table) -> None:
    """Piet's answer counts; to Karin, who says otherwise, nothing is concluded from it."""
    piet = table.joins("web:piet", "Piet")
    says(table.anna, "pilot.origin", "Wij begonnen ermee")
    for key in ("pilot.organisation", "pilot.author"):
        says(table.anna, key, "Zutphen")
    idea = "Het is nog een idee."
    assert idea in says(piet, "pilot.stage", "We overwegen het")
    said = says(table.karin, "pilot.stage", "Loopt")
    assert "Piet zei op" in said
    assert idea not in said


def test_a_note_needs_an_own_choice(table: Table) -> None:
    says(table.anna, "impact.evidence", "Gemeten, het werkt, alleen in Zuid")
    before = table.anna.answer_rows()
    table.karin.types("toelichting: en in Oost")
    assert table.anna.answer_rows() == before


def test_a_reader_adds_no_note(table: Table) -> None:
    says(table.karin, "impact.evidence", "Gemeten, het werkt")
    table.anna.types("/samen")
    table.anna.presses_first("member")
    table.anna.presses_first(f"part_is {table.karin.canvas} reader")
    before = table.anna.answer_rows()
    for text in ("toelichting: en in Oost", "/still", "/enough", "/note en in Oost"):
        table.karin.types(text)
    assert table.anna.answer_rows() == before


def test_who_settled_and_left_stands_behind_nothing(table: Table) -> None:
    piet = table.joins("web:piet", "Piet")
    says(table.anna, "impact.issue", "Wachttijden")
    says(table.karin, "impact.issue", "Geldzorgen")
    table.anna.types("/verschillen")
    table.anna.presses("differ impact.issue")
    order = newest(table.anna, "impact.issue")[1].order
    table.anna.presses(f"choose_voice impact.issue {order}")
    table.anna.types("/samen")
    table.anna.presses("quit")
    table.anna.presses("quit_yes")
    says(table.karin, "impact.issue", "Eenzaamheid")
    assert piet.values["impact.issue"] == "Eenzaamheid"


def everything(person: Member) -> str:
    db = person.store.db
    names = [n for n in db.table_names() if not n.startswith("sqlite_")]
    return str([db.execute(f"SELECT * FROM {name}").fetchall() for name in names])  # noqa: S608 - ours


def test_who_leaves_keeps_their_own_answers(table: Table) -> None:
    says(table.karin, "impact.issue", "Geldzorgen")
    table.karin.types("/samen")
    table.karin.presses("quit")
    table.karin.presses("quit_yes")
    assert table.karin.values == {"impact.issue": "Geldzorgen"}
    assert "impact.issue" not in table.anna.values


def test_a_link_for_somebody_who_is_on_it_gives_nothing(table: Table) -> None:
    link = link_in(table.anna.types("/samen Karin"))
    assert "al mee in" in text_of(table.karin.types(link))


def test_papers_say_who_answered_and_where_the_advice_would_differ(table: Table) -> None:
    says(table.anna, "impact.issue", "Wachttijden")
    says(table.karin, "impact.issue", "Geldzorgen")
    conversation, canvas = table.anna.conversation, table.anna.canvas
    text = (Export(conversation, "md", "summary").made(canvas) or b"").decode()
    assert "Wachttijden (Anna, 23 november 2026; Karin: Geldzorgen)" in text
    assert "Waar jullie verschillen" in text
    assert "Karin zegt: Geldzorgen. Het advies blijft dan gelijk." in text


def test_an_export_holds_every_answer_and_what_differs(table: Table) -> None:
    says(table.karin, "impact.issue", "Geldzorgen")
    says(table.anna, "impact.issue", "Wachttijden")
    assert len(newest(table.anna, "impact.issue")) == 2
    found = Export(table.anna.conversation, "json", "summary").made(None) or b""
    tree = json.loads(found)
    jsonschema.validate(tree, json.loads(SCHEMA.read_text(encoding="utf-8")))
    for canvas in tree["canvases"][1:]:  # the first is the operator's
        answer = canvas["answers"]["impact.issue"]
        assert answer["value"] == "Geldzorgen", "the first is in force"
        assert len({entry["by"] for entry in answer["history"]}) == 2
        assert canvas["differences"]["impact.issue"][0]["who"] == "Anna"
        assert canvas["people"] == ["Anna", "Karin"]


def test_what_is_kept_of_one_person_is_their_own(table: Table) -> None:
    says(table.karin, "impact.issue", "Geldzorgen")
    store = table.anna.store
    own = [Reports(store).canvases(n, alone=True) for n in store.canvases_of("test:anna")]
    whole = Whole.of(store, "test:anna", chain.from_iterable(own))
    assert whole
    assert whole.canvases
    assert "Geldzorgen" not in str(whole.canvases)
    assert whole.trajectories["together"][0]["role"] == "owner"


# ---------------------------------------------------------------- in a trajectory


def invited(room: Room, keeper: Member, name: str) -> Member:
    """Somebody of the same municipality who follows an invitation, and has pilots of their own."""
    found = room.person(f"test:{name}")
    found.now = keeper.now
    for text in ("start", "akkoord", "Eigen proef", "/nieuw", "Andere proef"):
        found.types(text)
    found.types(link_in(keeper.types(f"/uitnodigen Ede, {name}")))
    return found


def test_who_joins_is_asked_whether_it_is_the_same_pilot(tmp_path: Path) -> None:
    room = Room(tmp_path)
    keeper = room.kwartiermaker("Lotte", "Jongeren")
    anna = room.adviser(keeper, "Ede", "Anna")
    anna.types("Wijkteams Zuid")
    karin = invited(room, keeper, "Karin")
    assert "Is dit dezelfde pilot?" in text_of(karin.seen[-1:])
    labels = [choice.label for choice in karin.seen[-1].message.choices]
    assert labels == [
        "Ja, Wijkteams Zuid", "Ja, met Andere proef", "Ja, met Eigen proef",
        "Ja, met een nieuwe pilot", "Liever niet",
    ]  # fmt: skip
    karin.presses(f"same_pilot {anna.canvas}")
    assert karin.store.walk(karin.canvas).joint is None, "nothing is seen before Anna's yes"
    assert "Karin uit Ede" in text_of(anna.hears())
    anna.presses_first("let_in")
    assert "samen in" in text_of(karin.hears())
    assert karin.values["pilot.name"] == "Wijkteams Zuid"
    seats = anna.store.rows("SELECT canvas FROM seats ORDER BY id")
    assert [seat["canvas"] for seat in seats] == [anna.canvas, karin.canvas]


def test_a_no_leaves_each_their_own(tmp_path: Path) -> None:
    room = Room(tmp_path)
    keeper = room.kwartiermaker("Lotte", "Jongeren")
    anna = room.adviser(keeper, "Ede", "Anna")
    anna.types("Wijkteams Zuid")
    karin = invited(room, keeper, "Karin")
    karin.presses(f"same_pilot {anna.canvas}")
    anna.hears()
    anna.presses_first("keep_out")
    assert "eigen pilot" in text_of(karin.hears())
    anna.presses_first("let_in")
    assert karin.store.walk(karin.canvas).joint is None, "a no is a no"


def shares_all(person: Member) -> None:
    shown = person.types("/delen")[-1].message.choices
    person.presses(next(c.key for c in shown if c.label == "Deel alle antwoorden"))


def test_on_a_shared_canvas_each_shares_their_own_answers(tmp_path: Path) -> None:
    """What Karin said stays hers, also where Anna shares the canvas that holds both."""
    room = Room(tmp_path)
    keeper = room.kwartiermaker("Lotte", "Jongeren")
    anna = room.adviser(keeper, "Ede", "Anna")
    anna.types("Wijkteams Zuid")
    karin = invited(room, keeper, "Karin")
    karin.presses(f"same_pilot {anna.canvas}")
    anna.hears()
    anna.presses_first("let_in")
    keeper.hears()
    keeper.presses_first("admit", "wants_in")
    says(karin, "impact.issue", "Geldzorgen")
    shares_all(anna)
    page = text_of(keeper.types("/gesprek Ede"))
    assert "Wijkteams Zuid" in page
    assert "Geldzorgen" not in page
    shares_all(karin)
    page = text_of(keeper.types("/gesprek Ede"))
    assert "Karin, Vraagstuk: Geldzorgen" in page
    assert "verschillende pilots" not in page
    overview = text_of(keeper.types("/overzicht"))
    assert "Anna, Karin: " in overview
    assert overview.count(" vragen") == 1, "one pilot is one line"
    for person in (anna, karin):
        assert "voortgang" in text_of(person.types("/logboek"))


def test_two_pilots_of_a_town_are_never_compared_as_one(tmp_path: Path) -> None:
    room = Room(tmp_path)
    keeper = room.kwartiermaker("Lotte", "Jongeren")
    people = [room.adviser(keeper, "Ede", name) for name in ("Anna", "Piet")]
    for person, pilot, said in zip(
        people, ("Wijkteams Zuid", "Buurtgezin"), ("ja", "nee"), strict=True
    ):
        person.types(pilot)
        says(person, "ingredients.collaboration", said)
        shares_all(person)
    page = text_of(keeper.types("/gesprek Ede"))
    assert "Dit zijn 2 verschillende pilots: Wijkteams Zuid (Anna); Buurtgezin (Piet)." in page
    assert "Hier verschillen de antwoorden" not in page
    patterns = text_of(keeper.types("/patronen"))
    assert "Ede: Wijkteams Zuid: ja" in patterns
    assert "Ede: Buurtgezin: nee" in patterns
    assert "andere: zie" not in patterns, "nothing is left out"


def test_a_difference_is_asked_as_the_question_is(table: Table) -> None:
    says(table.anna, "pilot.origin", "Wij nemen hem over")
    says(table.anna, "impact.issue", "Wachttijden")
    says(table.karin, "impact.issue", "Geldzorgen")
    table.anna.types("/verschillen")
    said = text_of(table.anna.presses("differ impact.issue"))
    assert "Welk probleem van mensen wil je hiermee aanpakken?" in said


def test_what_is_gone_of_a_colleague_is_not_shown_as_a_question(table: Table) -> None:
    """On the web the last question stands there until its reader does something."""
    piet = table.joins("web:0123456789abcdef", "Piet")
    says(table.karin, "impact.issue", "Geldzorgen")
    piet.types("/change impact.issue")
    assert "Geldzorgen" in shown(piet)
    table.karin.types("/vergeet")
    table.karin.presses("/erase all")
    assert "…" not in shown(piet)
    assert "wissen" in shown(piet)


def shown(person: Member) -> str:
    screen = screen_of(person.store, person.chat)
    return " ".join(one.message.html for one in (*screen.news, screen.shown) if one)


def test_two_who_came_before_either_was_confirmed_are_asked_then(tmp_path: Path) -> None:
    room = Room(tmp_path)
    keeper = room.kwartiermaker("Lotte", "Jongeren")
    karin, anna = (joined(room, keeper, name) for name in ("Karin", "Anna"))
    keeper.now = karin.now + timedelta(hours=1)
    for _ in (anna, karin):  # the newest question first
        keeper.types("/uitnodigen")
        keeper.presses_first("admit")
    assert "dezelfde" not in text_of(anna.hears())
    said = karin.hears()
    assert "Een collega uit Ede vult ook een pilot in: Proef van Anna." in text_of(said)
    karin.presses_first("same_pilot")
    assert "Karin uit Ede" in text_of(anna.hears())
    anna.presses_first("let_in")
    karin.hears()
    assert karin.values["pilot.name"] == "Proef van Anna"
    assert karin.store.walk(karin.canvas).joint


def joined(room: Room, keeper: Member, name: str) -> Member:
    """Somebody who takes part, and whom the kwartiermaker did not confirm yet."""
    found = room.person(f"test:{name}")
    found.now = keeper.now
    found.types(link_in(keeper.types(f"/uitnodigen Ede, {name}")))
    found.presses("join 0")
    found.types(f"Proef van {name}")
    return found


@pytest.mark.parametrize("said", ["apart", "same_pilot"])
def test_who_answered_keeps_nothing_of_a_pilot_that_is_erased(tmp_path: Path, said: str) -> None:
    room = Room(tmp_path)
    keeper = room.kwartiermaker("Lotte", "Jongeren")
    karin, anna = (joined(room, keeper, name) for name in ("Karin", "Anna"))
    keeper.now = karin.now + timedelta(hours=1)
    for _ in (anna, karin):
        keeper.types("/uitnodigen")
        keeper.presses_first("admit")
    late = joined(room, keeper, "Piet")
    for person in (karin, late):
        person.hears()
        assert "Proef van Anna" in everything(person)
    answer = text_of(karin.presses_first(said))
    assert ("ieder een eigen pilot" in answer) == (said == "apart")
    assert ("wil" in text_of(anna.hears())) == (said != "apart")
    anna.types("/vergeet")
    anna.presses("/erase all")
    assert "Proef van Anna" not in everything(karin)
