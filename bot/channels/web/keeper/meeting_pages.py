"""A meeting: the page beforehand, the plan, and afterwards what was agreed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.channels.web.keeper.desk_forms import along_of, done, enters, fills, line, taken, wrong
from bot.channels.web.reading import download
from bot.documents.worker import Made
from content.documents.calendar import calendar_file
from content.documents.meeting_paper import topics
from flows.model.lists import number_in
from flows.trajectory.meetings import AT_ONCE, asked_before

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from multidict import MultiDictProxy

    from bot.channels.web.keeper.desk_forms import AtDesk
    from bot.channels.web.site import Site
    from flows.model.trajectory import Remark, Seat

DAY, HOUR = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d\d:\d\d")
SHOWN = 8  # lines under one heading; the others open under them
ROWS = 3  # actions for which a report has room; more in a next one
AGREEMENT = ("what", "who", "when")
EMPTY = dict.fromkeys(
    ("day", "hour", "place", *(f"{name}{n}" for n in range(ROWS) for name in AGREEMENT)), ""
)


@dataclass(frozen=True)
class Agreement:
    """Something that was agreed, by whom it is to be done, and where it stands."""

    what: str
    who: str
    when: str
    of: str
    state: str


async def meetings(site: Site, request: web.Request) -> web.StreamResponse:
    """Each municipality with its next meeting."""
    at = enters(site, request)
    towns = {seat.municipality: seat.id for seat in reversed(at.desk.seats)}
    ahead = {town: at.desk.next_meeting(town, at.now) for town in towns}
    listed = [(town, number, ahead[town]) for town, number in sorted(towns.items())]
    return at.page("traject_gesprekken.html", towns=listed)


async def meeting(site: Site, request: web.Request) -> web.StreamResponse:
    """What is shared, as the sheet has it: the same verb, the same line of who looked."""
    seat = seat_of(enters(site, request))
    return _page(enters(site, request, f"paper {seat.id}"), seat)


def seat_of(at: AtDesk) -> Seat:
    """The place that this address names: by it the municipality is meant."""
    number = at.request.match_info["seat"]
    found = next((seat for seat in at.desk.seats if str(seat.id) == number), None)
    if found is None:
        raise web.HTTPNotFound
    return found


def _page(
    at: AtDesk, seat: Seat, wrong: tuple[str, str] = ("", ""), typed: Mapping[str, Any] = EMPTY
) -> web.Response:
    """`wrong`: which form of the two, and why."""
    facts, (of, error) = at.reply("meeting_paper") or {}, wrong
    told = [(title, list(items)) for title, items, _ in topics(at.said, facts)] if facts else []
    there = [one for one in at.desk.seats if one.municipality == seat.municipality]
    meets = at.desk.next_meeting(seat.municipality, at.now)
    return at.page(
        "traject_gesprek.html", status=422 if of else 200, error=error, of=of,
        typed={**EMPTY, **typed}, seat=seat,
        topics=[(title, items) for title, items in told if items], shown=SHOWN,
        ahead=meets, asked=asked_before(there, at.now, meets.at) if meets else {},
        planned=at.request.query.get("klaar") == "meeting_planned",
        agreed=list(_agreed(at, seat)), rows=ROWS, remarks=_remarks(at, seat),
        people=[one for one in there if not one.off], shares=any(s.view.shares for s in there),
        today=at.now.date().isoformat(),
    )  # fmt: skip


def _remarks(at: AtDesk, seat: Seat) -> tuple[Sequence[Remark], int, int]:
    """What advisers wrote from there, a page of it, which page, and how many; that is reading."""
    number = number_in(at.request.query.get("ouder", ""))
    found = at.looks(f"remarks_of {seat.id} {number or ''}".strip()).reply("remarks") or {}
    return found.get("remarks", ()), number, found.get("pages", 1)


def _agreed(at: AtDesk, seat: Seat) -> Iterator[Agreement]:
    for one in (one for one in at.desk.seats if one.municipality == seat.municipality):
        for it in one.agreed:
            asked = "confirmed" if it.confirmed else "asked"
            state = "done" if it.done else "failed" if it.failed else asked
            yield Agreement(it.what, it.who, it.due_text, one.person, state)


async def plan(site: Site, request: web.Request) -> web.StreamResponse:
    """A day, an hour and a place; a meeting that stands is moved."""
    at = enters(site, request)
    seat, form = seat_of(at), await request.post()
    typed = {name: line(form, name) for name in ("day", "hour", "place")}
    good = DAY.fullmatch(typed["day"]) and HOUR.fullmatch(typed["hour"])
    place = typed["place"].replace(",", " ")
    said = f"meeting {seat.municipality}, {typed['day']} {typed['hour']}, {place}"
    told = await fills(at, form, said) if good else []
    reason = wrong(at, told) if good else at.words["wrong"]["meeting_unclear"]
    if reason:
        shown = enters(site, request, f"paper {seat.id}")
        return _page(shown, seat, ("plan", reason), _sound(typed))
    raise done(at, told, f"{at.address}/gesprek/{seat.id}")


def _sound(typed: dict[str, str]) -> dict[str, str]:
    """What a browser's field for a day or an hour can show; from one without, anything comes."""
    try:
        datetime.strptime(typed["day"], "%Y-%m-%d")  # noqa: DTZ007 - a day, nowhere
    except ValueError:
        typed = {**typed, "day": ""}
    return typed if HOUR.fullmatch(typed["hour"]) else {**typed, "hour": ""}


