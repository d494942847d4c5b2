"""The menus that come back, and the summary in the chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.exchange import Exchange

RENEWAL = ("agree", "/my_data", "/forget")
"""What can be done about a changed privacy text."""

NEXT_ASKED = 2
"""Questions that a too early advice offers to answer."""

SUMMARY_MENU = ("/look", "/half_pages", "/document", "/change")


def advice_menu(x: Exchange) -> None:
    x.menu("routes", *_next_asked(x), "/next", "/look", "/change", *_deeper(x), key="advice")


def done_menu(x: Exchange) -> None:
    menu = (*_next_asked(x), "/summary", *SUMMARY_MENU, *_deeper(x), "/new")
    x.menu("done", *menu, key="finished")


def _deeper(x: Exchange) -> tuple[str, ...]:
    return () if x.here.depth == "full" else ("/depth full",)


def _next_asked(x: Exchange) -> tuple[str, ...]:
    """Buttons for what the advice waits for, where it is too early for one."""
    gate = x.advice().gate
    wanted = gate.lacking if gate.outcome == "too_early" else ()
    asked = x.guide.canvas.asked_keys(x.here.values, x.here.depth)
    return tuple(f"/change {key}" for key in wanted if key in asked)[:NEXT_ASKED]


def tell_summary(x: Exchange) -> None:
    """In three messages that each make sense; a menu must follow, in the last of them."""
    tell_renewed(x)
    x.say("summary")
    x.say("routes", joins=True)
    x.say("attention")
    x.say("steps", joins=True)


def tell_renewed(x: Exchange) -> None:
    """A canvas keeps its questions and gets the newest advice: that is said once."""
    if x.guide.renewed and x.tell_once("renewed"):
        x.say("renewed", joins=True)
