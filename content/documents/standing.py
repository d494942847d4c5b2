"""What every paper of a canvas says the same: its head, how things stand, who does what when.

A route of which nothing is known, or an outcome before its questions were answered,
is no "nu niet" and no "veelbelovend": it was not asked, or cannot be said yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from content.documents.blocks import Block, Document, Paragraph
from content.words.phrases import lower_first, short_text, upper_first
from flows.advice.progress import missing
from flows.advice.undertakings import FIRST_STEP, undertakings
from flows.prompts.schedule import RECHECK

if TYPE_CHECKING:
    from content.words.vocabulary import Words
    from flows.advice.advice import Route, Step

TITLE = 120  # characters of a title
ENDS = re.compile(r"(?<=[.!?。！？؟])\s+")
END = (".", "!", "?", "…", "。", "！", "？", "؟", ":", "”")

NONE, OPEN = "none", "open"


def document(
    words: Words, kind: str, blocks: Iterable[Block] = (), *, one_page: bool = False
) -> Document:
    """Blocks under the pilot's name: for whom, by whom, and of the day of the newest answer."""
    page, day, author = words.documents["page"], words.updated, short_text(words.author, TITLE)
    about = (
        page["so_far"] if _unanswered(words) else "",
        page["by"].format(name=author) if author else "",
        updated(words, day),
    )
    return Document(
        title=short_text(words.pilot_name, TITLE),
        subtitle=short_text(words.organisation, TITLE),
        kind=words.documents["kind"][kind],
        language=words.language,
        date=day.isoformat() if day else "",
        date_text=" · ".join(filter(None, about)),
        blocks=tuple(blocks),
        words=dict(page),
        one_page=one_page,
    )


def updated(words: Words, day: date | None) -> str:
    page = words.documents["page"]
    return str(page["updated"].format(date=words.day(day)) if day else page["nothing_yet"])


def _unanswered(words: Words) -> list[str]:
    """What may still be asked and change the advice; how it ends changes none."""
    left = missing(words.canvas, words.walk) if words.walk else []
    return [q.key for q in left if q.of is None and q.part != "closing"]


def so_far(words: Words) -> Iterator[Paragraph]:
    """What is not answered yet, as long as something is not."""
    said, left = words.documents["summary"], _unanswered(words)
    if left:
        pattern = said["not_answered_more" if left[8:] else "not_answered"]
        names = ", ".join(lower_first(short) for short in words.shorts(left[:8]))
        line = pattern.format(names=names, count=len(left[8:]))
        yield Paragraph(line, words.documents["page"]["so_far"])


# ---------------------------------------------------------------- how it stands


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


# ---------------------------------------------------------------- who does what, and when


@dataclass(frozen=True)
class Action:
    """`key`: the question or the meeting it comes from; `when` in words, `day` as ISO or empty.

    `said`: the person's own words for the day, where they say more than the day.
    """

    key: str
    about: str
    what: str
    who: str = ""
    when: str = ""
    day: str = ""
    said: str = ""
    done: bool = False
    failed: bool = False

    @property
    def over(self) -> bool:
        """Nothing is left to do."""
        return self.done or self.failed


def actions(words: Words) -> Iterator[Action]:
    """All of them: the own first step, the ingredients', the meetings'."""
    if words.given(FIRST_STEP):
        what = upper_first(words.given(FIRST_STEP).rstrip(" .;"))
        yield _action(words, FIRST_STEP, words.short(FIRST_STEP), what)
    for name in words.acted_on():
        base, about = f"ingredients.actions.{name}", words.short(f"ingredients.{name}")
        yield _action(words, base, about, words.given(f"{base}.what") or about)
    for one in words.agreed:
        day = words.day(date.fromisoformat(one.due)) if one.due else one.due_text
        meeting = words.documents["summary"]["meeting"]
        yield Action(
            f"agreed.{one.id}", meeting, words.agreed_what(one), one.who, day, one.due or "",
            "" if one.due_text == day else one.due_text, one.done, one.failed,
        )  # fmt: skip


def _action(words: Words, base: str, about: str, what: str) -> Action:
    when, how = words.values.get(f"{base}.when"), _how(words, base)
    what = str(words.said["said"][how]).format(what=what) if how else what
    given = when if isinstance(when, Mapping) else {}
    day, said = str(given.get("date") or ""), str(given.get("text") or "")
    shown = words.day(date.fromisoformat(day)) if day else said
    return Action(
        base, about, " ".join(what.split()), " ".join(words.given(f"{base}.who").split()),
        shown, day, "" if said == shown else said, how == "done", how == "failed",
    )  # fmt: skip


def _how(words: Words, base: str) -> str:
    """How this very action went; nothing while it is still to be done."""
    own = undertakings(words.content.guide, words.walk) if words.walk else ()
    one = next((one for one in own if one.action == base), None)
    return "" if one is None or one.open or one.went is None else one.went.how


def by_day(words: Words) -> list[Action]:
    """The same in order of time; what has no day yet comes last."""
    return sorted(actions(words), key=lambda one: (not one.day, one.day))


def own_step(words: Words) -> Action | None:
    """The first step that the person chose, while it is still to be done."""
    return next((one for one in actions(words) if one.key == FIRST_STEP and not one.over), None)


def first_steps(words: Words) -> tuple[Step, ...]:
    """The advice's first steps, as far as there is any advice yet."""
    return () if words.early else words.advice.first_steps


def look_back(words: Words) -> date | None:
    """The day on which the person wants to look back; none where that is not known."""
    given = words.walk.given.get("closing.recheck") if words.walk else None
    days = RECHECK.get(str(words.values.get("closing.recheck")))
    return given.at.date() + timedelta(days=days) if given and days else None


# ---------------------------------------------------------------- what was typed, as sentences


def ended(text: str) -> str:
    """One line that begins with a capital and ends; empty stays empty."""
    line = upper_first(" ".join(text.split()))
    return line if not line or line.endswith(END) else f"{line}."


def whole(text: str, limit: int) -> str:
    """Whole sentences, as many as fit; of a first one that is too long its beginning."""
    line, kept = ended(text), ""
    for sentence in ENDS.split(line):
        longer = f"{kept} {sentence}".strip()
        if len(longer) > limit:
            break
        kept = longer
    return kept or short_text(line, limit)
