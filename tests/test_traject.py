"""Trajectories: invited, followed, confirmed, overseen, shared and taken back."""

from __future__ import annotations

from tests.desks import Room, link_in, text_of


def test_from_operator_to_overview(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    anna.types("Jongeren aan zet")
    assert "Zutphen Anna: Vooraf, 2 van 34 vragen" in text_of(karin.types("/overzicht"))
    assert anna.values["pilot.organisation"] == "Zutphen"


def test_a_kwartiermaker_without_a_pilot_starts_at_the_desk(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    assert "Jongeren Zuid, 0 gemeenten" in text_of(karin.starts())
    assert "Akkoord, we beginnen" not in text_of(karin.seen)
    karin.types("akkoord")
    assert karin.asked == "pilot.name"
    assert "pilot of aanpak" in text_of(karin.starts())


def test_a_link_says_who_for_what_and_what_is_seen(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    karin.types("/traject onderwerp Schulden bij jongeren")
    said = text_of(room.person("test:x").types(link_in(karin.types("/uitnodigen Ede"))))
    for word in ("Karin", "Jongeren Zuid", "Ede", "schulden bij jongeren", "Je antwoorden niet"):
        assert word in said


def test_nothing_is_seen_or_sent_before_the_kwartiermaker_confirms(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    bo = room.person("test:bo")
    bo.types(link_in(karin.types("/uitnodigen Ede")))
    bo.presses("join 0")
    assert "doet nog niemand mee" in text_of(karin.types("/overzicht"))
    karin.hears()
    karin.presses_first("refuse")
    assert "Je doet niet mee" in text_of(bo.hears()) or "niet mee" in text_of(bo.seen)
    assert "doet nog niemand mee" in text_of(karin.types("/overzicht"))


def test_no_secret_is_kept_with_what_was_typed(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    link = link_in(karin.types("/uitnodigen Ede"))
    bo = room.person("test:bo")
    bo.types(link)
    bo.presses("join 0")
    bo.types(link)
    rows = bo.store.rows("SELECT text FROM updates WHERE text LIKE '/start %'")
    assert all(link not in row["text"] for row in rows)


def test_declining_leaves_the_link_as_it_was(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    link = link_in(karin.types("/uitnodigen Ede"))
    bo, cas = room.person("test:bo"), room.person("test:cas")
    bo.types(link)
    bo.presses("decline")
    cas.types(link)
    cas.presses("join 0")
    assert "Je doet mee" in text_of(cas.seen)


def test_a_stranger_is_forgotten_with_the_invitation(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    bo = room.person("test:bo")
    bo.types(link_in(karin.types("/uitnodigen Ede")))
    bo.now = bo.now.replace(day=bo.now.day + 2)
    bo.store.forget_strangers(bo.now)
    assert bo.store.row("SELECT * FROM people WHERE chat = 'test:bo'") is None


def test_withdrawn_and_expired_links_are_dead(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    withdrawn = link_in(karin.types("/uitnodigen Ede"))
    karin.types("/uitnodigen")
    karin.presses_first("withdraw")
    assert "werkt niet (meer)" in text_of(room.person("test:bo").types(withdrawn))
    late = room.person("test:cas")
    late.now = late.now.replace(year=2027)
    assert "werkt niet (meer)" in text_of(late.types(link_in(karin.types("/uitnodigen Ede"))))


def test_sharing_is_shown_and_taken_back(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    karin.types("/overzicht")
    assert "Karin, voortgang" in text_of(anna.types("/delen"))
    anna.presses_first("share", "sharing")
    assert "uit te zoeken" in text_of(karin.types("/overzicht"))
    anna.types("/delen")
    anna.presses_first("take_back")
    assert "uit te zoeken" not in text_of(karin.types("/overzicht"))


def test_a_trajectory_is_handed_over(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    room.adviser(karin, "Zutphen", "Anna")
    lotte = room.kwartiermaker("Lotte")
    lotte.types(link_in(karin.types("/traject overdragen")))
    lotte.presses("join 0")
    assert "Zutphen" in text_of(lotte.types("/overzicht"))
    assert "Zutphen" not in text_of(karin.types("/overzicht"))


def test_a_seat_moves_to_a_new_account(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    anna.types("Jongeren aan zet")
    canvas = anna.canvas
    new = room.person("test:anna2")
    new.types(link_in(anna.types("/verhuizen")))
    new.presses("join 0")
    anna.hears()
    anna.presses_first("move_yes")
    assert new.canvas == canvas
    assert new.values["pilot.name"] == "Jongeren aan zet"
    anna.starts()
    assert "Zutphen Anna: " in text_of(karin.types("/overzicht"))


def test_the_next_page_of_one_municipality_is_of_that_one(room: Room) -> None:
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    for name in "abcdef":
        room.adviser(karin, "Zutphen", f"Anna-{name}")
    room.adviser(karin, "Ede", "Bo")
    assert "bladzijde 1 van 2" in text_of(karin.types("/overzicht Zutphen"))
    said = text_of(karin.presses_first("page 1"))
    assert "Zutphen" in said
    assert "Ede" not in said
    assert "bladzijde 1 van 2" in text_of(karin.presses_first("page 0"))
