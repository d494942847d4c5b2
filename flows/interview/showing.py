"""Telling: several pilots, where a person is, advice and summary. No answer changes here."""

from __future__ import annotations

from dataclasses import replace

from flows.advice import progress
from flows.exchange import NEW_WALK, SUMMARY_MENU
from flows.interview.onward import Walking
from flows.model import papers
from flows.model.lists import MOST_PILOTS
from flows.model.turn import Cursor, Reply, Walk


class Telling(Walking):
    """What shows, and what moves between pilots, languages and depths."""

    __slots__ = ()

    # ------------------------------------------------------------ several pilots

    def new(self) -> None:
        if not self.here.given and self.here.id != NEW_WALK:
            self.say("still_empty", joins=True)
            self.ask()
            return
        if self.session.pilots.count >= MOST_PILOTS:
            self.menu("pilots_full", "/pilots", "/forget", "/again", key="pilots", most=MOST_PILOTS)
            return
        self.opened = True
        self.walk = Walk(NEW_WALK, self.state, self.here.depth, Cursor())
        self.say("new_pilot", joins=True)
        self.go_on()

    def pilots(self) -> None:
        mine, named = self.session.pilots, self.session.pilots.named
        if named and named.id != self.here.id:
            self.switched = named.id
        elif mine.count > 1:
            keys = [f"/pilots {pilot.id}" for pilot in mine.listed]
            keys += mine.page.turns("/pilots page")
            keys += ["/new"] if mine.count < MOST_PILOTS else []
            self.menu("pilots", *keys, "/again", page=mine.at + 1, pages=mine.page.pages)
        else:
            self.menu("one_pilot", "/new", "/again", key="pilots")

    def elsewhere(self) -> None:
        there = self.session.pilots.named
        if there is None:
            self.stale()
            return
        self.menu("elsewhere", f"/pilots {there.id}", "/again", name=there.name)

    # ------------------------------------------------------------ telling
    def start(self) -> None:
        """Back after a while: which pilot, which question."""
        self.say("welcome_back", joins=True)
        self.ask()

    def answered(self) -> None:
        key = str(self.move.argument)
        value = self.here.values[key]
        if self.update.text == value:
            self.replies.append(Reply("noted", {"key": key, "value": value}, brief=True))
            return
        self.menu("answered", f"/change {key}", "/again", key="answered", question=key, value=value)

    def strange(self) -> None:
        self.say("strange", joins=True)
        self.ask()

    def explain(self) -> None:
        """An old button explains its own question; typed, it is about this one."""
        own = str(self.move.argument)
        question = self.guide.canvas.get(own) or self.question
        if question:
            self.say("explanation", joins=True, key=question.key)
        self.ask()

    def forward(self) -> None:
        key = str(self.move.argument)
        if key in self.guide.canvas:
            self.say("forward", key=key)
        else:
            self.again()

    def where(self) -> None:
        settled, asked = progress.share(self.guide.canvas, self.here)
        self.say("where", joins=True, settled=settled, asked=asked)
        self.ask()

    def pause(self) -> None:
        self.say("pause")

    def stop(self) -> None:
        self.say("stop")

    def help(self) -> None:
        self.say("help")
        self.ask()

    def language_switch(self) -> None:
        self.switch_language()
        self.say("language", joins=True)
        self.go_back()

    def depth(self) -> None:
        """Quick or full; without a word, the other one. Only what is missing is asked."""
        other = "quick" if self.here.depth == "full" else "full"
        wanted = str(self.move.argument)
        depth = wanted if wanted in ("quick", "full") else other
        self.walk = replace(self.here, depth=depth)  # type: ignore[arg-type]
        self.point(plan=())
        count = len(progress.missing(self.guide.canvas, self.here))
        self.say("depth", joins=True, depth=depth, count=count)
        if self.question and self.question.key in {
            q.key for q in self.guide.canvas.asked(self.here.values, self.here.depth)
        }:
            self.ask()
        else:
            self.go_on()

    def five(self) -> None:
        plan = progress.five_minutes(self.guide.canvas, self.guide.rules, self.here)
        if not plan:
            self.say("five_nothing", joins=True)
            self.ask()
            return
        self.point(plan=plan)
        self.say("five", joins=True, count=len(plan))
        self.go_on()

    # ------------------------------------------------------------ advice and summary

    def summary(self) -> None:
        self.tell_summary()
        back = () if self.state == "done" else ("/again",)
        self.menu("summary_end", *SUMMARY_MENU, *back, key="summary")

    def look(self) -> None:
        routes = [r.route for r in self.advice().routes]
        wanted = str(self.move.argument)
        others = tuple(f"/look {r}" for r in routes if r != wanted)
        if wanted in routes:
            self.menu("route", *others, "/again", key="look", route=wanted)
        else:
            self.menu("look", *others, "/again", key="look")

    def half_pages(self) -> None:
        self.say("half_page_executive")
        self.say("half_page_practice")

    def document(self) -> None:
        """Which one, or the one that was named."""
        wanted = str(self.move.argument)
        if wanted in papers.NAMED:
            self._paper(wanted)
            return
        more = [f"/document {name}" for name in papers.more()]
        first = [f"/document {name}" for name in (*papers.BUTTONS, papers.MORE)]
        if wanted == papers.MORE:
            self.menu("documents_more", *more, "/again", key="documents")
        else:
            self.menu("documents", *first, "/again", key="documents")

    def _paper(self, name: str) -> None:
        """At once; but before the first that others read, ask who made it."""
        author = self.guide.canvas.get(papers.AUTHOR)
        known = author is None or author.key in self.here.given
        if known or name in papers.NAMELESS or not self.tell_once(papers.AUTHOR):
            self.say("document", name=name)
        elif author:
            self.tell_once(f"{papers.WAITS}{name}")
            self.say("author_first", joins=True)
            self._visit(author)
