"""A short form of tests/prove_answers.py."""

from __future__ import annotations

import os

import pytest

from tests.bending import AFTER, BEFORE
from tests.prove_answers import LONG, SHORT, WAYS, campaign, table

ANSWERS = int(os.environ.get("ANSWERS", "160"))  # noqa: TID251 - how long `make prove` looks


@pytest.mark.parametrize("way", WAYS)
async def test_whatever_is_answered_nothing_is_lost(way: str) -> None:
    """Expected: it never ends, doubles at most one for each fault, and recovers at once."""
    tally = await campaign(way, ANSWERS // 2, size=SHORT if ANSWERS < 1000 else LONG)
    assert tally.wrong == []
    assert tally.recovered < 20, "a second on a machine of its own, as `make prove` holds"
    assert len(tally.bent) > len((*BEFORE, *AFTER)) // 2
    print(table([tally]))  # noqa: T201 - the line for `make prove`
