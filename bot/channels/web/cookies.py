"""The one cookie: which session a browser has."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

COOKIE = {True: "__Host-gids", False: "gids"}
"""By whether pages come over https: only then a browser takes the first name."""


def set_cookie(response: web.StreamResponse, token: str, *, secure: bool, days: int) -> None:
    response.set_cookie(
        COOKIE[secure], token, max_age=days * 86_400, path="/", secure=secure, httponly=True,
        samesite="Lax",
    )  # fmt: skip
