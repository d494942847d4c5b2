"""What an operator does with someone's data: erase it, hold it. Each leaves a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import audit
from storage.privacy import erasure, retention

if TYPE_CHECKING:
    from datetime import datetime

    from storage.store import Store

OPERATOR = "operator"
LARGEST = 2**63 - 1


class Barred(Exception):  # noqa: N818 - what the caller asked
    """It cannot be done, in one sentence."""


def forget(store: Store, chat: str | None, canvas: int | None, at: datetime) -> str:
    """Erase a person or a canvas; what was erased, in a sentence."""
    try:
        with store.transaction():
            said = _person(store, chat, at) if chat else _canvas(store, canvas or 0, at)
    except erasure.Held as held:
        raise Barred(f"{held}; release it first: opschaalgids hold --release.") from None
    store.scrub()
    return said


def _person(store: Store, chat: str, at: datetime) -> str:
    if not store.knows(chat):
        raise Barred("There is no such chat; write its number, or terminal:NAME.")
    erasure.erase(store, chat, None, OPERATOR, at)
    return "All that was known of this person is erased.\n"


def _owner(store: Store, canvas: int) -> str:
    owner = store.owner(canvas) if 0 < canvas <= LARGEST else None
    if owner is None:
        raise Barred("There is no such canvas; export --format json --all lists them all.")
    return owner


def _canvas(store: Store, canvas: int, at: datetime) -> str:
    owner = _owner(store, canvas)
    if len(store.canvases_of(owner)) == 1:
        return _person(store, owner, at)
    erasure.erase(store, owner, canvas, OPERATOR, at)
    return f"Canvas {canvas} is erased.\n"


def exported(store: Store, canvas: int | None, at: datetime) -> None:
    """Whoever manages the database took answers out of it: a line for each canvas."""
    with store.transaction():
        known = store.canvas_numbers()
        audit.exported(store, at, OPERATOR, [n for n in known if canvas in (None, n)])


def hold(store: Store, canvas: int, who: str, why: str, at: datetime) -> str:
    """Keep a canvas from going, also when its person asks for that."""
    _owner(store, canvas)
    with store.transaction():
        held = retention.hold(store, canvas, who, why, at)
    if held:
        raise Barred(f"Canvas {canvas} is held already by {held}; release it first.")
    return f"Canvas {canvas} is held.\n"


def release(store: Store, canvas: int, at: datetime) -> str:
    """It may go again, at its time."""
    _owner(store, canvas)
    with store.transaction():
        if not retention.release(store, canvas, at):
            raise Barred(f"Nothing holds canvas {canvas}; opschaalgids doctor shows what is held.")
    return f"Canvas {canvas} may go again at its time.\n"
