"""A short form of tests/prove_refusals.py: minutes of each refusal, by both intakes."""

from __future__ import annotations

import pytest

from tests.prove_refusals import FAULTS, INTAKES, Case, ordeal, wrong


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("intake", INTAKES)
async def test_nothing_is_lost_while_the_database_refuses(intake: str, fault: str) -> None:
    outcome = await ordeal(Case(intake, fault, seconds=90, people=10, beside=30), seed=2)
    assert wrong([outcome]) == []
    assert (outcome.lost, outcome.unheard, outcome.doubled) == (0, 0, 0)
    assert outcome.messages >= 100
    assert outcome.commands >= 1