async def cancel(site: Site, request: web.Request) -> web.StreamResponse:
    at = enters(site, request)
    seat, form = seat_of(at), await request.post()
    found = at.desk.next_meeting(seat.municipality, at.now)
    told = await fills(at, form, f"unmeet {found.id}") if found else []
    raise done(at, told, f"{at.address}/gesprek/{seat.id}")


async def report(site: Site, request: web.Request) -> web.StreamResponse:
    """What, who and when of each action; each adviser there is asked whether it is right."""
    at = enters(site, request)
    seat, form = seat_of(at), await request.post()
    lines = [cells for cells in _cells(form) if any(cells)]
    whole = lines and all(all(cells) for cells in lines)
    said = "\n".join(cell for cells in lines for cell in cells)
    told = await fills(at, form, f"report {seat.municipality}\n{said}") if whole else []
    reason = wrong(at, told) if whole else at.words["wrong"]["report_how"]
    if reason:
        shown, typed = enters(site, request, f"paper {seat.id}"), {k: line(form, k) for k in form}
        return _page(shown, seat, ("report", reason), typed)
    raise done(at, told, f"{at.address}/gesprek/{seat.id}")


def _cells(form: MultiDictProxy[Any]) -> Iterator[tuple[str, ...]]:
    for n in range(AT_ONCE):
        yield tuple(line(form, f"{name}{n}") for name in AGREEMENT)


async def sheet(site: Site, request: web.Request) -> web.StreamResponse:
    """The page on one sheet of paper."""
    seat = seat_of(enters(site, request))
    at = enters(site, request, f"paper {seat.id}")
    facts = at.reply("meeting_paper")
    if facts is None:
        raise web.HTTPNotFound
    return await taken(at, "meeting_paper", facts, at.said)


async def shared(site: Site, request: web.Request) -> web.StreamResponse:
    """The shared summaries of this municipality: the same verb as the button in the chat."""
    seat = seat_of(enters(site, request))
    at = enters(site, request, f"shared_of {seat.id}")
    reply = along_of(at.turn.replies)
    if reply is None:
        shown = enters(site, request, f"paper {seat.id}")
        return _page(shown, seat, ("shared", at.words["wrong"]["taken_none"]))
    return await taken(at, reply.name, reply.data, at.said)


async def calendar(site: Site, request: web.Request) -> web.StreamResponse:
    at = enters(site, request)
    seat = seat_of(at)
    found = at.desk.next_meeting(seat.municipality, at.now)
    if found is None:
        raise web.HTTPNotFound
    name = f"{at.trajectory.name}, {seat.municipality}"
    text = calendar_file(name, {"at": found.at, "place": found.place})
    return download(Made(text.encode(), "gesprek.ics"))


TOWN = "/traject/{id}/gesprek/{seat}"
ROUTES = (
    ("GET", "/traject/{id}/gesprek", meetings),
    ("GET", TOWN, meeting),
    ("POST", f"{TOWN}/plan", plan),
    ("POST", f"{TOWN}/vervalt", cancel),
    ("POST", f"{TOWN}/verslag", report),
    ("POST", f"{TOWN}/blad", sheet),
    ("POST", f"{TOWN}/gedeeld", shared),
    ("GET", f"{TOWN}/agenda.ics", calendar),
)
