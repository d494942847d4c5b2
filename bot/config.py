"""Settings, read once from the environment or .env; the environment beats the file."""

from __future__ import annotations

import os
import re
import stat
import sys
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.channel_settings import (
    MailSettings,
    SettingsError,
    Webhook,
    WebSettings,
    days,
    mail,
    path_of,
    place,
    web,
    webhook,
)
from flows.expiry import ANNOUNCED, Keep, KeepAtServer
from flows.model.messages import LANGUAGES, Language
from storage.database.place import Server

if sys.platform != "win32":
    import grp
    import pwd

if TYPE_CHECKING:
    from collections.abc import Mapping

SHORTEST, LONGEST = 2, 3600  # seconds from one copy to the next
OVERDUE = 3  # times that: then the next copy is missed
NEEDED = ("SYSTEMROOT", "TEMP", "TMP")
"""Without these no program starts on Windows; other systems need none."""


@dataclass(frozen=True)
class Settings:
    database: Path
    key_file: Path
    language: Language
    timezone: str
    token: str = ""
    api_url: str = "https://api.telegram.org"
    webhook: Webhook | None = None
    pace: tuple[float, float] = (30, 1)
    watch: tuple[str, int] | None = None
    house: Path | None = None
    keep: Keep = field(default_factory=Keep)
    operators: frozenset[str] = frozenset()
    web: WebSettings | None = None
    mail: MailSettings | None = None
    server: Server | None = None
    copies: Path | None = None
    copies_every: int = 60
    """Seconds from the one to the next."""

    @property
    def place(self) -> Server | Path:
        """The database: on a server, or else the file `database`."""
        return self.server or self.database

    @property
    def channels(self) -> dict[str, bool]:
        """Every channel by its name, and whether it is set: the rows of bot/program.py."""
        return {"telegram": bool(self.token), "web": bool(self.web)}


def read_settings(env_file: Path | None = None) -> Settings:
    """Settings of this process. Raises SettingsError with one sentence."""
    path, kept = env_file or Path(".env"), {}
    if path.exists():
        from dotenv import dotenv_values  # noqa: PLC0415 - most installations have no such file

        _refuse_open(path)
        try:
            kept = {name: said for name, said in dotenv_values(path).items() if said is not None}
        except (UnicodeDecodeError, OSError) as error:
            raise SettingsError(f"{path} cannot be read ({error}); write it as UTF-8.") from error
    return settings_from({**kept, **os.environ})  # noqa: TID251 - here and nowhere else


def _refuse_open(path: Path) -> None:
    """A file of settings says which database and which key: only its owner may write there.

    The owner is who runs this, root, or, for root, whose folder it stands in. A group may
    write where it is the owner's own, as some distributions make one for each user.
    """
    if sys.platform == "win32":
        return
    found, me = path.stat(), os.geteuid()
    ours = {0, me, path.parent.stat().st_uid} if me == 0 else {0, me}
    shared = found.st_mode & stat.S_IWGRP and not _own_group(found)
    if found.st_mode & stat.S_IWOTH or shared or found.st_uid not in ours:
        raise SettingsError(
            f"{path.resolve()} can be written by others, so it is not read; "
            f"make it yours, and run: chmod go-w {path}"
        )


def _own_group(found: os.stat_result) -> bool:
    """Whether the group is root's, or has the owner's name and nobody else in it."""
    if sys.platform == "win32" or found.st_gid == 0:
        return True
    try:
        owner, group = pwd.getpwuid(found.st_uid), grp.getgrgid(found.st_gid)
    except KeyError:  # numbers without names, as in a container
        return found.st_gid == found.st_uid
    own = owner.pw_gid == found.st_gid and owner.pw_name == group.gr_name
    return own and not {*group.gr_mem} - {owner.pw_name}


