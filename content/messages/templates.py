"""Templates of what is said and of what stands on buttons, each read once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jinja2 import Environment, StrictUndefined, Template, Undefined
from jinja2.meta import find_undeclared_variables
from markupsafe import Markup

from content.words.phrases import ended, lower_first, main_clause, short_text, upper_first
from flows.intents.text import visible

FILTERS: dict[str, Any] = {
    "short_text": short_text,
    "lower_first": lower_first,
    "lowered": lambda texts: [lower_first(text) for text in texts],
    "upper_first": upper_first,
    "main_clause": main_clause,
    "ended": ended,
    "comma": ", ".join,
    "semicolon": "; ".join,
}


def shown(fact: Any) -> Any:
    """What a template shows: also what was kept before texts were cleaned as they came in."""
    return visible(fact) if isinstance(fact, str) and not isinstance(fact, Markup) else fact


def _environment(*, html: bool) -> Environment:
    undefined = StrictUndefined if html else Undefined
    found = Environment(autoescape=html, undefined=undefined, finalize=shown)  # noqa: S701 - labels of buttons are no HTML
    found.filters |= FILTERS
    return found


ENVIRONMENT, PLAIN = _environment(html=True), _environment(html=False)


@lru_cache(maxsize=1536)
def template(source: str, environment: Environment = ENVIRONMENT) -> tuple[Template, set[str]]:
    """(of something said, the names that it asks for): HTML, in which every fact is escaped.

    With PLAIN of what stands on a button: plain words.
    """
    tree = environment.parse(source.strip("\n"))
    return environment.from_string(tree), find_undeclared_variables(tree)
