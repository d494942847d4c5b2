"""What every answer carries, and what is refused before anything is done."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING

from aiohttp import web

from bot.channels.web.cookies import TOKEN, framed, set_cookie
from bot.channels.web.forms import Malformed
from storage.database.errors import StoreError, told_apart

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from aiohttp.typedefs import Handler, Middleware

    from bot.channels.web.appearance import Appearance
    from bot.channels.web.site import Site

    Answers = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]

log = logging.getLogger("opschaalgids.web")

ONE_CLICK = "/geen-mail/"
"""Mail programs post here themselves, from anywhere: what that does harms nobody."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors {frames}; require-trusted-types-for 'script'; trusted-types 'none'"
)
SOON = 3  # seconds until a page that could not be shown is asked for again
SAFE = {
    "Server": "opschaalgids",  # and not which version of what
    "X-Content-Type-Options": "nosniff",
    # No address leaves, with its token; "no-referrer" would make each form's Origin "null", by
    # which alone a browser of before Sec-Fetch-Site (Safari up to 16.3) says that it is ours.
    "Referrer-Policy": "strict-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
}


FRAMABLE = frozenset({
    "", "begin", "gesprek", "samenvatting", "jaarlijn", "bestand", "hulp", "privacy",
    "toegankelijkheid",
})  # fmt: skip
"""How pages begin that may stand in a frame: none of a trajectory, of devices, of a link."""


OPEN = frozenset({
    "", "static", "toestellen", "sleutel", "hulp", "privacy", "toegankelijkheid", "terug", "in",
    "adres", "mail", "geen-mail",
})  # fmt: skip
"""How pages begin that a kwartiermaker sees without a passkey, where one is wanted."""


def headers_of(shown: Appearance, frames: tuple[str, ...] = ()) -> dict[str, str]:
    policy = POLICY.format(frames=" ".join(frames) or "'none'")
    if not shown.web.secure:
        return {**SAFE, "Content-Security-Policy": policy}
    strict = "max-age=63072000"  # what else has a name below this one is not ours to decide
    return {
        **SAFE,
        "Content-Security-Policy": f"{policy}; upgrade-insecure-requests",
        "Strict-Transport-Security": strict,
    }


def changes(request: web.Request) -> bool:
    """Whether it asks for more than to read."""
    return request.method not in ("GET", "HEAD") and not request.path.startswith(ONE_CLICK)


def begins(request: web.Request) -> str:
    """The first part of its path; not every request that comes has one with a slash."""
    return request.path.removeprefix("/").partition("/")[0]


def from_here(request: web.Request, own: str) -> bool:
    """Whether a page of ours sent this: by what the browser says of where it came from."""
    came = request.headers.get("Sec-Fetch-Site")
    if came is not None:
        return came == "same-origin"
    return request.headers.get("Origin") == own


def guarded(shown: Appearance, answers: Answers) -> Middleware:
    """Adds the headers to whatever is answered."""
    alone, within = headers_of(shown), headers_of(shown, shown.web.frames)

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await answers(request, handler)
        may = begins(request) in FRAMABLE
        for name, value in (within if may else alone).items():
            response.headers.setdefault(name, value)
        if TOKEN in response:
            _gives(shown, request, response)
        response.headers.setdefault("Cache-Control", "no-store")
        if isinstance(response, web.HTTPException):
            raise response
        return response

    return guard


def foreign(shown: Appearance, request: web.Request) -> web.Response | None:
    """What another page made a browser send."""
    if changes(request) and not from_here(request, shown.address):
        return shown.page(request, "error.html", status=403, what="foreign")
    return None


def _refused(site: Site, request: web.Request) -> web.Response | None:
    """That, or what others shared, within another site."""
    if refusal := foreign(site, request):
        return refusal
    if begins(request) not in OPEN and site.needs_passkey(site.reader(request)):
        raise web.HTTPSeeOther("/toestellen")
    if framed(request) and site.keeps(site.reader(request)):
        return site.page(request, "frame.html", status=403)
    return None


def _gives(shown: Appearance, request: web.Request, response: web.StreamResponse) -> None:
    """What its browser is to keep; in a frame for that frame alone."""
    set_cookie(
        response, response[TOKEN], secure=shown.web.secure, frame=framed(request),
        days=shown.web.days,
    )  # fmt: skip


async def answered(site: Site, request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever happens is a page, or leads to one; what other pages make a browser send is none."""
    try:
        with told_apart():
            return _refused(site, request) or await handler(request)
    except (web.HTTPNotFound, Malformed) as wrong:
        status, what = WRONG[type(wrong)]
        return site.page(request, "error.html", status=status, what=what, reader=None)
    except web.HTTPException as raised:
        return raised
    except StoreError as error:
        site.branch.refused(error)
        return await unkept(site, request)
    except Exception as error:  # noqa: BLE001 - whatever it is, the person gets a page
        log.error("a page failed: %s %s", type(error).__name__, _where(error))  # noqa: TRY400 - its text may hold words
        return site.page(request, "error.html", status=500, what="failed", reader=None)


WRONG: Mapping[type[Exception], tuple[int, str]] = {
    web.HTTPNotFound: (404, "not_found"), Malformed: (400, "malformed"),
}  # fmt: skip


async def unkept(shown: Appearance, request: web.Request) -> web.Response:
    """The database refuses: what was filled in comes back, to be sent again as it is.

    With its own number, so that it counts once where it was kept after all. Who only reads is
    brought there by the page itself.
    """
    sent = await request.post() if request.method == "POST" else {}
    fields = [(name, said) for name, said in sent.items() if isinstance(said, str)]
    response = shown.page(
        request, "unkept.html", status=503, reader=None, fields=fields, action=request.path,
        soon=SOON,
    )  # fmt: skip
    response.headers["Retry-After"] = str(SOON)
    return response


def _where(error: BaseException) -> str:
    """The line of ours that it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((f"{f.filename}:{f.lineno}" for f in reversed(frames)), "")
