"""Words that mean a day, as content/*/moments.toml tells them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Moments:
    """What no date library knows. `words`: a word and what it is read as ("twee": "2").

    `phrases`: a pattern and its day: "quarter-end" and "weeks" with a group n, "3-end", "9-1".
    """

    words: Mapping[str, str]
    phrases: Mapping[str, str]
