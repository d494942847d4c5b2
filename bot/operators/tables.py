"""`opschaalgids traject`: what is asked, and the answer as a table or as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.mistake import Mistake, accepted
from bot.operators.trajectories import pairs, table
from flows.intents.choices import units
from flows.intents.text import clean
from flows.model.lists import LONGEST_TEXT
from flows.trajectory.invitations import LONGEST_NAME

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from bot.operators.trajectories import Invitation, Office

LISTED = ("id", "name", "keepers", "people", "language")
LINKS = ("municipality", "name", "link", "expires")
MARKED = ("name", "mark", "link", "expires")
TWO_NAMES = 2 * LONGEST_NAME + 2
SHOWN = ("municipality", "name", "part", "settled", "asked", "week", "open_points", "shared")


def answer(office: Office, options: argparse.Namespace, text: str) -> str:
    """What `traject WHAT` prints. `text`: of the file that names whom to invite."""
    found, names = _found(office, options, text)
    if options.json:
        return json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    return table(found if isinstance(found, list) else [found], names)


def _found(office: Office, options: argparse.Namespace, text: str) -> tuple[Any, tuple[str, ...]]:
    """(what was found, the columns of its table)."""
    asked: dict[str, Callable[[], tuple[Any, tuple[str, ...]]]] = {
        "list": lambda: (office.trajectories(), LISTED),
        "overview": lambda: (office.overview(options.traject), SHOWN),
        "invite": lambda: (_made(office.invite(options.traject, pairs(text))), LINKS),
        "appoint": lambda: (_made([office.appoint(_named(options.name))]), MARKED),
        "move": lambda: (
            _made([office.move(options.traject, accepted(options.who, "WHO", TWO_NAMES))]),
            LINKS,
        ),
        "dismiss": lambda: (
            {"left without": office.dismiss(_named(options.name))},
            ("left without",),
        ),
        "add": lambda: (
            {"id": office.add(_named(options.name), accepted(options.keeper, "--keeper"))},
            ("id",),
        ),
        "prompt": lambda: (_prompted(office, options), ("people", "sent")),
    }
    return asked[options.what]()


def _made(invitations: list[Invitation]) -> list[dict[str, Any]]:
    return [asdict(one) for one in invitations]


def _named(said: str) -> str:
    return accepted(said, "NAME")


def _prompted(office: Office, options: argparse.Namespace) -> dict[str, Any]:
    text, to = clean(options.text), accepted(options.to, "--to")
    if units(text) > LONGEST_TEXT:
        raise Mistake(f"--text has {units(text)} characters; write at most {LONGEST_TEXT}.")
    count = office.prompt(options.traject, options.kind, to, text, send=options.send)
    return {"people": count, "sent": options.send and count > 0}
