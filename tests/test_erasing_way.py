"""What is on its way while its person is erased counts for nothing that is said after it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.phones import Phone
from tests.program import INSTALLED, Program
from tests.standin import StandIn
from tests.walkers import until

if TYPE_CHECKING:
    from pathlib import Path

PICTURES, TEXTS = frozenset({"sendPhoto"}), frozenset({"sendMessage"})


async def says(phone: Phone, *texts: str) -> None:
    """From the start, each once the one before is answered."""
    await phone.starts()
    for text in texts:
        await phone.asked(timeout=20)
        await phone.types(text)
    await phone.asked(timeout=20)


async def erased(program: Program, chat: str) -> None:
    """By an operator, beside the running program."""
    forget = await asyncio.create_subprocess_exec(
        INSTALLED, "forget", "--chat", chat, env=program.environment(), cwd=program.folder
    )
    assert await forget.wait() == 0


async def test_a_yes_before_the_question_is_known_to_have_come(tmp_path: Path) -> None:
    """The chat is emptied, though the question's own answer comes in after it was erased."""
    async with StandIn() as api, Program(tmp_path, api, api.token):
        anna, bram = Phone(api, 7), Phone(api, 8)
        await says(anna, "akkoord", "Samen eten")
        await says(bram)
        api.faults.methods, api.faults.slow, api.faults.seconds = TEXTS, 1, 1.0
        await anna.types("/vergeet")
        await until(lambda: "Ja, wis het" in dict(anna.buttons))
        await anna.presses(label="Ja, wis het")
        await until(lambda: anna.last.text.startswith("Alles is gewist."))
        assert api.called("deleteMessages")
        assert "Samen eten" not in anna.screen()
        # The question came in last, without a row of its own any more.
        await until(lambda: "Alles wissen?" not in anna.screen(), 20)


async def test_a_picture_of_who_was_erased_reaches_nobody(tmp_path: Path) -> None:
    """It was made and could not be sent; then an operator erases them, and another is asked."""
    async with StandIn() as api, Program(tmp_path, api, api.token) as program:
        anna, bram = Phone(api, 7), Phone(api, 8)
        await says(anna, "akkoord", "Samen eten", "/document card")
        await anna.presses(label="Overslaan")
        await anna.waits()
        await says(bram)
        api.faults.methods, api.faults.cut_before = PICTURES, 1
        await anna.types("/document card")
        await until(lambda: bool(api.faults.done), 60)
        await erased(program, "7")
        await until(lambda: bool(api.called("deleteMessages")), 20)
        api.faults.cut_before = 0
        await bram.types("akkoord")
        await bram.asked()
        assert [call.chat for call in api.called("sendPhoto")] == [7], "the one before"
