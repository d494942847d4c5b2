"""The overview of a trajectory as rows for a page, in any order. From views only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from content.documents.portfolio import heat_of
from content.documents.shared import rows
from content.words.phrases import lower_first
from flows.trajectory.heat_map import LEADING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from content.words.steering import SteeringWords
    from flows.trajectory.overview import Adviser

NAMED = 2  # things that need attention, named in one cell; the others are counted
NEVER, FAR = date.min, datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class TableRow:
    """One adviser, in words; `shown`: by column, what is not shared said to be so.

    `seat`: the number of the place; `days`: since a prompt last went out, None for never;
    `off`: prompts are off; `alone`: progress is shared alone.
    """

    seat: int
    municipality: str
    name: str
    shown: Mapping[str, str]
    days: int | None = None
    off: bool = False
    alone: bool = False


def table(said: SteeringWords, lines: Sequence[Adviser], order: str = "") -> list[TableRow]:
    """`order`: one of ORDERS; any other leaves what needs a nudge first."""
    found = sorted(lines, key=ORDERS[order]) if order in ORDERS else lines
    return [
        TableRow(line.seat.id, row["municipality"], row["name"], _shown(said, line, row),
                 line.days, line.seat.off, not line.seat.view.shares)
        for line, row in zip(found, rows(said, [one.seat for one in found]), strict=True)
    ]  # fmt: skip


def _shown(said: SteeringWords, line: Adviser, row: Mapping[str, str]) -> dict[str, str]:
    seen, hidden = line.seat.view, str(said.tree["said"]["not_shared"])
    leads = [said.route_label(key) for key, fit in seen.routes or () if fit in LEADING]
    meeting = said.words.day(line.meeting.at) if line.meeting else ""
    pattern, since = said.tree["anew"]["since"], line.since
    changed = pattern.format(day=said.words.day(since), what=said.anew(seen)) if since else ""
    return {
        "progress": said.documents["progress"].format(part=row["part"], n=row["settled"],
                                                      m=row["asked"]),
        "week": ". ".join(filter(None, (said.week(seen.week) if seen.week else "", changed))),
        "gate": row["gate"],
        "route": hidden if seen.routes is None else "".join(leads[:1]),
        "attention": hidden if seen.attention is None else _attention(said, seen.attention),
        "open_points": row["open_points"],
        "meeting": meeting,
    }  # fmt: skip


def _attention(said: SteeringWords, found: Iterable[tuple[str, str, str]]) -> str:
    """What asks for it first, by name; the rest as a number."""
    pitfalls: Any = said.words.advice_words["pitfall"]
    names = [pitfalls[key]["name"] if kind == "pitfall" else said.short(key)
             for kind, key, _ in found]  # fmt: skip
    more = [f"+{len(names[NAMED:])}"] if names[NAMED:] else []
    return ", ".join([*map(lower_first, names[:NAMED]), *more])


ORDERS: Mapping[str, Callable[[Adviser], Any]] = {
    "municipality": lambda line: line.seat.called.casefold(),
    "progress": lambda line: (line.seat.view.settled, line.seat.called.casefold()),
    "week": lambda line: (line.seat.view.week or NEVER, line.seat.called.casefold()),
    "gate": lambda line: (line.seat.view.gate or "~", line.seat.called.casefold()),
    "open_points": lambda line: -len(line.seat.view.open_points or ()),
    "meeting": lambda line: line.meeting.at if line.meeting else FAR,
}
"""Column -> by what its link sorts the rows."""


def heat_cells(
    said: SteeringWords, found: Sequence[tuple[str, Mapping[str, str | None]]]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """(municipality, (level, its word) per ingredient), as the picture has them.

    No level at all where nobody there shares any.
    """
    told = said.words.documents["heat"]
    rows = heat_of(found, said.words, len(found))["rows"]
    return [(row["name"], [(mark, str(told[mark])) for mark in row["marks"]]) for row in rows]
