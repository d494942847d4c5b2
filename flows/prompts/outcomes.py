"""What did not go as its planner was told: one message for each plan, with a reason for each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flows.exchange import at_desk
from flows.model.effects import SayTo
from flows.model.fates import CALLED_OFF, ON_ITS_WAY, WAITS, WENT

if TYPE_CHECKING:
    from datetime import datetime

    from flows.model.fates import Fate, SentOff

PATIENCE = timedelta(days=1)  # after what was promised, before somebody hears that it waits
SOON = timedelta(days=2)  # what is known by then is waited for, so that it is told at once
BUTTONS = 3  # municipalities with a button of their own


def is_clear(plan: SentOff, now: datetime) -> bool:
    """Whether nothing of it will be known soon: it went, will not go, or goes much later."""
    if any(one.how == ON_ITS_WAY for one in plan.fates):
        return False
    if plan.starts:
        return is_over(plan) or plan.starts <= now
    waiting = [one for one in plan.fates if one.how == WAITS]
    return all(_late(one, now) or one.promised > now + SOON for one in waiting)


def is_over(plan: SentOff) -> bool:
    """Whether none of it waits."""
    return not any(one.how in (WAITS, ON_ITS_WAY) for one in plan.fates)


def _late(one: Fate, now: datetime) -> bool:
    return one.how == WAITS and one.promised + PATIENCE <= now


def outcome(plan: SentOff, now: datetime) -> SayTo | None:
    """To who planned it, or who keeps the trajectory now; None where all went as promised."""
    missed = [one for one in plan.fates if _missed(one, plan, now)]
    late = [one for one in plan.fates if _late(one, now) and one not in missed]
    gone = max(0, plan.count - len(plan.fates))
    if not missed and not late and not gone:
        return None
    labels: dict[str, str | None] = {f"call_off {plan.batch}": None} if late else {}
    labels |= dict(_towns(missed)[:BUTTONS])
    told = at_desk(
        "not_gone", *labels, labels=labels, what=plan.kind, made=plan.made, missed=missed,
        late=late, gone=gone, count=max(plan.count, len(plan.fates)), town=plan.municipality,
    )  # fmt: skip
    if plan.maker is None:
        return SayTo("keepers", plan.trajectory, told, near=True)
    return SayTo("person", plan.maker, told, near=True)


def _towns(missed: list[Fate]) -> list[tuple[str, str]]:
    """(key of the button to a municipality, its name) of who still takes part."""
    found: dict[str, str] = {}
    for one in missed:
        if one.seat and one.how != "left":
            found.setdefault(one.called.partition(",")[0], f"there {one.seat}")
    return [(key, town) for town, key in found.items()]


def _missed(one: Fate, plan: SentOff, now: datetime) -> bool:
    too_late = one.how == WAITS and plan.starts is not None and plan.starts <= now
    return too_late or one.how not in (WENT, WAITS, CALLED_OFF)
