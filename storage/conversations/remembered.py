"""Answers that were read before: what the database says of its newest one proves them current."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.model.journey import Given

MANY = 500
"""Canvases that are remembered: some 20 kB each."""

Answers = dict[str, "Given"]


class Remembered:
    """The answers of canvases, each as of its newest.

    Answers are append-only and a canvas's number is never given again, so the number
    of the newest one tells whether another program added to them. Whoever undoes a
    transaction must forget all: that number may then become another answer's.
    """

    def __init__(self) -> None:
        self._kept: dict[int, tuple[int, Answers]] = {}

    def get(self, canvas: int, newest: int) -> Answers | None:
        """None where they were not read, or more was answered since."""
        found = self._kept.get(canvas)
        return found[1] if found and found[0] == newest else None

    def put(self, canvas: int, newest: int, answers: Answers) -> None:
        self._kept.pop(canvas, None)
        self._kept[canvas] = newest, answers
        if len(self._kept) > MANY:
            del self._kept[next(iter(self._kept))]

    def add(self, canvas: int, newest: int, given: Given) -> None:
        """One more answer, where the one before it is the newest that is remembered."""
        if (others := self.get(canvas, newest - 1)) is not None:
            added = {key: one for key, one in others.items() if key != given.question}
            self.put(canvas, newest, {**added, given.question: given})

    def forget(self) -> None:
        self._kept.clear()
