"""Frozen dataclasses that become so with the first of them.

To make one takes half a millisecond, and there are two hundred: of most none is ever
there in one life of the program, and together they were a third of a start.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar, dataclass_transform

Made = TypeVar("Made", bound=type[Any])


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: Made) -> Made:
    """As `@dataclass(frozen=True)`; of a class that inherits no fields."""
    return later(cls)


def later(cls: Made, *, eq: bool = True) -> Made:
    """`eq`: whether two of them can be compared."""

    def first(self: Any, *values: Any, **named: Any) -> None:
        del cls.__init__
        dataclass(frozen=True, eq=eq)(cls)
        cls.__init__(self, *values, **named)

    cls.__init__ = first
    return cls
