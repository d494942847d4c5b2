"""The house style of documents: one TOML file of colour, sender and logo."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.channel_settings import SettingsError
from bot.documents.colours import WHITE, contrast, from_hex
from flows.intents.text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

SHIPPED = Path(__file__).parent / "house.toml"
READABLE = 4.5  # WCAG's least contrast of text
MOST_LOGO = 300_000
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"<svg", b"<?xml")


@dataclass(frozen=True)
class House:
    accent: str
    sender: str
    logo: bytes

    def data(self, sender: str) -> dict[str, Any]:
        """As documents take it; `sender` stands in where the file names none."""
        named = self.sender or sender
        return {"accent": self.accent, "sender": named, "logo": list(self.logo)}


def read_house(path: Path | None = None) -> House:
    """The shipped style, or the operator's. Raises SettingsError with one sentence."""
    chosen = path or SHIPPED
    try:
        found = tomllib.loads(chosen.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"OPSCHAALGIDS_HOUSE: {chosen} cannot be read ({error}).") from error
    sender = one_line(str(found.get("sender") or ""))
    return House(_accent(found), sender, _logo(found, chosen.parent))


def _accent(found: Mapping[str, Any]) -> str:
    accent = str(found.get("accent") or "#14506b")
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", accent):
        raise SettingsError(f"OPSCHAALGIDS_HOUSE: accent is {accent!r}; write it as #14506b.")
    if contrast(from_hex(accent), WHITE) < READABLE:
        raise SettingsError(
            f"OPSCHAALGIDS_HOUSE: accent {accent} is too light on white; choose a darker one."
        )
    return accent


def _logo(found: Mapping[str, Any], folder: Path) -> bytes:
    name = str(found.get("logo") or "")
    if not name:
        return b""
    try:
        picture = (folder / name).read_bytes()
    except OSError as error:
        raise SettingsError(f"OPSCHAALGIDS_HOUSE: logo {name} cannot be read ({error}).") from error
    if not picture.lstrip().startswith(PICTURES) or len(picture) > MOST_LOGO:
        raise SettingsError(
            f"OPSCHAALGIDS_HOUSE: logo {name} must be a PNG, JPEG or SVG of at most 300 kB."
        )
    return picture
