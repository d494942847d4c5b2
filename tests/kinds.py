"""The kinds of questions by how they are answered."""

from __future__ import annotations

from flows.model.kinds import KIND

ONE_OF = frozenset(name for name, kind in KIND.items() if kind.one)
ANY_OF = frozenset(name for name, kind in KIND.items() if kind.some)
OPEN = frozenset(name for name, kind in KIND.items() if kind.open)
