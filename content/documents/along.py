"""What the documents of a desk are made from: of what it may see, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from content.documents.invitation import picture, sheets
from content.documents.meeting import agenda
from content.documents.portfolio import heat_of
from content.documents.shared import files, portfolio, summaries

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from content.words.steering import SteeringWords


def heat(said: SteeringWords, facts: Mapping[str, Any]) -> dict[str, Any]:
    told = said.documents
    drawn = heat_of(facts["rows"], said.words)
    return {**drawn, "title": told["heat"], "file": told["file"]["heat"]}


MADE: Mapping[str, Callable[[SteeringWords, Mapping[str, Any]], dict[str, Any]]] = {
    "png heat": heat,
    "png qr": picture,
    "pdf invitation": sheets,
    "pdf meeting": agenda,
    "pdf shared": summaries,
    "zip shared": files,
    "xlsx portfolio": portfolio,
    "csv portfolio": portfolio,
}
"""Document -> its data."""
