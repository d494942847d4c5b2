"""The papers in docs/ about trust, written anew by `make papers`; a test holds them true."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.channels.telegram.incoming import ALLOWED
from content.messages.render import PRIVACY_VERSION
from flows.expiry import ANNOUNCED, Keep
from storage.database.tombstones import KEPT

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SINCE = {
    "strangers": "the last message, without akkoord",
    "unfinished": "the last change",
    "finished": "the end of the canvas",
    "records": "when it was written",
    "audit": "when it was written",
    "backups": "when it was made",
    "sessions": "the last day that the device was used",
}
DEPENDENCY = re.compile(r'^ +"([a-z0-9-]+)[^"]*", +# (.+)$', re.MULTILINE)


def papers() -> dict[str, str]:
    """Each paper by its name."""
    return {
        "privacy.md": _filled("privacy", **_privacy()),
        "threats.md": _filled("threats", threats=threats()),
        "telegram.md": _filled("telegram", allowed=[f"`{kind}`" for kind in ALLOWED]),
        "dependencies.md": _filled("dependencies", packages=list(_packages())),
    }


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


def threats() -> list[dict[str, Any]]:
    return list(read("threats")["threat"])


def _privacy() -> dict[str, Any]:
    keep = Keep()
    names = [field.name for field in fields(Keep)]
    return {
        "version": PRIVACY_VERSION,
        "tables": read("data"),
        "periods": [(name, getattr(keep, name), SINCE[name]) for name in names],
        "announced": ANNOUNCED,
        "erased": KEPT.days,
        "keep": keep,
    }


def needed() -> dict[str, str]:
    """What the program depends on, and what for, as pyproject.toml says."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    own = text[text.index("\ndependencies = [") : text.index("[project.optional")]
    return dict(DEPENDENCY.findall(own))


def _packages() -> list[dict[str, str]]:
    keepers = read("keepers")
    return [{"name": n, "purpose": p, **keepers[n]} for n, p in needed().items()]


def _filled(name: str, **facts: Any) -> str:
    environment = Environment(
        loader=FileSystemLoader(HERE),
        undefined=StrictUndefined,
        trim_blocks=True,
        autoescape=False,  # noqa: S701 - Markdown
    )
    return environment.get_template(f"{name}.md.j2").render(**facts).strip() + "\n"
