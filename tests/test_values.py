"""A value is a frozen dataclass, also before there is one of it."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, field, replace

import pytest

from flows.model.values import value


@value
class Place:
    town: str
    seats: tuple[int, ...] = ()
    notes: dict[str, str] = field(default_factory=dict)


def test_it_is_made_with_the_first_and_then_as_any() -> None:
    assert "__dataclass_fields__" not in vars(Place)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'town'"):
        Place()  # type: ignore[call-arg]
    one, other = Place("Zutphen", (1,)), Place("Zutphen", seats=(1,))
    assert one == other != replace(one, town="Tiel")
    assert repr(one) == "Place(town='Zutphen', seats=(1,), notes={})"
    assert one.notes is not other.notes
    with pytest.raises(FrozenInstanceError):
        one.town = "Tiel"  # type: ignore[misc]


def test_it_can_be_a_key() -> None:
    assert len({Trip(1), Trip(1), Trip(2)}) == 2


@value
class Trip:
    days: int
