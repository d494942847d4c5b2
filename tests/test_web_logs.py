"""What must never be in a log of the web: answers, tokens, links, addresses of people."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.test_canaries import canary
from tests.web import Serving

if TYPE_CHECKING:
    from pathlib import Path

OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.mark.parametrize("trouble", [False, True])
async def test_a_program_that_works_or_fails_writes_no_words(
    trouble: bool,  # noqa: FBT001
    tmp_path: Path,
) -> None:
    words = [canary() for _ in range(4)]
    async with Serving(tmp_path) as program, program.visitor() as anna:
        await anna.goes("/")
        token = dict(anna.page.forms[0].filled)["device"]
        await anna.presses("Begin")
        await anna.presses("agree")
        await anna.types(words[0])
        await anna.goes(f"/u/k{words[1]}{'x' * 20}")
        await anna.goes(f"/{words[2]}?{words[2]}={words[2]}")
        await anna.asks("POST", "/gesprek", OWN, data={"once": words[3], "key": words[3]})
        if trouble:
            await anna.goes("/gesprek")
            await asyncio.to_thread(_damage, tmp_path)
            await asyncio.gather(
                anna.asks("POST", "/gesprek", OWN, data={"once": "y" * 22, "text": words[0]}),
                anna.asks("GET", "/samenvatting"), return_exceptions=True,
            )  # fmt: skip
    said = "\n".join(program.said)
    assert "ready" in said
    assert [each for each in (*words, token) if each in said] == []


def _damage(folder: Path) -> None:
    for path in folder.glob("guide.db*"):
        path.write_bytes(b"")
