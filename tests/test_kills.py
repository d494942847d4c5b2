"""A short campaign of tests/prove_kills.py: each named point once, and more."""

from __future__ import annotations

from tests.prove_kills import DECK, Campaign


async def test_nothing_is_lost_by_twenty_kills() -> None:
    campaign = await Campaign(kills=20).run()
    assert campaign.wrong == []
    assert all(campaign.figures[point].kills for point in DECK)
    assert campaign.answers > 500
