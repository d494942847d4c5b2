"""Trusting: what is kept, what was agreed to, all of it as files, and what is erased."""

from __future__ import annotations

from flows.exchange import RENEWAL
from flows.interview.onward import Walking
from flows.model.turn import Erasure

ALL = "all"
"""What stands for everything where one pilot's number could stand."""


class Trusting(Walking):
    """What is about the data itself."""

    __slots__ = ()

    def privacy(self) -> None:
        """What, where, who, how long; and what was done with this pilot."""
        self.say("privacy")
        version, at = self.session.agreement
        self.say("privacy_more", version=version, at=at)
        self.go_back()

    def my_data(self) -> None:
        """Everything about this person, as two files; whoever fills them in has the store."""
        self.say("my_data")
        self.say("my_data_json")
        self.go_back()

    def agree(self) -> None:
        self.agrees = self.session.outdated
        if self.agrees:
            self.say("agreed_anew", joins=True)
        else:
            self.say("agreed_before", joins=True)
        self.ask()

    def renew(self) -> None:
        """The privacy text changed: nothing goes on until the person said yes to it."""
        self.say("privacy_changed", joins=True)
        self.say("privacy")
        self.menu("agree_anew", *RENEWAL, key="renew")

    def renew_new(self) -> None:
        """The same for who has no pilot; their yes opens none."""
        if self.move.verb == "agree":
            self.agrees = True
            self.say("agreed_anew")
        else:
            self.renew()

    def forget(self) -> None:
        """Which pilot, or everything; what is held back is told with its reason."""
        mine, wanted = self.session.pilots, str(self.move.argument)
        for pilot in (p for p in mine.listed if p.held):
            self.say("held", joins=True, name=pilot.name, why=pilot.held)
        if self._erasable(wanted):
            self._confirm(wanted)
        elif mine.count == 1 and not mine.held:
            self._confirm(ALL)
        elif mine.count > mine.held:
            free = [f"/forget {pilot.id}" for pilot in mine.listed if not pilot.held]
            whole = () if mine.held else (f"/forget {ALL}",)
            turns = mine.page.turns("/forget page")
            self.menu("forget", *free, *turns, *whole, "/again", page=mine.at + 1,
                      pages=mine.page.pages)  # fmt: skip
        else:
            self.ask()

    # ------------------------------------------------------------ without a pilot

    def forget_new(self) -> None:
        """A kwartiermaker may have agreed without a pilot of their own."""
        if self.session.agreed:
            self._confirm(ALL)
        else:
            self.privacy_new()

    def erase_new(self) -> None:
        shown = self.session.shown
        if self.session.agreed and shown and f"/erase {ALL}" in {c.key for c in shown.choices}:
            self.erases = Erasure()
            self.say("forgotten")
        else:
            self.forget_new()

    def my_data_new(self) -> None:
        if self.session.agreed:
            self.say("my_data")
            self.say("my_data_json")
        else:
            self.privacy_new()

    def _erasable(self, what: str) -> bool:
        """A pilot that nothing holds, and everything where nothing is held."""
        mine, named = self.session.pilots, self.session.pilots.named
        if what == ALL:
            return not mine.held
        return named is not None and str(named.id) == what and not named.held

    def _confirm(self, what: str) -> None:
        mine = self.session.pilots
        several = mine.count if what == ALL else 0
        name = mine.named.name if mine.named else ""
        self.menu("forget_sure", "/again", f"/erase {what}", what=what, name=name, several=several)

    def erase(self) -> None:
        """Only what was shown with what goes, just now; else that is shown first."""
        what, shown = str(self.move.argument), self.session.shown
        offered = {choice.key for choice in shown.choices} if shown else set()
        if not self._erasable(what) or f"/erase {what}" not in offered:
            self.forget()
        elif what == ALL:
            self._erase_all()
        else:
            self._erase_one(int(what))

    def _erase_all(self) -> None:
        self.trigger("leave")
        self.erases, self.walk = Erasure(), None
        self.say("forgotten")

    def _erase_one(self, canvas: int) -> None:
        """The one that was open gives way to the newest of the others."""
        self.erases = Erasure(canvas)
        other = self.session.pilots.other
        if other is None:
            self._erase_all()
        elif canvas == self.here.id:
            self.switched, self.walk = other, None
            self.say("forgotten_one")
        else:
            self.say("forgotten_one", joins=True)
            self.ask()
