"""An invitation on Telegram: the real program at the stand-in, from operator to adviser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.phones import Phone
from tests.program import Program
from tests.standin import StandIn

if TYPE_CHECKING:
    from pathlib import Path

DEEP_LINK = re.compile(r"https://t\.me/standin_bot\?start=([A-Za-z0-9_-]{1,64})")


def payload(phone: Phone) -> str:
    """Of the newest link that stands in this chat."""
    texts = [bubble.text for bubble in phone.view]
    return next(found[1] for text in reversed(texts) if (found := DEEP_LINK.search(text)))


async def begins(phone: Phone) -> None:
    await phone.starts()
    await phone.asked()
    await phone.presses(key="agree")
    await phone.asked()


async def invited(standin: StandIn, operator: Phone) -> tuple[Phone, Phone]:
    """Karin, made a kwartiermaker by a deep link, and Anna with her invitation."""
    karin, anna = Phone(standin, 2), Phone(standin, 3)
    await operator.types("/kwartiermaker Karin")
    await operator.waits()
    await karin.starts(payload(operator))
    await karin.asked()
    await karin.presses(key="join 0")
    await karin.waits()
    await operator.types("/kwartiermaker")
    await operator.asked()
    pressed = next(key for key, _ in keys(operator) if key.startswith("appoint_yes"))
    await operator.presses(key=pressed)
    await operator.waits()
    for typed in ("/traject Jongeren Zuid", "/uitnodigen Zutphen, Anna"):
        await karin.types(typed)
        await karin.waits(quiet=0.3)
    return karin, anna


def keys(phone: Phone) -> list[tuple[str, str]]:
    """(choice's key, label) of the newest keyboard."""
    return [(data.partition(":")[2], label) for label, data in phone.buttons]


async def test_from_a_deep_link_to_a_seat(tmp_path: Path) -> None:
    async with StandIn() as standin:
        program = Program(tmp_path, standin, standin.token, {"OPSCHAALGIDS_OPERATORS": "1"})
        async with program:
            operator = Phone(standin, 1)
            await begins(operator)
            karin, anna = await invited(standin, operator)
            assert any(call.method == "sendPhoto" and call.code == 200 for call in standin.calls)
            await anna.starts(payload(karin))
            await anna.asked()
            assert "Karin nodigt je uit" in anna.screen(300)
            await anna.presses(key="join 0")
            await anna.asked()
            await karin.asked()
            assert "Klopt dat?" in karin.view[-1].text
            papers = [bubble.document for bubble in karin.view if bubble.kind == "document"]
            assert papers == ["uitnodiging-zutphen.pdf"]
            assert not [line for line in program.said if "set aside" in line]
