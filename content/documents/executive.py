"""The page for the alderman: a short decision note, always one page.

What is asked and by when; the problem; the effect with its limits; the money; all
that is not arranged; the first action. What was not asked is left out or said to be so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from content.documents.blocks import Block, Bullets, Document, Item, Note, Paragraph
from content.documents.standing import document, ended, first_steps, look_back, own_step, whole
from content.words.compared import about, landmark, results
from content.words.phrases import lower_first
from content.words.undertaken import success
from flows.advice.undertakings import small_wins
from flows.model.canvas import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from content.words.vocabulary import Words
    from flows.advice.advice import Route

WINS = 2  # what was done that is told, the newest
LONG, MIDDLE, SHORT = 320, 220, 160
"""Characters of a typed answer on this page; together they fit on it in any script."""

SHIFTS = 2  # of what changed in the advice, so many stand on this page

AMOUNT = re.compile(r"€|\b(euro|eur|euros|ton|mln|miljoen|million|k)\b|\d{3}", re.IGNORECASE)
YEAR = re.compile(r"\b20\d\d\b")

LIFTED = (
    ("hours", {"routes.hours": ("no",), "routes.hinges": ("nobody",)}),
    ("mandate", {"routes.mandate": ("no",)}),
    ("funding", {"ingredients.funding": ("no",)}),
    ("governance", {"ingredients.governance": ("no",)}),
    ("agreements", {"ingredients.agreements": ("no",), "ingredients.collaboration": ("no",)}),
    ("upfront", {"routes.upfront": ("no",)}),
)
"""Obstacles that an alderman can lift, by the answers that show them, heaviest first."""

DECISIONS = ("out_here", "out_adopting")
"""Requests for a formal decision, with the hours to carry it out."""

OTHER_GAPS = (
    "routes.hours", "routes.mandate", "ingredients.agreements", "routes.upfront",
    "routes.local_partners", "routes.owner", "pitfalls.partners_table", "pitfalls.partners_time",
)  # fmt: skip
"""Questions beside the ingredients whose "no" means that something is not arranged."""

LIMITS = (
    "impact.places", "impact.success_by", "impact.working_part",
    "pitfalls.scope_frontrunners", "pitfalls.conditions_without",
)  # fmt: skip
"""How far an effect reaches."""


def executive(words: Words) -> Document:
    """The note as blocks; `one_page` lets the page grow smaller before it breaks."""
    named = words.for_others()
    return document(named, "executive", _blocks(named), one_page=True)


def _blocks(words: Words) -> Iterator[Block]:
    said = words.documents["executive"]
    asked, when = request_of(words)
    if words.early:
        yield Note(words.documents["page"]["so_far"], asked)
    else:
        yield Note(said["asked"], asked, (Item(when, said["by_when"]),))
    rows = {
        "problem": _problem, "effect": _effect, "money": _money, "gaps": _gaps, "won": _won,
        "first": _first,
    }  # fmt: skip
    items = []
    for name, lines in rows.items():
        told = tuple(map(Paragraph, filter(None, lines(words))))
        if told:
            items.append(Item(told[0].text, said[name], more=told[1:]))
    items += map(Item, _since(words), [said["since"]])
    yield from [Bullets(tuple(items), pairs=True)] if items else []


# ---------------------------------------------------------------- what is asked


def _since(words: Words) -> Iterator[str]:
    """What became another since the last time: the outcome, and the first routes."""
    found, earlier = words.compared, words.earlier
    if found and earlier and found.shifts and not words.early:
        said = words.documents["executive"]["changed"]
        lines = []
        for one in found.shifts[:SHIFTS]:
            then, now = map(lower_first, results(words, one))
            lines.append(said["shift"].format(about=about(words, one), then=then, now=now))
        head = said["since"].format(mark=landmark(words, earlier.mark))
        yield f"{head} {' '.join(lines)}"


def request_of(words: Words) -> tuple[str, str]:
    """(what is asked, by when) as sentences; nothing is asked before there is any advice."""
    said = words.documents["executive"]
    if words.early:
        return str(said["nothing_asked"]), ""
    keys, told = requests(words), words.told(said["request"])
    asked = " ".join(told[key].format(missing=_missing(words, keys)) for key in keys)
    return asked, _by_when(words)


def requests(words: Words) -> tuple[str, ...]:
    """What is asked, as keys of its sentences: at most an obstacle to lift, and the route."""
    gate = words.advice.gate.outcome
    if gate == "small":
        return ("small",)
    top = next(iter(words.told_routes), None)
    route = _of_route(words, top) if top else ""
    lifted = [
        name
        for name, answers in LIFTED
        if name != route and any(words.values.get(key) in bad for key, bad in answers.items())
    ][:1]
    # A rule that is in the way is worth changing before anything is proven.
    if gate == "find_out" and not (route == "up" and top and top.fit == "fits"):
        return (_to_find_out(words), *lifted)
    return (*lifted, *_granted(words, route, lifted)) or ("look",)


def _granted(words: Words, route: str, lifted: list[str]) -> Iterator[str]:
    """The route's own request, unless it is granted already; hours go with a decision."""
    decision = route in DECISIONS
    if route and not (decision and words.values.get("routes.mandate") == "yes"):
        yield route
    if decision and words.values.get("routes.hours") != "yes" and "hours" not in lifted:
        yield "time"


def _to_find_out(words: Words) -> str:
    """Time to find out, and what; where only a second place is lacking, room for that."""
    if words.values.get("impact.evidence") == "different":
        return "otherwise"
    one = words.values.get("impact.places") == "one"
    only = words.advice.gate.lacking == ("impact.places",)
    return "second_place" if one and only else "find_out"


