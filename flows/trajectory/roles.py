"""Who may do what at the desk of trajectories: one table, asked in one place.

A role opens a verb; which trajectory, seat or link it may be about follows from
the desk, which holds nothing of anybody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.exchange import Exchange
    from flows.model.trajectory import Desk

ANYONE, AGREED, ADVISER, KEEPER, OPERATOR = "anyone", "agreed", "adviser", "keeper", "operator"
INVITED, AT_DESK, TAKING_PART = "invited", "at desk", "taking part"
"""Not agreed yet but with a link; kwartiermaker or waiting to be; kwartiermaker or adviser."""

TYPED = {
    "appoint": OPERATOR,
    "trajectory": KEEPER,
    "invite": KEEPER,
    "overview": KEEPER,
    "patterns": KEEPER,
    "ask": KEEPER,
    "meeting": KEEPER,
    "report": KEEPER,
    "portfolio": KEEPER,
    "sharing": ADVISER,
    "moving": ADVISER,
    "reminders": AGREED,
    "zone": AGREED,
    "logbook": AGREED,
}
"""Commands. Who has not the role hears what any unknown command gets."""

PRESSED = {
    "appoint_yes": OPERATOR,
    "appoint_no": OPERATOR,
    "go": KEEPER,
    "list_page": KEEPER,
    "invite_page": KEEPER,
    "withdraw": KEEPER,
    "renew": KEEPER,
    "admit": KEEPER,
    "refuse": KEEPER,
    "page": KEEPER,
    "kind": KEEPER,
    "target": KEEPER,
    "send": KEEPER,
    "drop": KEEPER,
    "call_off": KEEPER,
    "town": KEEPER,
    "unmeet": KEEPER,
    "paper": KEEPER,
    "take": KEEPER,
    "share": ADVISER,
    "share_page": ADVISER,
    "take_back": ADVISER,
    "leave": ADVISER,
    "left": ADVISER,
    "settle": ADVISER,
    "refuse_agreed": ADVISER,
    "join": ANYONE,
    "decline": ANYONE,
    "move_yes": AGREED,
    "move_no": AGREED,
    "later": AGREED,
    "less": AGREED,
    "stop_prompts": AGREED,
    "normal": AGREED,
    "zone_is": AGREED,
    "take_up": AGREED,
    "answer_prompt": AGREED,
    "done_action": AGREED,
    "fine": AGREED,
    "log_page": AGREED,
}
"""Buttons."""

HEARD = {
    "follow": ANYONE,
    "replied": AGREED,
    "desk_help": TAKING_PART,
}
"""A link, a text that replies to a prompt, and what the interview would explain."""

WHO = {**TYPED, **PRESSED, **HEARD}


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


def may(x: Exchange) -> bool:
    """Whether what is meant is for what this person is."""
    return WHO[x.intent.verb] in roles(x.desk)


def invited(x: Exchange) -> bool:
    desk = x.context.desk
    return desk is not None and INVITED in roles(desk)


def at_desk(x: Exchange) -> bool:
    """A kwartiermaker, or somebody who waits to be one, who answers about no pilot."""
    desk = x.context.desk
    return desk is not None and AT_DESK in roles(desk) and x.walk is None


def has_trajectory(x: Exchange) -> bool:
    return x.desk.current is not None


def not_yours(x: Exchange) -> None:
    x.tell("not_yours")


def no_trajectory(x: Exchange) -> None:
    x.tell("no_trajectory")


def settled(x: Exchange) -> None:
    """What a button is about has passed, or never was this person's."""
    x.tell("settled")
