"""A short campaign of tests/prove_kills.py: each named point once, and more."""

from __future__ import annotations

import pytest

from tests.prove_kills import DECKS, Campaign


@pytest.mark.parametrize("intake", DECKS)
async def test_nothing_is_lost_by_twenty_kills(intake: str) -> None:
    campaign = await Campaign(20, intake).run()
    assert campaign.wrong == []
    assert all(campaign.figures[point].kills for point in DECKS[intake])
    assert campaign.answers > 500
