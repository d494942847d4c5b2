"""Who somebody is at the desk of trajectories, and what is said where a guard holds them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.exchange import Exchange
    from flows.model.trajectory import Desk

ANYONE, AGREED, ADVISER, KEEPER, OPERATOR = "anyone", "agreed", "adviser", "keeper", "operator"
INVITED, AT_DESK, TAKING_PART = "invited", "at desk", "taking part"
"""Not agreed yet but with a link; kwartiermaker or waiting to be; kwartiermaker or adviser."""


def roles(desk: Desk) -> frozenset[str]:
    """What this person is now; a former kwartiermaker is none."""
    found = {ANYONE}
    if desk.agreed:
        found.add(AGREED)
        if desk.own:
            found.add(ADVISER)
        if desk.keeper is not None:
            found.add(KEEPER)
        if desk.operator:
            found.add(OPERATOR)
        if desk.keeper is not None or desk.waits:
            found.add(AT_DESK)
        if desk.keeper is not None or desk.own:
            found.add(TAKING_PART)
    elif desk.invitation is not None:
        found.add(INVITED)
    return frozenset(found)


def having(role: str) -> Callable[[Exchange], bool]:
    """A guard: whether this person has that role. Nobody has one where no desk is read."""

    def guard(x: Exchange) -> bool:
        desk = x.context.desk
        return desk is not None and role in roles(desk)

    guard.__name__ = role
    return guard


def at_desk(x: Exchange) -> bool:
    """A kwartiermaker, or somebody who waits to be one, who answers about no pilot."""
    return x.session.walk is None and having(AT_DESK)(x)


def has_trajectory(x: Exchange) -> bool:
    return x.desk.current is not None


def not_yours(x: Exchange) -> None:
    x.tell("not_yours")


def no_trajectory(x: Exchange) -> None:
    x.tell("no_trajectory")


def settled(x: Exchange) -> None:
    """What a button is about has passed, or never was this person's."""
    x.tell("settled")
