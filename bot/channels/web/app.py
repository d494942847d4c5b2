"""The guide on the web: pages that a person fetches, so nothing has to be sent to who is there."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp_remotes import XForwardedStrict, setup

from bot.channels.web import card, colleague, entering, passkeys, reading, signed_in, talk
from bot.channels.web.appearance import static
from bot.channels.web.forms import Malformed
from bot.channels.web.headers import answered, guarded
from bot.channels.web.keeper import overseeing
from bot.channels.web.mail import mailed, returning
from bot.channels.web.mail.sender import Mailbox
from bot.channels.web.site import Site
from bot.delivery.delivery import GRACE
from bot.delivery.metrics import Health
from bot.engine.gap import BEAT
from bot.serving import serve
from flows.model.messages import LANGUAGES, Update

if TYPE_CHECKING:
    from contextlib import AsyncExitStack
    from datetime import datetime

    from bot.channel_settings import WebSettings
    from bot.channels.branch import Branch
    from bot.config import Settings
    from bot.documents.printer import Papers
    from bot.engine.conversation import Conversation

LARGEST = 256 * 1024  # bytes of a form: the longest answer, many times over

ROUTES = (
    *colleague.ROUTES,  # before the other links
    *entering.ROUTES,
    *card.ROUTES,
    *reading.ROUTES,
    *talk.ROUTES,
    *overseeing.ROUTES,
    *mailed.ROUTES,
    *returning.ROUTES,
    *signed_in.ROUTES,
    *passkeys.ROUTES,
)


class Web:
    """Its chats begin with `web:`. A form comes in as the fields of an Update."""

    name = "web"

    def __init__(self, conversation: Conversation, settings: Settings, papers: Papers) -> None:
        self.site = Site(conversation, settings, papers)
        self.sender = self.site.mailbox = Mailbox(conversation, settings)
        self.health = Health(self.name)

    async def open(self, stack: AsyncExitStack) -> None:
        self.stack = stack

    async def run(self, branch: Branch) -> None:
        """Pages are served from here on; what waited for who is away rings."""
        self.site.branch, self.sender.now = branch, branch.now
        branch.links(f"{self.site.address}/u/")
        await branch.keep([])
        self.site.warm()
        await serve(self.stack, await app(self.site), self.site.web.listen, GRACE)
        await branch.program.tasks.certainly(self._found_at)
        branch.start(self.sender.ring(branch.program.tasks))
        branch.ready()
        while True:
            await asyncio.sleep(BEAT.total_seconds())
            await branch.keep([])

    def _found_at(self) -> None:
        self.site.store.outbox.found_at(*self.site.web.listen)

    def read(self, raw: dict[str, Any], at: datetime) -> Update:
        """Already checked where the form came in (forms.py)."""
        language = next((code for code in LANGUAGES if code == raw.get("language")), None)
        return Update(
            raw["id"], raw["chat"], at, raw["kind"], raw.get("text", ""), raw.get("ref", ""),
            language=language, note=raw.get("note", ""), screen_name=raw.get("screen_name", ""),
        )  # fmt: skip


async def app(site: Site) -> web.Application:
    """The whole of it, to be served."""
    made = web.Application(
        middlewares=[guarded(site, partial(answered, site))], client_max_size=LARGEST
    )
    for method, path, handler in ROUTES:
        made.router.add_route(method, path, partial(_handled, handler, site))
    made.router.add_get("/static/{mark}/{name}", partial(static, site))
    await behind_proxies(made, site.web)
    return made


async def behind_proxies(made: web.Application, settings: WebSettings) -> None:
    """Before all else: who asks is who the proxies say it is, and nobody comes by another way."""
    if settings.proxy:
        await setup(made, XForwardedStrict(settings.proxy))
        made.middlewares.insert(0, made.middlewares.pop())


async def _handled(handler: Any, site: Site, request: web.Request) -> web.StreamResponse:
    """With its form, where it sends one. Raises Malformed: a body that does not read is none.

    Here and not in a middleware, so that who never sends it is waited for no longer than others.
    """
    try:
        if request.method == "POST":
            await request.post()  # kept there for whoever asks for it
    except (ValueError, LookupError, RuntimeError):
        raise Malformed from None
    response: web.StreamResponse = await handler(site, request)
    return response
