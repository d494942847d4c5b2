"""Settings, read once from the environment or .env; the environment beats the file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values
from platformdirs import user_config_path, user_data_path

from flows.turn import LANGUAGES, Language

if TYPE_CHECKING:
    from collections.abc import Mapping


NEEDED = ("SYSTEMROOT", "TEMP", "TMP")
"""Without these no program starts on Windows; other systems need none."""


class SettingsError(Exception):
    """A setting that cannot be used: which, and what to write instead."""


@dataclass(frozen=True)
class Settings:
    database: Path
    key_file: Path
    language: Language
    timezone: str
    house: Path | None = None


def read_settings(env_file: Path | None = None) -> Settings:
    """Settings of this process. Raises SettingsError with one sentence."""
    path = env_file or Path(".env")
    try:
        file = dotenv_values(path)
    except (UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{path} cannot be read ({error}); write it as UTF-8.") from error
    values = {**{k: v for k, v in file.items() if v is not None}, **os.environ}  # noqa: TID251
    return settings_from(values)


def settings_from(values: Mapping[str, str]) -> Settings:
    language = values.get("OPSCHAALGIDS_LANGUAGE") or "nl"
    zone = values.get("OPSCHAALGIDS_TIMEZONE") or "Europe/Amsterdam"
    if language not in LANGUAGES:
        raise SettingsError(f"OPSCHAALGIDS_LANGUAGE is {language!r}; write nl or en.")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsError(
            f"OPSCHAALGIDS_TIMEZONE is {zone!r}; write a zone such as Europe/Amsterdam."
        ) from None
    data, config = user_data_path("opschaalgids"), user_config_path("opschaalgids")
    return Settings(
        _path(values.get("OPSCHAALGIDS_DATABASE") or data / "opschaalgids.db"),
        _path(values.get("OPSCHAALGIDS_KEY_FILE") or config / "key"),
        next(code for code in LANGUAGES if code == language),
        zone,
        _path(values["OPSCHAALGIDS_HOUSE"]) if values.get("OPSCHAALGIDS_HOUSE") else None,
    )


def bare_environment() -> dict[str, str]:
    """What a helper process needs of ours: no token, no key, no path to either."""
    return {name: os.environ[name] for name in NEEDED if name in os.environ}  # noqa: TID251


def _path(said: str | Path) -> Path:
    try:
        return Path(said).expanduser()
    except RuntimeError:
        raise SettingsError(f"{said} has no home folder here; write the whole path.") from None
