"""One typed answer, followed: which functions it goes through, and how often it changes file.

`python -m tests.spine` prints a table. The spine is every function of the product that
the answer passes and that calls another one there; how a question's conditions hold and
how words are found is looked up from it, and counts once.
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.model.messages import Update
from tests.people import Person

if TYPE_CHECKING:
    from types import FrameType

HOUSE = Path(__file__).parent.parent
ROOMS = ("bot", "content", "flows", "storage")
LOOKED_UP = ("Canvas.", "_Piece.", "Words.")
"""Of these only the door counts."""

Place = tuple[str, str]
"""File and function."""


@dataclass
class Trace:
    """`called`: who called whom; `climbs`: calls into a file that the answer had left before."""

    called: dict[Place, set[Place]] = field(default_factory=lambda: defaultdict(set))
    stack: list[Place] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    calls: int = 0

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        place = place_of(frame)
        if place is None:
            return
        if event == "call":
            self._enters(place)
        elif event == "return" and self.stack:
            self.stack.pop()

    def _enters(self, place: Place) -> None:
        if "<" in place[1] and self.stack:  # a comprehension is a part of its function
            place = self.stack[-1]
            self.stack.append(place)
            return
        self.calls += 1
        if self.stack:
            self.called[self.stack[-1]].add(place)
        self.called.setdefault(place, set())
        if not self.stack or self.stack[-1][0] != place[0]:
            self.files.append(place[0])
        self.stack.append(place)

    @property
    def spine(self) -> list[Place]:
        passed = (place for place, some in self.called.items() if some)
        return [p for p in passed if not p[1].startswith(LOOKED_UP)]


def place_of(frame: FrameType) -> Place | None:
    """None where the code is not the product's."""
    path = Path(frame.f_code.co_filename)
    if not path.is_relative_to(HOUSE) or path.relative_to(HOUSE).parts[0] not in ROOMS:
        return None
    return str(path.relative_to(HOUSE)), frame.f_code.co_qualname


def followed() -> Trace:
    """An answer in the middle of a walk, from the update to its last row; all ran once before."""
    with tempfile.TemporaryDirectory() as folder:
        for chat in ("warm:1", "test:1"):
            person = Person(Path(folder), chat)
            person.starts()
            person.presses("agree")
            person.types("Samen eten")
            update = Update("u", chat, person.now, "text", "Zutphen", message="9")
            trace = Trace()
            sys.setprofile(trace)
            person.conversation.handle(update)
            sys.setprofile(None)
            person.store.close()
    return trace


def main() -> None:
    trace = followed()
    rows = {
        "functions on the spine": len(trace.spine),
        "functions": len(trace.called),
        "calls": trace.calls,
        "files": len(set(trace.files)),
        "changes of file": len(trace.files),
    }
    sys.stdout.writelines(f"| {what} | {figure} |\n" for what, figure in rows.items())
    if "--list" in sys.argv:
        sys.stdout.writelines(f"{file}  {name}\n" for file, name in trace.spine)


if __name__ == "__main__":
    main()
