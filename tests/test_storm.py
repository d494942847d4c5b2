"""Short forms of tests/prove_storm.py."""

from __future__ import annotations

from tests.prove_storm import OVERALL, broadcast, storm


async def test_a_storm_loses_nothing_and_keeps_the_order() -> None:
    result = await storm(messages=200, chats=20)
    assert result.wrong == []
    assert set(result.faults) == {"too_many", "bad_gateway", "cut_after", "slow"}
    assert 0 < result.doubled <= result.faults["cut_after"]


async def test_a_broadcast_uses_the_pace_and_nobody_waits_behind_it() -> None:
    result = await broadcast(messages=210, chats=70, fresh=3)
    assert result.wrong == []
    assert result.rate >= OVERALL / 2, "28 on a machine of its own, as `make prove` holds"
    assert max(result.replies) < result.seconds / 3
