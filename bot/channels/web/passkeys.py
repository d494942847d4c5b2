"""Passkeys: coming in with the lock of one's own device, without a name and without a mail.

What the browser is asked to sign is kept here for five minutes and used once; the signature is
checked by py_webauthn, read only where somebody uses one.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.channels.web.agents import device_in
from bot.channels.web.allowance import place_of
from bot.channels.web.talk import inside
from storage.web import devices
from storage.web.doors import end_session, new_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.channels.web.site import Site
    from storage.web.devices import PublicKey
    from storage.web.doors import Reader

TO_USE = ""
"""Whose a challenge is that anybody may use who has a passkey: nobody's yet."""


@dataclass(frozen=True)
class Signed:
    """What a browser sent. `challenge`: that it says it signed."""

    credential: dict[str, Any]
    challenge: bytes


class Unproven(Exception):  # noqa: N818 - an answer, not a fault
    """What was signed is not ours, not now, or not signed as it should be."""


# ------------------------------------------------------------ making one


async def offer_to_make(site: Site, request: web.Request) -> web.StreamResponse:
    """What the browser needs to make one for who is here."""
    import webauthn  # noqa: PLC0415 - only where somebody uses passkeys
    from webauthn.helpers import structs  # noqa: PLC0415

    reader = _may_make(site, request)
    known = devices.passkeys_of(site.store, reader.person)
    if len(known) >= devices.MOST_KEYS:
        raise web.HTTPConflict
    name = site.words(reader.language)["page"]["name"]
    options = webauthn.generate_registration_options(
        rp_id=_host(site), rp_name=name, user_name=name, user_display_name=name,
        user_id=hashlib.sha256(f"passkeys of {reader.person}".encode()).digest()[:16],
        challenge=site.challenges.new(reader.session),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(id=_bytes(one.id)) for one in known
        ],
    )  # fmt: skip
    return web.json_response(text=webauthn.options_to_json(options))


async def make(site: Site, request: web.Request) -> web.StreamResponse:
    """Kept, and this browser is in by it from now on: who made it unlocked it just now."""
    import webauthn  # noqa: PLC0415 - only where somebody uses passkeys

    reader = _may_make(site, request)
    try:
        signed = await _signed(request)
        _is_ours(site, signed, reader.session)
        made = _checked(
            webauthn.verify_registration_response, signed, site, require_user_verification=True
        )
    except Unproven:
        return _no(400)
    number, now = _letters(made.credential_id), site.now()
    key = devices.PublicKey(
        number, reader.person, _letters(made.credential_public_key), made.sign_count
    )
    name = device_in(request.headers.get("User-Agent", ""))
    with site.store.transaction():
        if not devices.add_passkey(site.store, key, name, now):
            return _no(409)
        end_session(site.store, reader.session)
    return _came_in(site, request, reader.chat, number, "/toestellen")


def _may_make(site: Site, request: web.Request) -> Reader:
    """Where kwartiermakers need one, who came in without adds none beside those there are."""
    reader = inside(site, request)
    if site.needs_passkey(reader) and devices.passkeys_of(site.store, reader.person):
        raise web.HTTPForbidden
    return reader


# ------------------------------------------------------------ coming in


async def offer_to_use(site: Site, request: web.Request) -> web.StreamResponse:
    """Whichever passkey the device has for this guide: it says itself whose it is."""
    import webauthn  # noqa: PLC0415 - only where somebody uses passkeys
    from webauthn.helpers import structs  # noqa: PLC0415

    if not site.entering.take(place_of(request)):
        return _no(429)
    options = webauthn.generate_authentication_options(
        rp_id=_host(site), challenge=site.challenges.new(TO_USE),
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )  # fmt: skip
    return web.json_response(text=webauthn.options_to_json(options))


async def use(site: Site, request: web.Request) -> web.StreamResponse:
    """A new session, in the place of one that this browser had."""
    try:
        key, count = _used(site, await _signed(request))
    except Unproven:
        return _no(400)
    before, now = site.reader(request), site.now()
    with site.store.transaction():
        chat = devices.screen_chat(site.store, key.person)
        if chat is None or not devices.passkey_used(site.store, key, count, now):
            return _no(400)
        if before:
            end_session(site.store, before.session)
    return _came_in(site, request, chat, key.id, "/gesprek")


def _used(site: Site, signed: Signed) -> tuple[PublicKey, int]:
    """Which one, and what it counts now. Raises Unproven."""
    import webauthn  # noqa: PLC0415 - only where somebody uses passkeys

    _is_ours(site, signed, TO_USE)
    key = devices.key_of(site.store, str(signed.credential.get("id", "")))
    if key is None:
        raise Unproven
    found = _checked(
        webauthn.verify_authentication_response, signed, site, require_user_verification=True,
        credential_public_key=_bytes(key.key), credential_current_sign_count=key.count,
    )  # fmt: skip
    return key, int(found.new_sign_count)


# ------------------------------------------------------------ what both need


async def _signed(request: web.Request) -> Signed:
    """Raises Unproven."""
    try:
        credential = json.loads(await request.text())
        said = json.loads(_bytes(credential["response"]["clientDataJSON"]))
        return Signed(credential, _bytes(said["challenge"]))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise Unproven from None


def _is_ours(site: Site, signed: Signed, session: str) -> None:
    if not site.challenges.take(signed.challenge, session):
        raise Unproven


def _checked(verify: Callable[..., Any], signed: Signed, site: Site, **how: Any) -> Any:
    """By origin, by host, by signature; the device was unlocked. Raises Unproven."""
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415 - as above

    try:
        return verify(
            credential=signed.credential, expected_challenge=signed.challenge,
            expected_rp_id=_host(site), expected_origin=site.address, **how,
        )  # fmt: skip
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError):
        raise Unproven from None


def _came_in(
    site: Site, request: web.Request, chat: str, passkey: str, where: str
) -> web.StreamResponse:
    token, response = new_token(), web.json_response({"to": where})
    site.enter(request, token, chat, passkey)
    site.remember(response, token)
    return response


def _no(status: int) -> web.Response:
    return web.json_response({}, status=status)


def _host(site: Site) -> str:
    return urlsplit(site.address).hostname or ""


def _bytes(said: str) -> bytes:
    return base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))


def _letters(said: bytes) -> str:
    return base64.urlsafe_b64encode(said).decode().rstrip("=")


ROUTES = (
    ("POST", "/sleutel/nieuw/vraag", offer_to_make),
    ("POST", "/sleutel/nieuw", make),
    ("POST", "/sleutel/vraag", offer_to_use),
    ("POST", "/sleutel", use),
)
