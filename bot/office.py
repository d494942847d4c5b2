"""`opschaalgids traject`: what is asked, and the answer as a table or as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.traject import pairs, table

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from bot.traject import Office

LISTED = ("id", "name", "keepers", "people", "language")
LINKS = ("municipality", "name", "link", "expires")
SHOWN = ("municipality", "name", "part", "settled", "asked", "week", "open_points", "shared")


def answer(office: Office, options: argparse.Namespace, read: Callable[[str], str]) -> str:
    """What `traject WHAT` prints. `read`: the text of a file."""
    found, names = _found(office, options, read)
    if options.json:
        return json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    return table(found if isinstance(found, list) else [found], names)


def _found(
    office: Office, options: argparse.Namespace, read: Callable[[str], str]
) -> tuple[Any, tuple[str, ...]]:
    what = options.what
    if what == "list":
        return office.trajectories(), LISTED
    if what == "overview":
        return office.overview(options.traject), SHOWN
    if what == "invite":
        made = office.invite(options.traject, pairs(read(options.file)))
        return [asdict(one) for one in made], LINKS
    if what == "appoint":
        return [asdict(office.appoint(options.name))], LINKS[1:]
    if what == "add":
        return {"id": office.add(options.name, options.keeper)}, ("id",)
    count = office.prompt(
        options.traject, options.kind, options.to, options.text, send=options.send
    )
    return {"people": count, "sent": options.send and count > 0}, ("people", "sent")
