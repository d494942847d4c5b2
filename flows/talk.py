"""What each verb does to a walk, and what is said. The table in dialogue.py calls these.

One Talk lives for one turn. It changes its own copy of the walk and collects
replies and answers; nothing is sent or kept here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows import moments, progress
from flows.advice import Advice, advise, observe
from flows.answers import LONG, LONGEST, Refused, open_text, units
from flows.canvas import ANY_OF, ONE_OF, UNKNOWN, Question
from flows.turn import LANGUAGES, Asking, Cursor, Given, Reply, Turn, Walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.heard import Move
    from flows.turn import Guide, Session, Update

STEPS_OFFERED = 3
NEW_WALK = -1
"""The id of a canvas that the store has yet to make."""

SUMMARY_MENU = ("/look", "/half_pages", "/document", "/change")


class Talk:
    """The model of the state machine: light, made for one turn, then forgotten."""

    __slots__ = (
        "answers", "guide", "language", "move", "opened", "replies", "session", "state",
        "switched", "trigger", "update", "walk",
    )  # fmt: skip

    def __init__(self, guide: Guide, session: Session, update: Update, move: Move) -> None:
        self.guide, self.session, self.update, self.move = guide, session, update, move
        self.walk = session.walk
        self.state = session.walk.state if session.walk and session.agreed else "new"
        self.language = session.language
        self.replies: list[Reply] = []
        self.answers: list[Given] = []
        self.opened = False
        self.switched: int | None = None
        self.trigger: Callable[[str], object] = str

    def turn(self) -> Turn:
        """All that this turn changed."""
        walk = replace(self.walk, state=self.state) if self.walk else None
        session = replace(
            self.session, language=self.language, walk=walk, agreed=self.state != "new"
        )
        return Turn(session, tuple(self.replies), tuple(self.answers), self.opened, self.switched)

    # ------------------------------------------------------------ small words

    @property
    def here(self) -> Walk:
        if self.walk is None:
            raise AssertionError("a state other than new has a walk")
        return self.walk

    @property
    def question(self) -> Question | None:
        key = self.here.cursor.question
        return self.guide.canvas[key] if key else None

    def say(self, name: str, *, joins: bool = False, **data: Any) -> None:
        self.replies.append(Reply(name, data, joins=joins))

    def menu(self, name: str, *choices: str, key: str = "", **data: Any) -> None:
        self.replies.append(Reply(name, data, key or name, choices))

    def point(self, **fields: Any) -> None:
        self.walk = replace(self.here, cursor=replace(self.here.cursor, **fields))

    def tell_once(self, mark: str) -> bool:
        if mark in self.here.cursor.told:
            return False
        self.point(told=(*self.here.cursor.told, mark))
        return True

    def advice(self) -> Advice:
        return advise(self.guide.canvas, self.guide.rules, self.here.values)

    # ------------------------------------------------------------ before akkoord

    def welcome(self) -> None:
        self.menu("welcome", "agree", "/language", "/privacy")

    def welcome_again(self) -> None:
        self.say("agree_first", joins=True)
        self.welcome()

    def privacy_new(self) -> None:
        self.say("privacy", joins=True)
        self.menu("agree_or_not", "agree", "/language", key="welcome")

    def language_new(self) -> None:
        self._switch_language()
        self.welcome()

    def begin(self) -> None:
        self.opened = True
        self.walk = Walk(NEW_WALK, self.state, "quick", Cursor())
        self.say("agreed", joins=True)
        self.go_on()

    # ------------------------------------------------------------ going on

    def go_on(self) -> None:
        """Close what is finished, then ask what is missing, or give the advice, or end."""
        self.point(question=None, picked=())
        upcoming = progress.next_question(self.guide.canvas, self.here)
        planned = upcoming is not None and upcoming.key in self.here.cursor.plan
        if not planned:
            self._look_back(upcoming)
        if upcoming is None:
            self._finish()
        elif upcoming.part == "closing" and not planned and "advice" not in self.here.cursor.told:
            self._give_advice()
        else:
            self._open(upcoming, planned=planned)

    def _open(self, question: Question, *, planned: bool = False) -> None:
        self.trigger(f"open_{question.part}")
        self.point(question=question.key)
        if not planned and self.tell_once(f"opened {question.part}"):
            size = progress.part_size(self.guide.canvas, self.here, question.part)
            self.say("part_opened", joins=True, part=question.part, size=size)
        self.ask()

    def _look_back(self, upcoming: Question | None) -> None:
        """The middle of part 2, and the end of each part, give one sentence back."""
        values, part = self.here.values, self.state
        answered = sum(q.key in values and q.of is None for q in self.guide.canvas.of_part(part))
        if upcoming and upcoming.part == part:
            if answered >= 5 and self._observation(part, "middle"):  # noqa: PLR2004 - domain.md
                self._observe(part, "middle", joins=True)
        elif part in self._parts and any(a.question.startswith(part) for a in self.answers):
            self._close(part)

    @property
    def _parts(self) -> tuple[str, ...]:
        return tuple(part.key for part in self.guide.canvas.parts)

    def _close(self, part: str) -> None:
        left = {q.part for q in progress.missing(self.guide.canvas, self.here)}
        if part in left or not self.tell_once(f"closed {part}") or part == "closing":
            return
        self._observe(part, "end", joins=self.here.depth == "full")
        if self.here.depth == "full":
            self.menu("recap", f"/change {part}", part=part, key="recap")

    def _observation(self, part: str, at: str) -> Any:
        values = self.guide.canvas.relevant(self.here.values)
        return observe(self.guide.rules, part, at, values)

    def _observe(self, part: str, at: str, *, joins: bool) -> None:
        seen = self._observation(part, at)
        if seen and (at == "end" or self.tell_once(f"middle {part}")):
            self.say("observation", joins=joins, key=seen.rule, because=seen.because)

    def _give_advice(self) -> None:
        self.trigger("give_advice")
        self.say("gate")
        self.say("routes")
        self.advice_menu()

    def advice_menu(self) -> None:
        deeper = () if self.here.depth == "full" else ("/depth full",)
        self.menu("steps_brief", "/next", "/look", "/change", *deeper, key="advice")

    def _finish(self) -> None:
        first_time = self.tell_once("finished")
        self.trigger("finish")
        self.point(plan=())
        if first_time:
            self._summary()
        else:
            self.say("updated", joins=True)
        self.done_menu()

    def done_menu(self) -> None:
        deeper = () if self.here.depth == "full" else ("/depth full",)
        self.menu("done", "/summary", *SUMMARY_MENU, *deeper, "/new", key="finished")

    # ------------------------------------------------------------ asking

    def ask(self, *, again: bool = False) -> None:
        """The question under the cursor with its choices; what was answered is shown."""
        question = self.question
        if question is None:
            self._rest()
            return
        walk = self.here
        self.replies.append(
            Reply(
                "question",
                {
                    "key": question.key,
                    "position": progress.position(self.guide.canvas, walk, question),
                    "picked": walk.cursor.picked,
                    "old": walk.values.get(question.key),
                    "again": again,
                },
                question.key,
                (*self._choices(question), *self._extras(question)),
            )
        )

    def _rest(self) -> None:
        """Outside the questions a person rests at the advice, or at the end."""
        if self.state == "advice":
            self.advice_menu()
        else:
            self.done_menu()

    def _choices(self, question: Question) -> tuple[str, ...]:
        if question.kind in ONE_OF:
            return (*question.choices, UNKNOWN)
        if question.kind == "any_of":
            return (*question.choices, "/done", UNKNOWN)
        if question.kind == "actions":
            weak = self.guide.canvas.not_arranged(self.here.values)
            return (*(key.partition(".")[2] for key in weak), "/done", "/skip")
        if question.kind == "step":
            return (*self._best_steps(), "/other", UNKNOWN)
        named = {"who": ("me",), "when": ("this_week", "this_month")}
        return (*named.get(question.kind, ()), UNKNOWN, "/skip")

    def _best_steps(self) -> list[str]:
        steps = [s.step for s in self.advice().next_steps if s.step != "small_win"]
        return steps[:STEPS_OFFERED]

    def _extras(self, question: Question) -> tuple[str, ...]:
        extras = ["/explain"]
        if question.key in self.here.values:
            extras.append("/next")
        if not self.here.given and not self.answers:
            extras += ["/depth full", "/five"]
        forward = self.answers[-1] if self.answers else None
        if forward and forward.value == UNKNOWN and self.guide.canvas[forward.question].open_point:
            extras.append(f"/forward {forward.question}")
        return tuple(extras)

    # ------------------------------------------------------------ answering

    def answer(self) -> None:
        """A text, a choice's key or `unknown` for the question it was asked for."""
        key = self.move.asking.key if self.move.asking else self.here.cursor.question
        if key is None:
            self.misfit()
            return
        question = self.guide.canvas[key]
        value = self._read(question, self.move.argument)
        if isinstance(value, Refused):
            self.say("refused", joins=True, reason=value.reason)
            self.ask(again=True)
        else:
            self._take(question, value)

    def unknown(self) -> None:
        question = self.question
        if question is None:
            self.again()
        else:
            self._take(question, UNKNOWN)

    def _read(self, question: Question, said: str) -> Any:
        asking = self.move.asking
        labels = {c.key: c.label for c in asking.choices} if asking else {}
        if said in labels and question.kind == "when" and said != UNKNOWN:
            return moments.named(said, labels[said], self.update.at.date())
        if said in labels or question.kind in ONE_OF:
            return said
        if question.kind == "when":
            return moments.understand(said, self.update.at, self.guide.moments)
        return open_text(question, said)

    def _take(self, question: Question, value: Any) -> None:
        """Ask first where other answers would stop counting; else keep it and go on."""
        lost = progress.dropped(self.guide.canvas, self.here.values, question.key, value)
        if lost and self.move.verb != "sure":
            said = ",".join(value) if isinstance(value, tuple) else value
            sure = f"/sure {question.key} {said}"
            self.point(question=question.key)
            self.menu("drops", sure, "/next", key="drops", lost=lost, question=question.key)
            return
        self._keep(question, value)
        self._note(question, value)
        self.go_on()

    def _keep(self, question: Question, value: Any, *, message: str = "") -> None:
        kept = list(value) if isinstance(value, tuple) else value
        given = Given(question.key, kept, self.update.at, message or self.update.message)
        self.answers.append(given)
        left = tuple(key for key in self.here.cursor.plan if key != question.key)
        ended = bool(self.here.cursor.plan) and not left
        self.walk = replace(self.here, given={**self.here.given, question.key: given})
        self.point(plan=left)
        if ended:
            self.say("five_ended", joins=True)

    def _note(self, question: Question, value: Any) -> None:
        """One line where the person may doubt what was understood."""
        if self.move.guessed or question.kind == "when":
            self.say("understood", joins=True, key=question.key, value=value)
        if value == UNKNOWN and question.open_point:
            self.say("open_point", joins=True, key=question.key)
        self._note_length(value)

    def _note_length(self, value: Any) -> None:
        if isinstance(value, str) and units(value) > LONG:
            said = units(self.move.argument) if isinstance(self.move.argument, str) else 0
            name = "too_long" if max(said, units(value)) > LONGEST - 1 else "long"
            self.say(name, joins=True, limit=LONGEST)

    def sure(self) -> None:
        """Yes, change it, although other answers stop counting."""
        key, _, said = str(self.move.argument).partition(" ")
        question = self.guide.canvas[key] if key in self.guide.canvas else None
        values = tuple(said.split(","))
        allowed = {*question.choices, UNKNOWN} if question else set()
        if question is None or key != self.here.cursor.question or not {*values} <= allowed:
            self.stale()
            return
        listed = question.kind in ANY_OF and said != UNKNOWN
        self._take(question, values if listed else said)

    def tick(self) -> None:
        """Toggle ticks; a choice that stands alone, or a whole list, is taken at once."""
        question = self.question
        if question is None or question.kind not in ANY_OF:
            self.again()
            return
        keys = tuple(self.move.argument)
        if question.alone in keys:
            self._take(question, (question.alone,))
            return
        picked = self._toggled(question, keys)
        if question.at_most and len(picked) > question.at_most:
            self.say("too_many", joins=True, most=question.at_most)
            self.ask(again=True)
        elif len(keys) > 1:
            self._take(question, picked)
        else:
            self.point(picked=picked)
            self.ask(again=True)

    def _toggled(self, question: Question, keys: tuple[str, ...]) -> tuple[str, ...]:
        picked = set(self.here.cursor.picked)
        ticked = picked | set(keys) if len(keys) > 1 else picked ^ set(keys)
        return tuple(choice for choice in question.choices if choice in ticked)

    def done(self) -> None:
        question = self.question
        if question is None or question.kind not in ANY_OF:
            self.again()
        elif self.here.cursor.picked:
            self._take(question, self.here.cursor.picked)
        elif question.key in self.here.values or question.kind == "actions":
            self.skip()
        else:
            self.say("pick_one", joins=True)
            self.ask(again=True)

    def skip(self) -> None:
        """On to the next; what was answered before stays."""
        question = self.question
        if question is None:
            self.next()
            return
        if question.key not in self.here.values:
            self._keep(question, None)
        self.go_on()

    def next(self) -> None:
        if self.state == "advice":
            self.tell_once("advice")
        question = self.question
        if question and question.key not in self.here.values:
            self.again()
        else:
            self.go_on()

    def other(self) -> None:
        self.say("type_it", joins=True)
        self.ask(again=True)

    def back(self) -> None:
        previous = progress.previous_question(self.guide.canvas, self.here)
        if previous is None:
            self.say("at_the_start", joins=True)
            self.ask(again=True)
        else:
            self._visit(previous)

    def _visit(self, question: Question) -> None:
        self.trigger(f"open_{question.part}")
        self.point(question=question.key, picked=())
        self.ask(again=True)

    # ------------------------------------------------------------ changing

    def change(self) -> None:
        """A part, then a question; the old answer is shown and asked again."""
        argument = str(self.move.argument)
        answered = self.guide.canvas.relevant(self.here.values)
        asked = {q.key for q in self.guide.canvas.asked(answered, self.here.depth)}
        if argument in answered or argument in asked:
            self._visit(self.guide.canvas[argument])
            return
        parts = [p for p in self._parts if any(self.guide.canvas[k].part == p for k in answered)]
        if argument in parts:
            keys = [k for k in answered if self.guide.canvas[k].part == argument]
            self.menu("change_question", *(f"/change {k}" for k in keys), "/again", key="change")
        elif parts:
            self.menu("change_part", *(f"/change {p}" for p in parts), "/again", key="change")
        else:
            self.say("nothing_yet", joins=True)
            self.ask(again=True)

    def edit(self) -> None:
        """The own message was edited: its answer follows while it is the newest."""
        found = self.session.edited
        if found is None or found[0] != self.here.id:
            self.say("edit_not_here" if found else "edit_no_answer")
            return
        question = self.guide.canvas[found[1].question]
        current = self.here.given.get(question.key)
        if current is None or current.message != self.update.message:
            self.say("edit_too_late", key=question.key)
            return
        self._apply_edit(question)

    def _apply_edit(self, question: Question) -> None:
        value = self._read_edit(question)
        if isinstance(value, Refused):
            self.say("edit_refused", key=question.key, reason=value.reason)
            return
        lost = progress.dropped(self.guide.canvas, self.here.values, question.key, value)
        self._keep(question, value)
        self.say("edited", key=question.key, value=value, lost=lost)
        self._note_length(value)
        upcoming = progress.next_question(self.guide.canvas, self.here)
        if self.question is None or (upcoming and upcoming.key != self.here.cursor.question):
            self.go_on()

    def _read_edit(self, question: Question) -> Any:
        from flows.answers import listed, match  # noqa: PLC0415 - edits alone match anew

        said = str(self.move.argument)
        if not said:
            return Refused("empty")
        choices = self.session.edited_choices
        if question.kind in ANY_OF:
            several = listed(said, choices) or (match(said, choices),)
            return Refused("no_choice") if None in several else several
        key = match(said, choices)
        if question.kind in ONE_OF:
            return key or Refused("no_choice")
        self.move = replace(self.move, asking=Asking("", None, question.key, choices))
        return self._read(question, said)

    def piece(self) -> None:
        """A long paste arrives in several messages: one answer."""
        last = self.session.last
        if last is None or last.question not in self.guide.canvas:
            self.again()
            return
        question = self.guide.canvas[last.question]
        glue = "" if units(last.value) >= 4_096 else " "  # noqa: PLR2004 - cut inside a word
        whole = open_text(question, f"{last.value}{glue}{self.move.argument}")
        if isinstance(whole, str):
            self._keep(question, whole, message=last.message)
            self.say("joined", key=question.key, full=units(whole) >= LONGEST, limit=LONGEST)

    # ------------------------------------------------------------ several pilots

    def new(self) -> None:
        if not self.here.given and self.here.id != NEW_WALK:
            self.say("still_empty", joins=True)
            self.ask(again=True)
            return
        self.opened = True
        self.walk = Walk(NEW_WALK, self.state, self.here.depth, Cursor())
        self.say("new_pilot", joins=True)
        self.go_on()

    def pilots(self) -> None:
        wanted = str(self.move.argument)
        ids = [str(p.id) for p in self.session.pilots]
        if wanted in ids and wanted != str(self.here.id):
            self.switched = int(wanted)
        elif len(ids) > 1:
            keys = (*(f"/pilots {i}" for i in ids), "/new", "/again")
            self.menu("pilots", *keys, current=self.here.id)
        else:
            self.menu("one_pilot", "/new", "/again", key="pilots")

    def elsewhere(self) -> None:
        asking = self.move.asking
        known = {p.id: p.name for p in self.session.pilots}
        if asking is None or asking.canvas not in known:
            self.stale()
            return
        self.menu("elsewhere", f"/pilots {asking.canvas}", "/again", name=known[asking.canvas])

    # ------------------------------------------------------------ telling

    def start(self) -> None:
        """Back after a while: which pilot, which question."""
        self.say("welcome_back", joins=True)
        self.ask(again=True)

    def again(self) -> None:
        self.ask(again=True)

    def misfit(self) -> None:
        """Not understood: one sentence, and the same choices again."""
        shown = self.session.shown
        open_menu = shown and shown.key not in self.guide.canvas
        self.say("misfit_menu" if open_menu else "misfit", joins=True)
        if open_menu and shown:
            self._repeat_menu(shown)
        else:
            self.ask(again=True)

    def _repeat_menu(self, shown: Asking) -> None:
        if shown.key in ("advice", "finished") or not shown.choices:
            self.ask(again=True)
        else:
            self.replies.append(Reply("menu_again", {}, shown.key, tuple(c.key for c in shown.choices)))

    def stale(self) -> None:
        self.say("stale", joins=True)
        self.ask(again=True)

    def answered(self) -> None:
        key = str(self.move.argument)
        value = self.here.values[key]
        self.menu("answered", f"/change {key}", "/again", key="answered", question=key, value=value)

    def strange(self) -> None:
        self.say("strange", joins=True)
        self.ask(again=True)

    def explain(self) -> None:
        if self.question:
            self.say("explanation", joins=True, key=self.question.key)
        self.ask(again=True)

    def forward(self) -> None:
        key = str(self.move.argument)
        if key in self.guide.canvas:
            self.say("forward", key=key)
        else:
            self.again()

    def where(self) -> None:
        settled, asked = progress.share(self.guide.canvas, self.here)
        self.say("where", joins=True, settled=settled, asked=asked)
        self.ask(again=True)

    def pause(self) -> None:
        self.say("pause")

    def stop(self) -> None:
        self.say("stop")

    def help(self) -> None:
        self.say("help")

    def privacy(self) -> None:
        self.say("privacy")

    def agree(self) -> None:
        self.say("agreed_before", joins=True)
        self.ask(again=True)

    def language_switch(self) -> None:
        self._switch_language()
        self.say("language", joins=True)
        self.ask(again=True)

    def _switch_language(self) -> None:
        wanted = str(self.move.argument)
        others = [code for code in LANGUAGES if code != self.language]
        self.language = next((c for c in LANGUAGES if c == wanted), others[0])

    def depth(self) -> None:
        """Quick or full; without a word, the other one. Only what is missing is asked."""
        other = "quick" if self.here.depth == "full" else "full"
        wanted = str(self.move.argument)
        depth = wanted if wanted in ("quick", "full") else other
        self.walk = replace(self.here, depth=depth)  # type: ignore[arg-type]
        count = len(progress.missing(self.guide.canvas, self.here))
        self.say("depth", joins=True, depth=depth, count=count)
        if self.question and self.question.key in {
            q.key for q in self.guide.canvas.asked(self.here.values, self.here.depth)
        }:
            self.ask(again=True)
        else:
            self.go_on()

    def five(self) -> None:
        plan = progress.five_minutes(self.guide.canvas, self.guide.rules, self.here)
        if not plan:
            self.say("five_nothing", joins=True)
            self.ask(again=True)
            return
        self.point(plan=plan)
        self.say("five", joins=True, count=len(plan))
        self.go_on()

    # ------------------------------------------------------------ advice and summary

    def summary(self) -> None:
        self._summary()
        back = () if self.state == "done" else ("/again",)
        self.menu("summary_end", *SUMMARY_MENU, *back, key="summary")

    def _summary(self) -> None:
        for name in ("summary", "routes", "attention", "steps"):
            self.say(name)

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
        self.say("document")
