"""Five canvases, walked through the real dialogue: realistic, quick, empty, half-way, hostile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.documents.requests import words_of
from storage.reports import Reports
from tests.people import Person
from tests.test_export import walk

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from content.words.vocabulary import Words

REALISTIC: dict[str, Any] = {
    "pilot.name": "Samen op Weg, deelvervoer voor ouderen",
    "pilot.organisation": "Gemeente Zutphen",
    "pilot.origin": "started",
    "pilot.stage": "running",
    "pilot.size": "medium",
    "impact.issue": "Ouderen in de dorpen zonder buslijn komen steeds minder buiten.",
    "impact.for_whom": "Alleenstaande ouderen in Warnsveld, Eefde en Leesten.",
    "impact.intent": "prevent",
    "impact.ambition": "different",
    "impact.impact": "Ouderen blijven meedoen in hun dorp, ook zonder auto of buslijn.",
    "impact.outcome": "Ze gaan elke week zelf ergens heen en voelen zich minder alleen.",
    "impact.output": "Vijftig ritten per week, 34 vrijwillige chauffeurs, één meldpunt.",
    "impact.activities": "Chauffeurs werven, ritten plannen, koffie-uren op de haltes houden.",
    "impact.input": "Twee dagen coördinatie per week, een deelauto en 40.000 euro per jaar.",
    "impact.evidence": "stories",
    "impact.evidence_note": "Twaalf gesprekken met ouderen, en de huisarts ziet minder uitval.",
    "impact.success_by": "outsiders",
    "impact.working_part": "partly",
    "impact.working_part_note": "Het vaste gezicht: steeds dezelfde chauffeur. De auto is bijzaak.",
    "impact.places": "some",
    "impact.lost": "De buurtbus verliest reizigers en dan vervalt haar subsidie.",
    "routes.temporary": "fully",
    "routes.anchored": ["plan"],
    "routes.hinges": "doubt",
    "routes.hours": "partly",
    "routes.mandate": "partly",
    "routes.elsewhere": "heard",
    "routes.demand": "concrete",
    "routes.comparable": "assumed",
    "routes.local_partners": "partly",
    "routes.parts": "partly",
    "routes.owner": "no",
    "routes.more_here": "some",
    "routes.stretch": "adapted",
    "routes.rules": "partly",
    "routes.purse": "yes",
    "routes.upfront": "no",
    "routes.behaviour": "no",
    "routes.other_domain": "maybe",
    "routes.moment": "programme",
    "routes.own_choice": ["in", "out"],
    "ingredients.collaboration": "yes",
    "ingredients.agreements": "yes",
    "ingredients.needs": "yes",
    "ingredients.governance": "partly",
    "ingredients.value": "partly",
    "ingredients.funding": "no",
    "ingredients.funding_note": "De provincie betaalt tot eind december 2027. Daarna is er niets.",
    "ingredients.skills": "partly",
    "ingredients.technology": "no",
    "ingredients.privacy": "unknown",
    "ingredients.actions": ["funding", "technology"],
    "ingredients.actions.funding.what": "De rekensom per rit maken met de controller",
    "ingredients.actions.funding.who": "Fatima el Amrani",
    "ingredients.actions.funding.when": "1 maart 2027",
    "ingredients.actions.technology.what": "Met ICT een planningsprogramma kiezen",
    "ingredients.actions.technology.who": "me",
    "ingredients.actions.technology.when": "eind Q1",
    "pitfalls.scope_frontrunners": "partly",
    "pitfalls.coherence_whole": "no",
    "pitfalls.conditions_without": "partly",
    "pitfalls.conditions_extras": ["money", "people"],
    "pitfalls.partners_table": "yes",
    "pitfalls.partners_time": "partly",
    "pitfalls.answer": "In Lochem vragen we mensen die nog nooit meereden, met gewone uren.",
    "closing.next_door": "Dan kan de controller het in de voorjaarsnota zetten.",
    "closing.insight": "Er is genoeg vraag, maar zonder vast geld belooft iedereen te veel.",
    "closing.recheck": "quarter",
}

LINES = (
    "#kop *vet* _schuin_ @naam $x$ <b>b</b> {x} [y](http://z.nl) =SOM(A1) ",
    "*ster\n_streep\n@apen\n$dollar\n<kleiner\n>groter\n{open\n}dicht\n[haak\n]haak\n=is\n#hek",
    "=1+1",
    "+31 6 12345678 bel https://www.voorbeeld.nl/pad?x=1&y=2 of mail a@b.nl",
    "مرحبا بالعالم، هذه تجربة، שלום עולם 中文测试「引号」 日本語テスト Ελληνικά кириллица",
    "emoji 👩‍👩‍👧 🧑🏽‍⚕️ 🇳🇱 ❤️ 🏴󠁧󠁢󠁳󠁣󠁴󠁿 ✓ → ◐ ☐",
    "Z̸̢͖̈́ä̴̡͎́l̵̘̈́g̶̱̈o̵͎͊ é ö क्षि น้ำ 한국어 \u200frechts\u200e links\u202e om \u0007bel \ud800 \x00nul",
    "a" * 400,
    "Een lang antwoord met gewone woorden, dat doorgaat. " * 58,
    '{{ 7*7 }} #{panic()} #import "@preview/x:1.0.0" `code` \\n $ sum $ <label> @ref',
)
"""What takes effect, breaks a line or has no letter where it is not held back."""

CONTEXTS = ("realistic", "quick", "empty", "half-way", "hostile")
AUTHOR = "Anna de Vries, beleidsadviseur"


def hostile(person: Person) -> dict[str, Any]:
    """One of the lines for every question that takes text, each beginning another way."""
    keys = [q.key for q in person.conversation.newest.guide.canvas.questions
            if q.kind in ("line", "text", "who")]  # fmt: skip
    some = {key: LINES[n % len(LINES)] for n, key in enumerate(keys)}
    choices = {k: v for k, v in REALISTIC.items() if k not in some}
    return {**choices, **some, "ingredients.actions.technology.when": "unknown"}


def walked(folder: Path, context: str, language: str = "nl") -> Person:
    """A person who filled the canvas of that name."""
    folder.mkdir(parents=True, exist_ok=True)
    person = Person(folder, language=language)
    if context == "empty":
        for line in ("/start", "agree"):
            person.types(line)
        return person
    if context == "half-way":
        return walk(person, REALISTIC, "full", "routes.rules")
    answers = hostile(person) if context == "hostile" else REALISTIC
    return named(walk(person, answers, "quick" if context == "quick" else "full"), answers)


def named(person: Person, answers: Mapping[str, Any]) -> Person:
    """Who asked for a first document, and said who made it."""
    for line in ("/document canvas", answers.get("pilot.author", AUTHOR)):
        person.types(line)
    return person


def words(person: Person) -> Words:
    (record,) = Reports(person.store).canvases(person.canvas)
    return words_of(person.conversation, record)
