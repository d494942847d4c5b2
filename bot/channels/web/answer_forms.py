"""What can be chosen or written under a question, as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Environment
    from markupsafe import Markup

    from bot.channels.web.forms import Filled
    from bot.channels.web.pages import WebPage

MOST = 500
"""So many are remembered, of some 2 kB each: every question of a canvas, in its few forms."""


class AnswerForms:
    """Of one language. What says nothing but the guide's own words is made once for everybody.

    So nobody's words are remembered here, whatever a question or a button quotes.
    """

    def __init__(self, templates: Environment, words: Any) -> None:
        self.templates, self.own = templates, frozenset(texts(words))
        self.made: dict[tuple[Any, ...], Markup] = {}

    def of(self, page: WebPage, said: Filled | None, wrong: str) -> Markup:
        """`said`: what was filled in, where the form comes back, and what is `wrong` with it."""
        if said or wrong or not self._common(page):
            return self._new(page, said, wrong)
        kind = (page.form, page.writes, page.line)
        key = (page.title, page.hint, page.options, page.commands, kind)
        if key not in self.made:
            if len(self.made) >= MOST:
                self.made.clear()
            self.made[key] = self._new(page, None, "")
        return self.made[key]

    def _common(self, page: WebPage) -> bool:
        """Whether all of it is found in the content, and nothing was answered before."""
        labels = (one.label for some in (page.options, page.commands) for one in some)
        return not (page.before or page.text) and self.own.issuperset((
            page.title, page.hint, *labels,
        ))  # fmt: skip

    def _new(self, page: WebPage, said: Filled | None, wrong: str) -> Markup:
        macros: Any = self.templates.get_template("answers.html").module
        made: Markup = macros.answers(page, said, wrong)
        return made


def texts(tree: Any) -> Iterator[str]:
    """Every sentence below, and the empty one."""
    yield ""
    for one in tree.values() if isinstance(tree, Mapping) else tree:
        if isinstance(one, str):
            yield one
        elif isinstance(one, Mapping | list | tuple):
            yield from texts(one)
