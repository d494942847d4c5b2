"""Pages of a canvas that several people fill, of a question to a colleague, and then as now.

As tests/web_states.py: a visitor without script goes there and keeps what came.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.web_player import Player
from tests.web_states import secret_in

if TYPE_CHECKING:
    from datetime import datetime

    from tests.sheet import Sheet
    from tests.visitor import Visitor
    from tests.web_states import States


async def together(states: States) -> None:
    """Anna owns a pilot, Karin fills it too, and Fatima answers one question of it."""
    language, house = states.language, states.house

    def ticks() -> datetime:
        house.now += timedelta(milliseconds=50)
        return house.now

    house.program.now = ticks
    async with states.house.visitor(language) as anna, states.house.visitor(language) as karin, \
            states.house.visitor(language) as fatima:  # fmt: skip
        owner, colleague = Player(states.house, anna), Player(states.house, karin)
        await owner.plays("[start]")
        await owner.plays("[press agree]")
        for _ in range(12):
            await states.answers(owner)
        await _joins(states, owner, colleague)
        await _differs(states, owner, colleague)
        await _forwards(states, owner, fatima)
        states.wrong += [*anna.wrong, *karin.wrong, *fatima.wrong]


async def _joins(states: States, owner: Player, colleague: Player) -> None:
    states.keep("together how", await states.asks(owner, "together"))
    made = await owner.writes("Karin, Anna")
    states.keep("together made", made)
    secret = secret_in(made.text)
    states.keep("together invited", await colleague.visitor.goes(f"/u/{secret}"))
    states.keep("together joined", await colleague.visitor.presses("join"))
    states.keep("together told", await owner.visitor.goes("/gesprek"))
    states.keep("together list", await states.asks(owner, "together"))


async def _differs(states: States, owner: Player, colleague: Player) -> None:
    for key in ("pilot.organisation", "impact.issue"):
        await states.asks(colleague, f"change {key}")
        if colleague.writes_here:
            await colleague.writes("Iets <anders> & meer")
    states.keep("together differs", colleague.visitor.page)
    states.keep("differences", await states.asks(owner, "differences"))
    value = next(v for v in owner.visitor.page.buttons if v.startswith("differ "))
    states.keep("difference", await states.does(owner, f"[press {value}]"))
    value = next(v for v in owner.visitor.page.buttons if v.startswith("keep_both "))
    states.keep("difference kept", await states.does(owner, f"[press {value}]"))


async def _forwards(states: States, owner: Player, fatima: Visitor) -> None:
    await owner.visitor.goes("/gesprek")
    unsaid = await states.does(owner, "[press unknown]")
    asked = next(value for value in unsaid.buttons if value.startswith("/forward "))
    made = await states.does(owner, f"[press {asked}]")
    states.keep("forward made", made)
    states.keep("colleague asked", await fatima.goes(f"/u/{secret_in(made.text)}"))
    states.keep("colleague wrong", await fatima.presses(_last(fatima.page)))
    fatima.ticks(fatima.page.forms[0].boxes[0][1])
    fatima.writes("name", "Fatima")
    states.keep("colleague sent", await fatima.presses(_last(fatima.page)))
    states.keep("proposal", await owner.visitor.goes("/gesprek"))
    states.keep("forwarded", await states.asks(owner, "forwarded"))


def _last(page: Sheet) -> str:
    """The button that sends the form of this page, which stands last."""
    return page.forms[0].buttons[-1].value or page.forms[0].buttons[-1].label
