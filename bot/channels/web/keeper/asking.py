"""Asking something in between: what, whom, the text; then to see it, and send it or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.channels.web.forms import Malformed
from bot.channels.web.keeper.desk_forms import done, enters, field, fills, line, wrong
from flows.prompts.schedule import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from bot.channels.web.keeper.desk_forms import AtDesk
    from bot.channels.web.site import Site

PARTS = ("impact", "routes", "ingredients", "pitfalls")
"""Parts that somebody may have to finish, as the buttons of the chat name them."""


async def asking(site: Site, request: web.Request) -> web.StreamResponse:
    """With a draft, what would go out of it now, and to how many."""
    at = enters(site, request)
    query = request.query
    typed = {"kind": query.get("soort", ""), "target": query.get("wie", ""), "text": ""}
    return _page(at, typed=typed)


def _page(
    at: AtDesk, *, status: int = 200, error: str = "", typed: Mapping[str, str]
) -> web.Response:
    draft = at.desk.draft if at.desk.draft and at.desk.draft.kind in KINDS else None
    shown = at.looks(f"write {draft.kind}\n{draft.target}\n{draft.text}") if draft else None
    preview = shown.reply("preview") if shown else None
    if draft and not any(typed.values()):
        typed = {"kind": draft.kind, "target": draft.target, "text": draft.text}
    return at.page(
        "traject_vraag.html", status=status, error=error, typed=typed, kinds=KINDS,
        whom=_whom(at), preview=preview, sends=_send(shown) if shown and preview else "",
        waiting=at.desk.waiting,
    )  # fmt: skip


def _send(shown: AtDesk) -> str:
    """The mark of just this preview: an old page sends nothing else than it showed."""
    choices = (key for reply in shown.turn.replies for key in reply.choices)
    return next(key for key in choices if key.startswith("send "))


def _whom(at: AtDesk) -> list[tuple[str, list[tuple[str, str]]]]:
    """(heading, (target, how it is called)): all, the quiet, by part, by town, one person."""
    told: Any = at.said.tree["buttons"]
    towns = {seat.municipality: seat.id for seat in reversed(at.desk.seats)}
    people = sorted(at.desk.seats, key=lambda seat: seat.called.casefold())
    return [
        ("", [(one, told[f"target {one}"])
              for one in ("all", "quiet", *(f"part {part}" for part in PARTS))]),
        ("towns", [(f"town {number}", town) for town, number in sorted(towns.items())]),
        ("people", [(f"seat {seat.id}", seat.called) for seat in people if seat.name]),
    ]  # fmt: skip


async def write(site: Site, request: web.Request) -> web.StreamResponse:
    """A draft; nothing goes yet."""
    at, form = enters(site, request), await request.post()
    typed = {name: line(form, name) for name in ("kind", "target")}
    typed["text"] = field(form, "text")
    missing = "no_text" if typed["kind"] == "text" and not typed["text"] else ""
    missing = "no_kind" if typed["kind"] not in KINDS else missing
    if missing or not typed["target"]:
        error = at.words["wrong"][missing or "no_target"]
        return _page(at, status=422, error=error, typed=typed)
    said = f"write {typed['kind']}\n{typed['target']}\n{typed['text']}"
    told = await fills(at, form, said)
    if reason := wrong(at, told):
        return _page(at, status=422, error=reason, typed=typed)
    raise done(at, told, f"{at.address}/vraag")


async def send(site: Site, request: web.Request) -> web.StreamResponse:
    """What the page showed goes, or nothing does; until it has gone it can be called off."""
    at, form = enters(site, request), await request.post()
    verb, _, about = line(form, "answer").partition(" ")
    if verb not in ("send", "drop", "call_off"):
        raise Malformed
    told = await fills(at, form, f"{verb} {about}".strip())
    if reason := wrong(at, told):
        return _page(enters(site, request), status=422, error=reason, typed={})
    raise done(at, told, f"{at.address}/vraag")


ROUTES = (
    ("GET", "/traject/{id}/vraag", asking),
    ("POST", "/traject/{id}/vraag", write),
    ("POST", "/traject/{id}/vraag/klaar", send),
)
