"""The card that a kwartiermaker pastes into another site: its HTML, the address, its code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web
from markupsafe import Markup

from content.documents.along import qr_code

if TYPE_CHECKING:
    from bot.channels.web.site import Site

CARD = Markup("""<section lang="{language}">
  <h2>{name}</h2>
  <p>{what}</p>
  <p><a href="{address}">{open}</a></p>
</section>""")
FRAME = Markup(
    '<iframe src="{address}" title="{name}" width="100%" height="800" style="border: 0"></iframe>'
)


async def card(site: Site, request: web.Request) -> web.StreamResponse:
    """Nothing in it is a secret; who is no kwartiermaker has no use for it."""
    reader = site.reader(request)
    if reader is None or not site.keeps(reader):
        raise web.HTTPNotFound
    words = site.words(reader.language)
    facts = {
        "language": reader.language, "address": f"{site.address}/", "name": words["page"]["name"],
        "what": words["card"]["what"], "open": words["card"]["open"],
    }  # fmt: skip
    return site.page(
        request, "plak.html", reader=reader, address=facts["address"],
        pasted=str(CARD.format(**facts)), anyone=site.web.open == "anyone",
        frame=str(FRAME.format(**facts)) if site.web.frames else "", frames=site.web.frames,
        code=qr_code(facts["address"]),
    )  # fmt: skip


ROUTES = (("GET", "/plak", card),)