def settings_from(values: Mapping[str, str]) -> Settings:
    said = values.get("OPSCHAALGIDS_LANGUAGE") or "nl"
    zone = values.get("OPSCHAALGIDS_TIMEZONE") or "Europe/Amsterdam"
    language = next((code for code in LANGUAGES if code == said), None)
    if language is None:
        raise SettingsError(f"OPSCHAALGIDS_LANGUAGE is {said!r}; write nl or en.")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsError(
            f"OPSCHAALGIDS_TIMEZONE is {zone!r}; write a zone such as Europe/Amsterdam."
        ) from None
    where = values.get("OPSCHAALGIDS_DATABASE") or ""
    server = Server.named(where)
    database = path_of((not server and where) or _own("data") / "opschaalgids.db")
    return Settings(
        database,
        path_of(values.get("OPSCHAALGIDS_KEY_FILE") or _own("config") / "key"),
        language,
        zone,
        _token(values.get("TELEGRAM_BOT_TOKEN") or ""),
        (values.get("TELEGRAM_API_URL") or Settings.api_url).rstrip("/"),
        webhook(values),
        _pace(values.get("OPSCHAALGIDS_PACE") or "30/1"),
        place(values, "OPSCHAALGIDS_WATCH", ""),
        path_of(values["OPSCHAALGIDS_HOUSE"]) if values.get("OPSCHAALGIDS_HOUSE") else None,
        (KeepAtServer if server else Keep)(
            **{each.name: _kept(values, each.name) for each in fields(Keep)}
        ),
        _operators(values.get("OPSCHAALGIDS_OPERATORS") or ""),
        web(values),
        mail(values),
        server,
        _copies(values.get("OPSCHAALGIDS_COPIES_TO") or "", database, server),
        _every(values.get("OPSCHAALGIDS_COPIES_EVERY") or str(Settings.copies_every)),
    )


def _copies(said: str, database: Path, server: Server | None) -> Path | None:
    """A folder of their own: those of `backup`, beside the database, are thinned otherwise."""
    if not said:
        return None
    if server:
        raise SettingsError(
            "OPSCHAALGIDS_COPIES_TO is for a database in a file, and this one is on a server that "
            "has backups of its own; take it out."
        )
    folder, beside = path_of(said), database.parent.resolve()
    if not folder.is_absolute() or folder.resolve() in (beside, beside / "backups"):
        raise SettingsError(
            f"OPSCHAALGIDS_COPIES_TO is {said!r}; write the whole path of a folder for these "
            "copies alone, on another disk than the database."
        )
    return folder


def _every(said: str) -> int:
    if not re.fullmatch(r"\d{1,4}", said, re.ASCII) or not SHORTEST <= int(said) <= LONGEST:
        raise SettingsError(
            f"OPSCHAALGIDS_COPIES_EVERY is {said!r}; write seconds, {SHORTEST} to {LONGEST}."
        )
    return int(said)


def _own(what: Literal["data", "config"]) -> Path:
    """Where this user's own things of that sort belong."""
    import platformdirs  # noqa: PLC0415 - a server names both files itself

    find = {"data": platformdirs.user_data_path, "config": platformdirs.user_config_path}[what]
    return find("opschaalgids")


def _operators(said: str) -> frozenset[str]:
    """Telegram ids, addresses of mail; elsewhere `channel:NAME`, as in `terminal:NAME`."""
    found = [one.strip() for one in said.split(",") if one.strip()]
    for one in found:
        if not re.fullmatch(r"\d{1,16}|[a-z]+:.{1,60}|[^\s:<>]+@[\w.-]+", one):
            raise SettingsError(
                f"OPSCHAALGIDS_OPERATORS holds {one!r}; write Telegram ids or addresses of mail, "
                "with commas between: 12345,anna@example.nl."
            )
    return frozenset(_by_mail(one) if "@" in one else one for one in found)


def _by_mail(one: str) -> str:
    return f"mail:{one.removeprefix('mail:').lower()}"


def _token(said: str) -> str:
    """Checked here, because the library would put a wrong one into its error's text."""
    token = said.strip()
    if token and not re.fullmatch(r"\d+:[\w-]+", token, re.ASCII):
        raise SettingsError(
            "TELEGRAM_BOT_TOKEN is no token; write the one that BotFather gave, digits:letters."
        )
    return token


def _pace(said: str) -> tuple[float, float]:
    found = re.fullmatch(r"(\d{1,6}(?:\.\d+)?)/(\d{1,6}(?:\.\d+)?)", said)
    if not found or not (float(found[1]) > 0 and float(found[2]) > 0):
        raise SettingsError(
            f"OPSCHAALGIDS_PACE is {said!r}; write messages a second, overall/per chat: 30/1."
        )
    return float(found[1]), float(found[2])


def bare_environment() -> dict[str, str]:
    """What a helper process needs of ours: no token, no key, no path to either."""
    return {name: os.environ[name] for name in NEEDED if name in os.environ}  # noqa: TID251


def _kept(values: Mapping[str, str], what: str) -> int:
    """A canvas must stay longer than its first announcement comes before its end."""
    least = max(ANNOUNCED) + 1 if what in ("unfinished", "finished") else 1
    return days(values, f"OPSCHAALGIDS_KEEP_{what.upper()}", getattr(Keep, what), least)
