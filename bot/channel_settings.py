"""What each channel is set to: the webhook of Telegram, the web, mail.

Each function reads some settings of the environment. All raise SettingsError: one sentence
that says what to write.
"""

from __future__ import annotations

import re
from dataclasses import field
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast, get_args
from urllib.parse import SplitResult, unquote, urlsplit

from flows.model.values import value

if TYPE_CHECKING:
    from collections.abc import Mapping

LAST_PORT = 65_535
HERE = ("localhost", "127.0.0.1", "::1")
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*|[0-9a-f]*:[0-9a-f:.]+")
SENDER = re.compile(r"(?P<name>[^<>\r\n]*<)?[^\s@<>,;:\"()\\]+@[\w-]+(\.[\w-]+)*(?(name)>)")
STANDARD_PORT = {"http": 80, "https": 443}
LONGEST_SESSION = 400  # days; browsers keep no cookie longer

Opens = Literal["invited", "anyone"]
Keepers = Literal["link", "passkey"]
Tls = Literal["", "starttls", "tls"]


class SettingsError(Exception):
    """A setting that cannot be used: which, and what to write instead."""


@value
class Webhook:
    """Where Telegram delivers, the secret it must show, and where this program listens."""

    url: str
    secret: str
    host: str
    port: int


@value
class WebSettings:
    """The web: where people find it, and where this program listens.

    `url`: without a slash at its end. `proxy`: the networks that each proxy in front may be
    in, the nearest first; empty where people come without one. `frames`: origins that may
    show a page in a frame. `days`: how long a device that nobody uses stays signed in.
    """

    url: str
    listen: tuple[str, int]
    proxy: tuple[tuple[str, ...], ...] = ()
    frames: tuple[str, ...] = ()
    open: Opens = "invited"
    theme: Path | None = None
    keepers: Keepers = "link"
    days: int = 90

    @property
    def secure(self) -> bool:
        """Over https; else on this computer alone."""
        return self.url.startswith("https:")

    @property
    def link(self) -> str:
        """The address of a link, up to its secret."""
        return f"{self.url}/u/"


@value
class MailSettings:
    """Where mail goes. Without a host every mail is written on stderr, and none is sent."""

    host: str
    port: int
    sender: str
    tls: Tls = "tls"
    user: str = ""
    password: str = field(default="", repr=False)


def web(values: Mapping[str, str]) -> WebSettings | None:
    said = values.get("OPSCHAALGIDS_WEB_URL") or ""
    if not said:
        return None
    url = _origin(said)
    if not url or (url.startswith("http:") and urlsplit(url).hostname not in HERE):
        raise SettingsError(
            f"OPSCHAALGIDS_WEB_URL is {said!r}; write https:// and a name, without a path, such "
            "as https://gids.example.nl (http:// only for localhost)."
        )
    listen = place(values, "OPSCHAALGIDS_WEB_LISTEN", _listens(url)) or ("", 0)
    theme = values.get("OPSCHAALGIDS_THEME") or ""
    return WebSettings(
        url,
        listen,
        _proxies(values.get("OPSCHAALGIDS_WEB_PROXY") or "", listen[0] if url[4] == "s" else ""),
        _frames(values.get("OPSCHAALGIDS_WEB_FRAMES") or ""),
        cast("Opens", one_of(values, "OPSCHAALGIDS_WEB_OPEN", get_args(Opens))),
        path_of(theme) if theme else None,
        cast("Keepers", one_of(values, "OPSCHAALGIDS_WEB_KEEPERS", get_args(Keepers))),
        days(values, "OPSCHAALGIDS_KEEP_SESSIONS", WebSettings.days, most=LONGEST_SESSION),
    )


def _listens(url: str) -> str:
    """Where nothing is said: on this computer alone there is no proxy, so at the address itself."""
    port = urlsplit(url).port if url.startswith("http:") else None
    return f"{'[::1]' if '[' in url else '127.0.0.1'}:{port or 8090}"


def _origin(said: str) -> str:
    """Scheme, name and port as browsers write them; nothing where there is more, or less."""
    found = _split(said)
    if not found or found.scheme not in STANDARD_PORT or "@" in found.netloc:
        return ""
    host = found.hostname or ""
    if not re.fullmatch(r"[^/?#]+://[^/?#]+/?", said) or not HOST.fullmatch(host):
        return ""
    port = f":{found.port}" if found.port not in (None, STANDARD_PORT[found.scheme]) else ""
    return f"{found.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def _split(said: str) -> SplitResult | None:
    """An address in its parts, its port a number; None where it has none of that form."""
    try:
        found = urlsplit(said)
        return found if found.port != 0 and not re.search(r"[\s\x00-\x1f]", said) else None
    except ValueError:
        return None


