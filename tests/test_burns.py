"""A short campaign of tests/prove_burns.py; BURNS=200 REAL=5 as `make prove` has it."""

from __future__ import annotations

import os
import sys

from tests.prove_burns import campaign, table

BURNS, REAL = (int(os.environ.get(name, said)) for name, said in (("BURNS", "2"), ("REAL", "0")))  # noqa: TID251 - how long `make prove` burns


async def test_no_more_than_a_pause_and_a_copy_is_gone_with_a_disk() -> None:
    """Each restore is proved; who has a question open is told from when, once, and nobody else."""
    found = await campaign(BURNS, REAL)
    sys.stdout.write(f"\n{table(found.burns)}")
    assert not found.wrong, "\n".join(found.wrong)
    assert len(found.burns) == BURNS + REAL
