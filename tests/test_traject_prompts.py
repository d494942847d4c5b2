"""Prompts: previewed, called off, answered in place, and only when they may go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.prompter import AT_ONCE, DEEP, Prompting
from flows.timing.hours import OFTEN, SELDOM, allowed, next_moment, when
from tests.crowd import crowd
from tests.desks import Member, Room, text_of

ZONES = ("Europe/Amsterdam", "America/Kralendijk", "America/New_York", "Pacific/Auckland")
CLOCKS = st.sampled_from(ZONES).map(ZoneInfo)
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2031, 1, 1), timezones=CLOCKS)  # noqa: DTZ001


def asked(keeper: Member, *moves: str) -> None:
    keeper.types("/vraag")
    for move in moves:
        keeper.presses_first(move)


@settings(deadline=None)
@given(MOMENTS)
def test_the_next_moment_is_allowed_and_the_first(at: datetime) -> None:
    found = next_moment(at)
    assert allowed(found)
    assert found.astimezone(UTC) >= at.astimezone(UTC)
    assert found == at or not allowed(found - timedelta(minutes=1))


@settings(deadline=None)
@given(MOMENTS, st.booleans(), st.integers(1, 40))
def test_never_more_than_two_in_seven_days(at: datetime, less: bool, count: int) -> None:  # noqa: FBT001
    handed: list[datetime] = []
    for _ in range(count):
        at = when(at, handed, less=less)
        handed.append(at)
    moments = [moment.astimezone(UTC) for moment in handed]
    for first, third in zip(moments, moments[OFTEN[0] :], strict=False):
        assert third - first >= OFTEN[1]


@settings(deadline=None)
@given(MOMENTS, st.booleans(), st.lists(st.booleans(), min_size=1, max_size=40))
def test_a_meeting_brings_one_more_in_seven_days(
    at: datetime, less: bool, kinds: list[bool]  # noqa: FBT001
) -> None:
    """Also where meetings are planned and moved every day; none for who wants fewer."""
    handed: list[datetime] = []
    met: list[datetime] = []
    for meets in kinds:
        at = when(at, handed, less=less, met=met, meets=meets)
        handed.append(at)
        met += [at] if meets else []
    most, span = (SELDOM[0], SELDOM[1]) if less else (OFTEN[0] + 1, OFTEN[1])
    moments = [moment.astimezone(UTC) for moment in handed]
    for first, late in zip(moments, moments[most:], strict=False):
        assert late - first >= span


def test_a_prompt_is_previewed_sent_and_answered_in_place(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    anna.types("Jongeren aan zet")
    asked(karin, "kind open", "target all")
    assert "naar 1 persoon" in text_of(karin.seen[-1:])
    karin.presses_first("send")
    assert not anna.hears()
    room.until(karin.now, 0.2)
    said = anna.hears()
    assert "Karin vraagt of je deze vraag kunt beantwoorden" in text_of(said)
    before = anna.store.walk(anna.canvas).cursor
    anna.presses(said[0].message.choices[0].key, said[0])
    assert "Je bent nog waar je was" in text_of(anna.seen[-1:])
    assert anna.store.walk(anna.canvas).cursor == before
    assert len(anna.values) == 3


def test_it_can_be_called_off_until_it_has_gone(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    asked(karin, "kind open", "target all", "send", "call_off")
    assert "Ingetrokken voor 1 persoon" in text_of(karin.seen[-1:])
    room.until(karin.now, 3)
    assert not anna.hears()


def test_an_old_preview_sends_nothing_else(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    room.adviser(karin, "Zutphen", "Anna")
    asked(karin, "kind open", "target all")
    old = karin.seen[-1]
    karin.types("/vraag Zutphen: Hoe ging het?")
    karin.presses(old.message.choices[0].key, old)
    assert "niets veranderd" in text_of(karin.seen[-1:])


def between_two(room: Room) -> Member:
    """Karin looks at a preview for Ede in one trajectory, and keeps another with Zutphen."""
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    room.adviser(karin, "Zutphen", "Anna")
    karin.types("/traject nieuw Noord")
    room.adviser(karin, "Ede", "Bo")
    karin.types("/vraag Gaat het goed?")
    assert "Ede, Bo" in text_of(karin.presses_first("target all"))
    return karin


def test_a_preview_sends_to_nobody_in_another_trajectory(room: Room) -> None:
    karin = between_two(room)
    karin.types("/traject Jongeren Zuid")
    assert "al geregeld" in text_of(karin.presses_first("send", "preview"))
    assert not karin.store.rows("SELECT * FROM prompts WHERE batch <> ''")


def test_what_was_sent_off_in_another_trajectory_can_be_called_off(room: Room) -> None:
    karin = between_two(room)
    karin.presses_first("send", "preview")
    karin.types("/traject Jongeren Zuid")
    assert "Ingetrokken voor 1 persoon" in text_of(karin.presses_first("call_off"))
    assert "Nog niet weg" not in text_of(karin.types("/vraag"))


def test_after_stop_nothing_comes_and_only_that_is_seen(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    asked(karin, "kind again", "target all", "send")
    room.until(karin.now, 0.2)
    anna.presses("stop_prompts", anna.hears()[0])
    assert "berichten uit" in text_of(karin.types("/overzicht"))
    asked(karin, "kind again", "target all")
    assert "Er gaat niets uit" in text_of(karin.seen[-1:])
    room.until(karin.now, 60)
    assert not anna.hears()


def test_later_comes_again_and_not_at_once(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    asked(karin, "kind again", "target all", "send")
    now = room.until(karin.now, 0.2)
    anna.now = now
    anna.presses("later", anna.hears()[0])
    now = room.until(now, 1.5)
    assert not anna.hears()
    room.until(now, 3)
    assert "nog eens naar je antwoorden" in text_of(anna.hears())


def test_a_question_answered_meanwhile_is_not_asked(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    asked(karin, "kind actions", "target all", "send")
    room.until(karin.now, 3)
    assert not anna.hears()
    row = anna.store.row("SELECT ended FROM prompts WHERE kind = 'actions'") or {}
    assert row["ended"] == "no longer needed"


def rounds(prompting: Prompting, now: datetime) -> list[str]:
    """Those that the program makes at once, one after the other."""
    chats = prompting.due(now)
    while prompting.behind and prompting.store.outbox.depth()[0] <= DEEP:
        chats += prompting.due(now)
    return chats


def test_who_has_nothing_to_be_asked_holds_up_nobody(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    crowd(karin.store, 3, 10)
    asked(karin, "kind actions", "target all", "send")
    rounds(Prompting(karin.conversation), karin.now + timedelta(minutes=10))
    open_ = "SELECT canvas FROM prompts WHERE kind = 'actions' AND ended IS NULL"
    asked_of = karin.store.column(open_)
    assert len(asked_of) < 30 / 2
    assert all("closing.small_win" in karin.store.given(canvas) for canvas in asked_of)


def test_a_full_outbox_is_waited_for_and_then_it_goes_on(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    crowd(karin.store, 10, 10)
    asked(karin, "kind again", "target all", "send")
    prompting, now = Prompting(karin.conversation), karin.now + timedelta(minutes=10)
    first = rounds(prompting, now)
    assert DEEP < len(first) <= DEEP + AT_ONCE
    assert (prompting.due(now), prompting.behind) == ([], True)
    for chat in first:
        for out in karin.store.outbox.due(chat):
            karin.store.outbox.sent(out, now)
    assert len(first) + len(rounds(prompting, now)) == 100


def test_the_guide_itself_asks_after_a_pause(room: Room) -> None:
    room.operator.types("Mijn pilot")
    room.until(room.operator.now, 13)
    assert not room.operator.hears()
    room.until(room.operator.now + timedelta(days=13), 3)
    assert "Deze vraag staat nog open" in text_of(room.operator.hears())


def test_a_reply_to_a_prompt_is_its_answer(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    asked(karin, "kind open", "target all", "send")
    room.until(karin.now, 0.2)
    said = anna.hears()
    assert "reageren" in text_of(said)
    anna.store.db.execute("UPDATE outbox SET message = 77 WHERE id = ?", [said[0].id])
    anna._does("text", 20, text="Jongeren aan zet", reply="77")  # noqa: SLF001
    assert anna.values["pilot.name"] == "Jongeren aan zet"


def test_a_meeting_brings_a_question_before_and_the_actions_after(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    said = karin.types("/gesprek Zutphen, 9 december 10:00, stadhuis")
    assert "BEGIN:VCALENDAR" in said[0].message.file_text
    assert "stadhuis" in text_of(anna.hears())
    now = room.until(karin.now, 14.5)
    assert "het gesprek met Karin" in text_of(anna.hears())
    karin.now = anna.now = now + timedelta(days=5)
    karin.types("/verslag Zutphen\nDPIA aanvragen\nAnna\n1 februari")
    anna.hears()
    anna.presses_first("settle")
    room.until(anna.now, 3)
    assert "DPIA aanvragen" in text_of(anna.hears())


def test_the_meeting_page_shows_what_is_shared_only(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    anna.types("Jongeren aan zet")
    assert "Jongeren aan zet" not in text_of(karin.types("/gesprek Zutphen"))
    anna.types("/delen")
    anna.presses_first("share", "sharing")
    assert "Jongeren aan zet" in text_of(karin.types("/gesprek Zutphen"))
    assert "gespreksblad" in text_of(anna.types("/delen"))


def test_taken_up_it_is_over(room: Room) -> None:
    """Red before: what was done beside going on was forgotten where nothing was said of it."""
    karin = room.kwartiermaker("Karin", "Zuid")
    anna = room.adviser(karin, "Ede", "Anna")
    asked(karin, "kind open", "target all")
    karin.presses_first("send")
    room.until(karin.now, 4)
    anna.hears()
    anna.presses_first("take_up")
    rows = anna.store.rows("SELECT ended FROM prompts WHERE batch <> ''")
    assert [row["ended"] for row in rows] == ["taken up"]
