"""The product's dialogue without its storage: what is known of somebody is one JSON.

For the peer that does the same work, and to find what people can answer otherwise in
the script without being asked something else.
"""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from content.loader import newest
from content.messages.render import render
from flows.intents.heard import understand
from flows.machine import take_turn
from flows.model.context import Context
from flows.model.journey import Cursor, Given, Walk
from flows.model.messages import Asking, Choice, Update
from flows.model.turn import Session
from tests.bench_script import NUMBER, Script

if TYPE_CHECKING:
    from flows.model.messages import Message
    from flows.model.turn import Turn
    from tests.bench_script import Step

Kept = dict[str, Any]
"""`language`, `agreed`, `turn`, `walk`, `shown` (the last buttons), `pressed` (the last press)."""

CANVAS = 1
"""Everybody has one."""

AGAIN = timedelta(seconds=2)
"""A press that comes again so soon is the same one."""

WAYS = 12
DATES = ("volgende week", "morgen", "over twee weken", "eind januari", "15 december")


def answer(kept: Kept, update: Update) -> tuple[Kept, tuple[Message, ...]]:
    """What is known after this update, and what is said."""
    said: list[Message] = []
    content = newest()
    session = session_of(kept, update)
    intent = understand(content.guide, session, update)
    while True:
        turn = take_turn(Context(session, content.guide, content.guide), update, intent)
        messages = render(content, turn)
        said += messages
        kept = kept_of(kept, update, turn, messages)
        if turn.then is None:
            return kept, tuple(said)
        text = f"/{turn.then.verb} {turn.then.argument}".strip()
        intent, update = turn.then, replace(update, kind="text", text=text, ref="")
        session = session_of(kept, update)


def session_of(kept: Kept, update: Update) -> Session:
    walk, shown = walk_of(kept.get("walk")), shown_of(kept)
    press = update.kind == "press"
    button, at = kept.get("pressed", ("", ""))
    return Session(
        chat=update.chat,
        language=kept.get("language", update.language or "nl"),
        agreed="agreed" in kept,
        walk=walk,
        shown=shown,
        pressed=shown if press and shown and update.ref == shown.ref else None,
        last=max(walk.given.values(), key=lambda g: g.at) if walk and walk.given else None,
        repeated=press
        and button == f"{update.ref}:{update.text}"
        and update.at - datetime.fromisoformat(at) < AGAIN,
        agreement=("1", kept.get("agreed", "")),
    )


def walk_of(kept: Kept | None) -> Walk | None:
    if kept is None:
        return None
    question, *lists = kept["cursor"]
    given = {
        key: Given(key, value, datetime.fromisoformat(at), message, size)
        for key, value, at, message, size in kept["given"]
    }
    return Walk(CANVAS, kept["state"], kept["depth"], Cursor(question, *map(tuple, lists)), given)


def shown_of(kept: Kept) -> Asking | None:
    if "shown" not in kept:
        return None
    ref, key, choices = kept["shown"]
    canvas = CANVAS if "walk" in kept else None
    return Asking(ref, canvas, key, tuple(Choice(*choice) for choice in choices))


def kept_of(kept: Kept, update: Update, turn: Turn, said: tuple[Message, ...]) -> Kept:
    """All that the next update needs, as JSON can hold it."""
    session, number = turn.session, kept.get("turn", 0) + 1
    found = {**kept, "language": session.language, "turn": number}
    if turn.agrees:
        found["agreed"] = update.at.isoformat()
    if session.walk:
        found["walk"] = walk_kept(session.walk)
    if update.kind == "press":
        found["pressed"] = [f"{update.ref}:{update.text}", update.at.isoformat()]
    for message in said:
        if message.choices:
            choices = [[c.key, c.label, c.ticked] for c in message.choices]
            found["shown"] = [str(number), message.key, choices]
    return found


def walk_kept(walk: Walk) -> Kept:
    cursor = walk.cursor
    return {
        "state": walk.state,
        "depth": walk.depth,
        "cursor": [cursor.question, cursor.picked, cursor.plan, cursor.told],
        "given": [
            [g.question, g.value, g.at.isoformat(), g.message, g.size] for g in walk.given.values()
        ],
    }


# ---------------------------------------------------------------- people who differ


def differing(script: Script, since: int = 0) -> Script:
    """The same steps, where WAYS people answer otherwise from `since` on and are asked the same."""
    path = [tuple[Any, ...]()]
    kept: Kept = {}
    for number, step in enumerate(script):
        kept = _after(kept, script, number, step.said)
        path.append(_asked(kept))
    pick, ways = random.Random(len(script)), list[list[str]]()  # noqa: S311 - the same each time
    while len(ways) < WAYS:
        drawn = _drawn(script, since, path[1:], pick)
        ways += [drawn] if len(drawn) == len(script) else []
    each = zip(script, *ways, strict=True)
    return Script(replace(step, ways=said) for step, *said in each)


def _drawn(
    script: Script, since: int, path: list[tuple[Any, ...]], pick: random.Random
) -> list[str]:
    """One way through, or as far as it goes."""
    kept: Kept = {}
    drawn: list[str] = []
    for number, (step, wanted) in enumerate(zip(script, path, strict=True)):
        options = _options(step, kept, pick) if number >= since else []
        for said in (*options, step.said):
            after = _after(kept, script, number, said)
            if after and _asked(after) == wanted:
                break
        else:
            return drawn
        drawn.append(said)
        kept = after
    return drawn


def _options(step: Step, kept: Kept, pick: random.Random) -> list[str]:
    """What else might be said here; half of the presses stay as they are."""
    if step.said.startswith("/"):
        return []
    if step.ref:
        others = [key for key, _, _ in kept["shown"][2] if not key.startswith("/")]
        return pick.sample(others, len(others)) if pick.random() < 0.5 else []
    when = newest().guide.canvas[kept["shown"][1]].kind == "when"
    return [pick.choice(DATES)] if when else [f"{step.said} {NUMBER}"]


def _after(kept: Kept, script: Script, number: int, said: str) -> Kept:
    """Nothing where there is no such button."""
    ref, _, choices = kept.get("shown", ("", "", ()))
    update = replace(script.update(1, number, ref), text=said)
    if update.kind == "press" and said not in {key for key, _, _ in choices}:
        return {}
    return dict(json.loads(json.dumps(answer(kept, update)[0])))


def _asked(kept: Kept) -> tuple[Any, ...]:
    """What is asked, and how many answers are kept."""
    return kept["shown"][1], len(kept["walk"]["given"]) if "walk" in kept else 0
