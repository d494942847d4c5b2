"""A trajectory on Telegram: the real program at the stand-in, killed between its days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.talkers import Talker
from tests.zuid import (
    KARIN,
    Zuid,
    admits,
    becomes_keeper,
    follows,
    hears,
    on,
    presses,
    taken_part,
    types,
    zuid,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.phones_view import Bubble


async def answers(here: Zuid, count: int) -> None:
    for _ in range(count):
        await Talker(here.anna).goes_on()


async def asks(here: Zuid, kind: str, preview: str = "naar 1 persoon") -> Bubble:
    """As far as the preview; nothing has gone yet."""
    await types(here.karin, "/vraag", "Wat wil je vragen?")
    await presses(here.karin, f"kind {kind}", "Voor wie is dit?")
    return await presses(here.karin, "target all", preview)


async def prompted(here: Zuid, words: str) -> dict[str, str]:
    """Label -> what it carries, of the prompt that came on Anna's phone."""
    buttons = dict((await hears(here.anna, words)).buttons)
    assert {"Later", "Minder vaak", "Stop"} <= set(buttons)
    return buttons


async def test_from_a_deep_link_to_a_seat(tmp_path: Path) -> None:
    async with zuid(tmp_path) as here:
        await becomes_keeper(here)
        await follows(here)
        await types(here.karin, "/overzicht", "doet nog niemand mee")
        await admits(here)
        await answers(here, 3)
        await types(here.karin, "/overzicht", "Anna: deel 1 (beoogde impact), 4 van 34 vragen")
        photos = [call for call in here.program.standin.called("sendPhoto") if call.chat == KARIN]
        assert len(photos) == 1, "the link as a picture"
        papers = [bubble.document for bubble in here.karin.view if bubble.kind == "document"]
        assert papers == ["uitnodiging-zutphen.pdf"], "and as a sheet to hand over"
        assert len(here.answers()) == 4
        assert here.answers()["pilot.organisation"] == "Zutphen"


async def test_a_prompt_by_hand(tmp_path: Path) -> None:
    async with zuid(tmp_path) as here:
        await taken_part(here)
        await answers(here, 3)
        await asks(here, "open")
        await presses(here.karin, "drop", "Er gaat niets uit")
        await asks(here, "open")
        await presses(here.karin, "send", "Klaargezet voor 1 persoon")
        await presses(here.karin, "call_off", "Ingetrokken voor 1 persoon")
        await asks(here, "open")
        await presses(here.karin, "send", "Klaargezet voor 1 persoon")
        before, place = here.answers(), here.place()
        await here.at(on(11, 23, 12))
        buttons = await prompted(here, "Karin vraagt of je deze vraag kunt beantwoorden")
        assert "Nu beantwoorden" in buttons
        asked = [data for data in buttons.values() if ":answer " in data]
        await here.anna.presses(asked[0])
        await hears(here.anna, "Je bent nog waar je was")
        (new,) = here.answers().items() - before.items()
        assert asked[0].endswith(f":answer {new[1]}")
        assert here.place() == place
        shown = here.anna.screen(300)
        assert shown.count("Karin vraagt of je") == 1, "what was called off never came"


async def test_a_meeting_asks_before_and_looks_back_after(tmp_path: Path) -> None:
    async with zuid(tmp_path) as here:
        await taken_part(here)
        await answers(here, 3)
        await types(here.karin, "/gesprek Zutphen, 10 december 10:00, stadhuis", "is op donderdag")
        told = await hears(here.anna, "Er is een gesprek gepland over Jongeren Zuid")
        assert b"BEGIN:VCALENDAR" in told.content
        await here.at(on(12, 7, 10, 5))
        await prompted(here, "Op donderdag 10 december 2026, 10:00 is het gesprek met Karin")
        await presses(here.anna, "later", "Ik vraag het opnieuw, op of na")
        await here.at(on(12, 9, 10, 30))
        buttons = await prompted(here, "is het gesprek met Karin")
        before, place = here.answers(), here.place()
        await here.anna.presses(next(data for data in buttons.values() if ":answer " in data))
        await hears(here.anna, "Je bent nog waar je was")
        assert (len(here.answers()), here.place()) == (len(before) + 1, place)
        await here.at(on(12, 10, 14))
        report = "/verslag Zutphen\nDPIA aanvragen\nAnna\n1 februari"
        await types(here.karin, report, "1 deelnemer krijgt de vraag of dit klopt")
        await hears(here.anna, "Karin noteerde na het gesprek: DPIA aanvragen")
        await presses(here.anna, "settle", "Staat bij je acties: DPIA aanvragen")
        await here.at(on(12, 14, 11))
        buttons = await prompted(here, "Hoe staat het met de acties?")
        await here.anna.presses(buttons["Gedaan"])
        await hears(here.anna, "Genoteerd als gedaan: DPIA aanvragen")
        (agreed,) = here.look.rows("SELECT confirmed_at, done_at FROM agreed")
        assert agreed["confirmed_at"] < agreed["done_at"]


