"""How things stand, as far as the answers carry it: no paper says more than this.

A route of which nothing is known, or an outcome before its questions were answered,
is no "nu niet" and no "veelbelovend": it was not asked, or cannot be said yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from content.words.vocabulary import Words
    from flows.advice.advice import Route

NONE, OPEN = "none", "open"


def outcome(words: Words) -> tuple[str, str]:
    """(title, text) of the outcome; the words of too_early say that there is none yet."""
    told = words.words_of_gate()
    return told["title"], told["text"]


def of_route(words: Words, route: Route) -> tuple[str, str]:
    """(mark, word) of a route."""
    if not words.early and route.fit != OPEN:
        return route.fit, words.fit(route)
    asked = any(key in words.values for key in keys_of_route(words, route))
    return (OPEN if asked else NONE), str(words.documents["status"][OPEN if asked else NONE])


def keys_of_route(words: Words, route: Route) -> tuple[str, ...]:
    """The questions that speak for a route, the heaviest first."""
    rule = next(r for r in words.content.guide.rules.routes if r.key == route.route)
    return tuple(dict.fromkeys((*rule.strong.keys, *rule.weak.keys)))


def of_ingredient(words: Words, key: str) -> tuple[str, str]:
    """(mark, word) of an ingredient."""
    value = str(words.values.get(key, NONE))
    return value, str(words.documents["status"].get(value, ""))