def _of_route(words: Words, route: Route) -> str:
    """The request that belongs to a route; its way tells two of them apart."""
    if route.route == "in" and words.values.get("routes.anchored") in (None, UNKNOWN):
        return "in_open"
    if route.route == "out":
        adopting = words.values.get("pilot.origin") == "adopting"
        return "out_adopting" if adopting else f"out_{route.side}"
    return route.route


def _missing(words: Words, asked: tuple[str, ...]) -> str:
    """Where the approach has no fixed place yet; the budget only where it is not asked already."""
    names = words.said["said"]["missing_anchors"]
    found = words.not_anchored() or list(names.values())
    kept = [name for name in found if "funding" not in asked or name != names["budget"]]
    *before, last = kept or found
    return f"{', '.join(before)} {words.documents['executive']['or']} {last}" if before else last


def _by_when(words: Words) -> str:
    """The moment that comes up, or the day of looking back, or that it is to be agreed."""
    said, coming = words.documents["executive"], words.values.get("routes.moment")
    if coming in said["moment"]:
        return str(said["moment"][coming])
    day = look_back(words)
    return said["before"].format(day=words.day(day)) if day else str(said["no_day"])


# ---------------------------------------------------------------- what is known


def _problem(words: Words) -> Iterator[str]:
    said = words.documents["executive"]
    yield whole(words.given("impact.issue"), LONG)
    yield _typed(f"{said['for_whom']}: {{text}}", words.given("impact.for_whom"), SHORT)
    yield _typed(f"{said['goal']}: {{text}}", words.given("impact.impact"), MIDDLE)


def _effect(words: Words) -> Iterator[str]:
    """What is known, in whose words, and how far that reaches."""
    said, known = words.documents["executive"], _sentence(words, "impact.evidence")
    if known:
        note = whole(words.more("impact.evidence"), MIDDLE)
        yield f"{known} {said['own_words'].format(text=note)}" if note else known
        yield " ".join(filter(None, (_told(words, key) for key in LIMITS)))
        yield _typed(said["lost"], words.given("impact.lost"), SHORT)


def _money(words: Words) -> Iterator[str]:
    """Amounts, until when, who pays after; what nobody named is said to be missing."""
    said = words.documents["executive"]
    means, note = words.given("impact.input"), words.more("ingredients.funding")
    now, after = _told(words, "routes.temporary"), _sentence(words, "ingredients.funding")
    if not (now or after or means):
        return
    yield _typed(said["means"], means, SHORT)
    yield now
    yield " ".join(filter(None, (after, whole(note, MIDDLE))))
    rest, text = [_told(words, "routes.purse"), _told(words, "routes.upfront")], f"{means} {note}"
    rest += [] if AMOUNT.search(text) else [said["no_amount"]]
    temporary = words.values.get("routes.temporary") in ("fully", "partly")
    rest += [said["no_end"]] if temporary and not YEAR.search(text) else []
    yield " ".join(filter(None, rest))


def _typed(pattern: str, text: str, limit: int) -> str:
    """What a person typed in a sentence of the guide; empty where nothing was typed."""
    return pattern.format(text=lower_first(whole(text, limit))) if text else ""


def _told(words: Words, key: str) -> str:
    """The sentence that an answer makes, and what was said with it."""
    said, note = _sentence(words, key), whole(words.note(key), MIDDLE)
    own = str(words.documents["executive"]["own_words"]).format(text=note)
    return f"{said} {own}" if said and note else said


def _sentence(words: Words, key: str) -> str:
    """The sentence that an answer makes; empty where it was not asked or says nothing here."""
    table = words.told(words.documents["executive"].get(key.partition(".")[2], {}))
    return str(table.get(str(words.values.get(key)), ""))


def _gaps(words: Words) -> Iterator[str]:
    """All that is not arranged, and what nobody asked yet."""
    levels: dict[str, list[str]] = {}
    others = [key for key in OTHER_GAPS if words.values.get(key) in ("no", "partly")]
    for key in (*words.canvas.ingredients, *others):
        level = words.values.get(key, "none")
        levels.setdefault(str(level), []).append(lower_first(words.short(key)))
    if words.advice.gate.outcome == "small":  # nobody needs to know what growing would take
        levels = {level: names for level, names in levels.items() if level in ("no", "partly")}
    asked = [level for level in ("no", "partly", UNKNOWN) if level in levels]
    for level in (*asked, *(["none"] if len(levels) > 1 and "none" in levels else [])):
        yield ended(f"{words.documents['status'][level]}: {', '.join(levels[level])}")
    if levels and levels.keys() <= {"yes", "not_applicable"}:
        yield words.documents["executive"]["no_gaps"]


def _won(words: Words) -> Iterator[str]:
    """What was done last, and what it opened."""
    for one in small_wins(words.walk)[-WINS:]:
        yield whole(success(words, one), MIDDLE)


def _first(words: Words) -> Iterator[str]:
    said, own = words.documents["executive"], own_step(words)
    if own:
        yield ended(whole(own.what, SHORT))
        yield ended(f"{said['who']}: {own.who or said['to_agree']}")
        yield ended(f"{said['when']}: {own.when or said['to_agree']}")
        yield _typed(said["door"], words.given("closing.next_door"), SHORT)
        return
    for step in first_steps(words)[:1]:
        yield ended(words.words_of_step(step)["label"])
        yield str(said["no_who_when"])