def _proxies(said: str, listens: str) -> tuple[tuple[str, ...], ...]:
    """Not said: over https the one on this computer; who listens for others has to say."""
    if said == "none" or not (said or listens):
        return ()
    if not said and listens in HERE:
        return (("127.0.0.1", "::1"),)
    try:
        found = tuple(tuple(str(ip_network(one)) for one in hop.split()) for hop in said.split(","))
    except ValueError:
        found = ()
    if not found or not all(found):
        raise SettingsError(
            f"OPSCHAALGIDS_WEB_PROXY is {said!r}; write the address of the proxy in front, or "
            "none; of several the nearest first, commas between: 10.0.0.2,192.0.2.0/24."
        )
    return found


def _frames(said: str) -> tuple[str, ...]:
    found = tuple(_origin(one) for one in re.split(r"[\s,]+", said.strip()) if one)
    if not all(one.startswith("https:") for one in found):
        raise SettingsError(
            f"OPSCHAALGIDS_WEB_FRAMES is {said!r}; write who may show the guide in a frame, "
            "whole names with https://, commas between: https://www.example.nl."
        )
    return found


def mail(values: Mapping[str, str]) -> MailSettings | None:
    """What a person gets by mail leads to the web, so there is none without."""
    said = values.get("OPSCHAALGIDS_MAIL") or ""
    if not said:
        return None
    if not values.get("OPSCHAALGIDS_WEB_URL"):
        raise SettingsError(
            "OPSCHAALGIDS_MAIL is set, but its mails lead to the web; set OPSCHAALGIDS_WEB_URL too."
        )
    sender = _sender(values.get("OPSCHAALGIDS_MAIL_FROM") or "", needed=said != "stderr:")
    if said == "stderr:":
        return MailSettings("", 0, sender, "")
    return _server(said, sender, values.get("OPSCHAALGIDS_MAIL_PASSWORD") or "")


def _server(said: str, sender: str, password: str) -> MailSettings:
    """With a password that no network reads: TLS from the start, or asked for at once."""
    found = _split(said)
    host = (found and found.hostname) or ""
    if not found or found.scheme not in ("smtp", "smtps") or not HOST.fullmatch(host):
        raise SettingsError(
            "OPSCHAALGIDS_MAIL is no address of a mail server; write smtp://USER@HOST:587, "
            "smtps://USER@HOST:465, or stderr: to see the mails here."
        )
    if found.password is not None:
        raise SettingsError(
            "OPSCHAALGIDS_MAIL holds a password; put that in OPSCHAALGIDS_MAIL_PASSWORD."
        )
    if bool(found.username) is not bool(password):
        raise SettingsError(
            "OPSCHAALGIDS_MAIL_PASSWORD goes with a user in OPSCHAALGIDS_MAIL: set both, or none."
        )
    open_here = "" if host in HERE else "starttls"
    tls = cast("Tls", "tls" if found.scheme == "smtps" else open_here)
    port = found.port or (465 if tls == "tls" else 587)
    return MailSettings(host, port, sender, tls, unquote(found.username or ""), password)


def _sender(said: str, *, needed: bool) -> str:
    if not said and not needed:
        return "opschaalgids@localhost"
    if not SENDER.fullmatch(said):
        raise SettingsError(
            f"OPSCHAALGIDS_MAIL_FROM is {said!r}; write the address that mails come from: "
            "Opschaalgids <gids@example.nl>."
        )
    return said


def webhook(values: Mapping[str, str]) -> Webhook | None:
    url, secret = (values.get(f"OPSCHAALGIDS_WEBHOOK_{n}") or "" for n in ("URL", "SECRET"))
    if not url:
        return None
    if not re.fullmatch(r"[\w-]{16,256}", secret, re.ASCII):
        raise SettingsError(
            "OPSCHAALGIDS_WEBHOOK_SECRET must go with the webhook's address: 16 to 256 letters, "
            "digits, _ or -."
        )
    host, port = place(values, "OPSCHAALGIDS_LISTEN", "127.0.0.1:8080") or ("", 0)
    return Webhook(url, secret, host, port)


# ------------------------------------------------------------ what all of them are made of


def place(values: Mapping[str, str], name: str, standard: str) -> tuple[str, int] | None:
    said = values.get(name) or standard
    host, _, port = said.rpartition(":")
    if said and not (host and port.isdecimal() and int(port) <= LAST_PORT):
        raise SettingsError(f"{name} is {said!r}; write host:port, such as 127.0.0.1:8080.")
    return (host.strip("[]"), int(port)) if said else None


def one_of(values: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    """The first where nothing is said."""
    said = values.get(name) or known[0]
    if said not in known:
        raise SettingsError(f"{name} is {said!r}; write {' or '.join(known)}.")
    return said


def days(
    values: Mapping[str, str], name: str, standard: int, least: int = 1, most: int = 99_999
) -> int:
    said = values.get(name) or str(standard)
    if not re.fullmatch(r"\d{1,5}", said, re.ASCII) or not least <= int(said) <= most:
        reach = f"{least} or more" if most > LONGEST_SESSION else f"{least} to {most}"
        raise SettingsError(f"{name} is {said!r}; write a whole number of days, {reach}.")
    return int(said)


def path_of(said: str | Path) -> Path:
    try:
        return Path(said).expanduser()
    except RuntimeError:
        raise SettingsError(f"{said} has no home folder here; write the whole path.") from None