async def test_less_often_and_stop(tmp_path: Path) -> None:
    async with zuid(tmp_path) as here:
        await taken_part(here)
        await asks(here, "again")
        await presses(here.karin, "send", "Klaargezet voor 1 persoon")
        await here.at(on(11, 23, 12))
        await prompted(here, "Karin vraagt of je nog eens naar je antwoorden kijkt")
        await presses(here.anna, "less", "hooguit één keer per twee weken")
        await asks(here, "again")
        await presses(here.karin, "send", "Klaargezet voor 1 persoon")
        await here.at(on(12, 7, 11, 30))
        await types(here.karin, "/overzicht", "bericht 14 dagen geleden")
        assert "nog eens" not in here.anna.last.text, "two weeks are not over yet"
        await here.at(on(12, 7, 12, 30))
        await prompted(here, "Karin vraagt of je nog eens naar je antwoorden kijkt")
        await presses(here.anna, "stop_prompts", "Ik schrijf je niet meer uit mezelf")
        await types(here.karin, "/overzicht", "berichten uit")
        await asks(here, "again", "Er gaat niets uit. Typ /vraag")


async def test_a_share_is_taken_back(tmp_path: Path) -> None:
    async with zuid(tmp_path) as here:
        await taken_part(here)
        await here.anna.types("Jongeren aan zet")
        await here.anna.asked()
        await types(here.karin, "/gesprek Zutphen", "Om op tafel te leggen")
        assert "Jongeren aan zet" not in here.karin.screen(300)
        await types(here.anna, "/delen", "Verder is er niets gedeeld")
        await presses(here.anna, "share", "Gedeeld: de samenvatting")
        await types(here.karin, "/gesprek Zutphen", "Om op tafel te leggen")
        assert "Jongeren aan zet" in here.karin.screen(300)
        await types(here.anna, "/delen", "gespreksblad")
        await presses(here.anna, "take_back", "Niet meer gedeeld: de samenvatting")
        seen = len(here.karin.view)
        await types(here.karin, "/gesprek Zutphen", "Om op tafel te leggen")
        assert "Jongeren aan zet" not in " ".join(b.text for b in here.karin.view[seen:])
        (share,) = here.look.rows("SELECT what, until_at FROM shares")
        assert share["until_at"] is not None


async def test_home_by_tapping(tmp_path: Path) -> None:
    """The menu of commands of a kwartiermaker, and all of a municipality under its button."""
    async with zuid(tmp_path) as here:
        await taken_part(here)
        await answers(here, 3)
        await types(here.karin, "/menu", "Jongeren Zuid, 1 gemeente")
        await presses(here.karin, "municipality", "Zutphen")
        await presses(here.karin, "meeting_page", "Om op tafel te leggen")
        await presses(here.karin, "there", "Anna: deel 1")
        await presses(here.karin, "ask_one", "Wat wil je Anna vragen?")
        await types(here.karin, "Sprak je de gemeenteraad al?", "naar 1 persoon: Zutphen, Anna")
        await presses(here.karin, "drop", "Er gaat niets uit")
        await types(here.karin, "/menu", "Jongeren Zuid, 1 gemeente")
        await presses(here.karin, "municipality", "Zutphen")
        await presses(here.karin, "reporting", "Schrijf per regel wat, wie en wanneer")
        await types(here.karin, "DPIA aanvragen, Anna, 15 januari", "Genoteerd: DPIA aanvragen")
        await hears(here.anna, "Karin noteerde na het gesprek: DPIA aanvragen")
