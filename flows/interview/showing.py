"""Telling: several pilots, where a person is, advice and summary. No answer changes here."""

from __future__ import annotations

from flows.advice import progress
from flows.exchange import NEW_WALK, Exchange
from flows.interview.onward import go_on, offer_sharing, tell_summary, visit
from flows.interview.questions import (
    LOOKING,
    READING_MENU,
    SUMMARY_MENU,
    ask,
    disputed,
    go_back,
    points,
    say_and_ask,
    stale,
    to_say,
)
from flows.model import papers
from flows.model.journey import changed
from flows.model.lists import MOST_PILOTS
from flows.model.messages import Reply

# ------------------------------------------------------------ several pilots


def new(x: Exchange) -> None:
    if not x.here.given and x.here.id != NEW_WALK:
        say_and_ask(x, "still_empty")
    elif x.session.pilots.count >= MOST_PILOTS:
        x.menu("pilots_full", "/pilots", "/forget", "/again", key="pilots", most=MOST_PILOTS)
    else:
        x.open(x.here.depth)
        x.say("new_pilot", joins=True)
        go_on(x)


def pilots(x: Exchange) -> None:
    mine, named = x.session.pilots, x.session.pilots.named
    if named and named.id != x.here.id:
        x.switch(named.id)
    elif mine.count > 1:
        keys = [f"/pilots {pilot.id}" for pilot in mine.listed]
        keys += mine.page.turns("/pilots page")
        keys += ["/new"] if mine.count < MOST_PILOTS else []
        x.menu("pilots", *keys, "/again", page=mine.at + 1, pages=mine.page.pages)
    else:
        x.menu("one_pilot", "/new", "/again", key="pilots")


def elsewhere(x: Exchange) -> None:
    there = x.session.pilots.named
    if there is None:
        stale(x)
    else:
        x.menu("elsewhere", f"/pilots {there.id}", "/again", name=there.name)


# ------------------------------------------------------------ telling


strange = to_say("strange")
pause, stop = to_say("pause", asks=False), to_say("stop", asks=False)


def answered(x: Exchange) -> None:
    key = str(x.intent.argument)
    value = x.here.values[key]
    if x.update.text == value:
        x.reply(Reply("noted", {"key": key, "value": value}, brief=True))
        return
    x.menu("answered", f"/change {key}", "/again", key="answered", question=key, value=value)


def explain(x: Exchange) -> None:
    """An old button explains its own question; typed, it is about this one."""
    own = str(x.intent.argument)
    question = x.guide.canvas.get(own) or x.question
    if question:
        x.say("explanation", joins=True, key=question.key)
    ask(x)


def forward(x: Exchange) -> None:
    """To a colleague, by a link: a desk makes those. Without a question the open points go."""
    x.go("forward_one", str(x.intent.argument))


def my_actions(x: Exchange) -> None:
    """What is undertaken, and how it went: a desk tells."""
    x.go("actions")


def what_differs(x: Exchange) -> None:
    """What colleagues answered otherwise, and how that is settled: a desk tells."""
    x.go("differ_list")


def where(x: Exchange) -> None:
    settled, asked = progress.share(x.guide.canvas, x.here)
    say_and_ask(x, "where", settled=settled, asked=asked)


def tell_help(x: Exchange) -> None:
    x.say("help", reads=x.here.only_reads)
    ask(x)


def language_switch(x: Exchange) -> None:
    x.switch_language()
    x.say("language", joins=True)
    go_back(x)


def depth(x: Exchange) -> None:
    """Quick or full; without a word, the other one. Only what is missing is asked."""
    other = "quick" if x.here.depth == "full" else "full"
    wanted = str(x.intent.argument)
    depth = wanted if wanted in ("quick", "full") else other
    x.here = changed(x.here, depth=depth)
    x.point(plan=())
    count = len(progress.missing(x.guide.canvas, x.here))
    x.say("depth", joins=True, depth=depth, count=count)
    if x.question and x.question.key in x.here.opened(x.guide.canvas)[x.here.depth]:
        ask(x)
    else:
        go_on(x)


def five(x: Exchange) -> None:
    plan = progress.five_minutes(x.guide.canvas, x.guide.rules, x.here)
    if not plan:
        say_and_ask(x, "five_nothing")
        return
    x.point(plan=plan, told=tuple(m for m in x.here.cursor.told if m != LOOKING))
    x.say("five", joins=True, count=len(plan))
    go_on(x)


# ------------------------------------------------------------ advice and summary


def summary(x: Exchange) -> None:
    tell_summary(x)
    back = () if x.state == "done" and not x.here.only_reads else ("/again",)
    menu = READING_MENU if x.here.only_reads else (*SUMMARY_MENU, *points(x))
    x.menu("summary_end", *disputed(x), *menu, *back, key="summary")
    offer_sharing(x)


def look(x: Exchange) -> None:
    routes = [r.route for r in x.advice().routes]
    wanted = str(x.intent.argument)
    others = tuple(f"/look {r}" for r in routes if r != wanted)
    if wanted in routes:
        x.menu("route", *others, "/again", key="look", route=wanted)
    else:
        x.menu("look", *others, "/again", key="look")


def half_pages(x: Exchange) -> None:
    x.say("half_page_executive")
    x.say("half_page_practice")


def document(x: Exchange) -> None:
    """Which one, or the one that was named."""
    wanted = str(x.intent.argument)
    if wanted in papers.NAMED:
        _paper(x, wanted)
        return
    if wanted == papers.MORE:
        more = [f"/document {name}" for name in papers.OTHERS]
        x.menu("documents_more", *more, "/again", key="documents")
    else:
        first = [f"/document {name}" for name in (*papers.BUTTONS, papers.MORE)]
        x.menu("documents", *first, "/again", key="documents")


def _paper(x: Exchange, name: str) -> None:
    """At once; but before the first that others read, ask who made it."""
    author = x.guide.canvas.get(papers.AUTHOR)
    known = author is None or author.key in x.here.given
    if known or name in papers.NAMELESS or not x.tell_once(papers.AUTHOR):
        x.say("document", name=name)
    elif author:
        x.tell_once(f"{papers.WAITS}{name}")
        x.say("author_first", joins=True)
        visit(x, author)
