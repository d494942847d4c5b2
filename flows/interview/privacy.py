"""Trusting: what is kept, what was agreed to, all of it as files, and what is erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.interview.onward import privacy_new
from flows.interview.questions import RENEWAL, ask, go_back, say_and_ask, to_say
from flows.model.effects import Agree, Erase

if TYPE_CHECKING:
    from flows.exchange import Exchange

ALL = "all"  # what stands for everything where one pilot's number could stand


def privacy(x: Exchange) -> None:
    """What, where, who, how long; and what was done with this pilot."""
    x.say("privacy")
    version, at = x.session.agreement
    x.say("privacy_more", version=version, at=at)
    go_back(x)


def my_data(x: Exchange) -> None:
    """Everything about this person, as two files; whoever fills them in has the store."""
    if x.state == "new" and not x.session.agreed:
        privacy_new(x)
        return
    x.say("my_data")
    x.say("my_data_json")
    if x.state != "new":
        go_back(x)


agree = to_say("agreed_before")


def agree_anew(x: Exchange) -> None:
    """The yes to the newest text; who has no pilot gets none by it."""
    x.do(Agree())
    x.say("agreed_anew", joins=x.state != "new")
    if x.state != "new":
        ask(x)


def renew(x: Exchange) -> None:
    """The privacy text changed: nothing goes on until the person said yes to it."""
    x.say("privacy_changed", joins=True)
    x.say("privacy")
    x.menu("agree_anew", *RENEWAL, key="renew")


def forget(x: Exchange) -> None:
    """Which pilot, or everything; what is held back is told with its reason."""
    mine, wanted = x.session.pilots, str(x.intent.argument)
    for pilot in (p for p in mine.listed if p.held):
        x.say("held", joins=True, name=pilot.name, why=pilot.held)
    if _erasable(x, wanted):
        _confirm(x, wanted)
    elif mine.count == 1 and not mine.held:
        _confirm(x, ALL)
    elif mine.count > mine.held:
        free = [f"/forget {pilot.id}" for pilot in mine.listed if not pilot.held]
        whole = () if mine.held else (f"/forget {ALL}",)
        turns = mine.page.turns("/forget page")
        x.menu("forget", *free, *turns, *whole, "/again", page=mine.at + 1,
                  pages=mine.page.pages)  # fmt: skip
    else:
        ask(x)


# ------------------------------------------------------------ without a pilot


def forget_new(x: Exchange) -> None:
    """A kwartiermaker may have agreed without a pilot of their own."""
    if x.session.agreed:
        _confirm(x, ALL)
    else:
        privacy_new(x)


def erase_new(x: Exchange) -> None:
    shown = x.shown
    if x.session.agreed and shown and f"/erase {ALL}" in {c.key for c in shown.choices}:
        x.do(Erase())
        x.say("forgotten")
    else:
        forget_new(x)


def _erasable(x: Exchange, what: str) -> bool:
    """A pilot that nothing holds, and everything where nothing is held."""
    mine, named = x.session.pilots, x.session.pilots.named
    if what == ALL:
        return not mine.held
    return named is not None and str(named.id) == what and not named.held


def _confirm(x: Exchange, what: str) -> None:
    mine = x.session.pilots
    several = mine.count if what == ALL else 0
    name = mine.named.name if mine.named else ""
    walk = x.session.walk
    shared = walk is not None and walk.joint is not None and what in (ALL, str(walk.id))
    x.menu(
        "forget_sure", "/again", f"/erase {what}", what=what, name=name, several=several,
        shared=shared,
    )  # fmt: skip


def erase(x: Exchange) -> None:
    """Only what was shown with what goes, just now; else that is shown first."""
    what, shown = str(x.intent.argument), x.shown
    offered = {choice.key for choice in shown.choices} if shown else set()
    if not _erasable(x, what) or f"/erase {what}" not in offered:
        forget(x)
    elif what == ALL:
        _erase_all(x)
    else:
        _erase_one(x, int(what))


def _erase_all(x: Exchange) -> None:
    x.trigger("leave_all")
    x.do(Erase())
    x.leave()
    x.say("forgotten")


def _erase_one(x: Exchange, canvas: int) -> None:
    """The one that was open gives way to the newest of the others."""
    other = x.session.pilots.other
    if other is None:
        _erase_all(x)
        return
    x.do(Erase(canvas))
    if canvas == x.here.id:
        x.leave()
        x.switch(other)
        x.say("forgotten_one")
    else:
        say_and_ask(x, "forgotten_one")
