"""The one cookie: which session a browser has. A frame has one of its own."""

from __future__ import annotations

from aiohttp import web

TOKEN = web.ResponseKey("token", str)
"""Under which an answer bears what its browser is to keep."""
IN_FRAME = frozenset({"iframe", "frame", "embed", "object"})
"""What a browser says it loads a page for, where that is within a page of another."""
DAY = 86_400


def framed(request: web.Request) -> bool:
    """Whether this page is within another: as the browser says, or our script of its own calls."""
    return (
        request.headers.get("Sec-Fetch-Dest") in IN_FRAME
        or request.headers.get("X-Part") == "frame"
    )


def cookie_name(*, secure: bool, frame: bool) -> str:
    """Only over https browsers take a name that no other host can set."""
    return f"{'__Host-' if secure else ''}gids{'-frame' if frame else ''}"


def token_of(request: web.Request, *, secure: bool) -> str:
    """Nothing where this browser, or this frame in it, has none."""
    return request.cookies.get(cookie_name(secure=secure, frame=framed(request)), "")


def set_cookie(
    response: web.StreamResponse, token: str, *, secure: bool, frame: bool, days: int
) -> None:
    """Written by hand: Python's own cookies know no Partitioned before 3.14.

    A browser that keeps no cookies of frames keeps a partitioned one, for the site around
    it alone. No token: the browser forgets the one it has.
    """
    attributes = [
        f"{cookie_name(secure=secure, frame=frame)}={token}", "Path=/", "HttpOnly",
        f"Max-Age={days * DAY if token else 0}",
        *(["Secure"] if secure or frame else []),
        *(["SameSite=None", "Partitioned"] if frame else ["SameSite=Lax"]),
    ]  # fmt: skip
    response.headers.add("Set-Cookie", "; ".join(attributes))
