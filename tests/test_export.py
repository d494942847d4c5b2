"""The export, of whole walks through the real database, against its schema in docs/."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from markdown_it import MarkdownIt

from bot.operators.exports import Export
from tests.people import Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from markdown_it.token import Token

SCHEMA = json.loads((Path(__file__).parent.parent / "docs/export.schema.json").read_text())
CHECK = Draft202012Validator(SCHEMA, format_checker=FormatChecker())

HOSTILE = {
    "pilot.name": "Plan #",
    "pilot.organisation": "<b>Gemeente</b> & [x](http://y)",
    "impact.issue": "# kop",
    "closing.next_door": "{{ 7*7 }} en {% raw %}",
    "impact.for_whom": "| tafel |\n|---|\n| cel |",
    "impact.impact": "lang " * 600,
    "impact.outcome": "emoji 👩‍👩‍👧 en é",
    "impact.output": "een\n- lijst\n\n1. nummer\n\n    code",
    "impact.activities": "onder\n===\nstreep\n---\n> citaat",
    "impact.input": "<script>alert(1)</script> &amp; &#60;",
    "impact.evidence_note": "![beeld](http://y/z.png) <http://y> http://y.nl www.y.nl a@y.nl",
    "impact.working_part_note": "~~~\nhek\n~~~\n```\nhek\n```",
    "impact.lost": "[ref]: http://y\n\n***\n\n+ plus\n* ster\n\n`code` **vet** _schuin_ ~~weg~~",
}
"""What would take effect if Markdown saw it as it is."""

ACTIONS: dict[str, Any] = {
    "ingredients.skills": "no",
    "ingredients.funding": "unknown",
    "ingredients.actions": ["funding", "skills"],
    "ingredients.actions.funding.what": "| Bel | financiën |",
    "ingredients.actions.funding.who": "Fatima",
    "ingredients.actions.funding.when": "1 maart 2027",
    "ingredients.actions.skills.who": "me",
    "ingredients.actions.skills.when": "unknown",
}


def lines_for(key: str, choices: list[str], answers: Mapping[str, Any]) -> Iterable[str]:
    """What a person types at this question: as given, or else the first choice."""
    if key == "advice":
        return ["/next"]
    first = "" if choices[0] == "unknown" or choices[0].startswith("/") else choices[0]
    many = "/done" in choices
    given = answers.get(key, [first] if many and first else first or f"Over {key}")
    if not many or isinstance(given, str):
        return ["/done"] if many and given != "unknown" else [given]
    return [given[0], "/done"] if len(given) == 1 and given != ["none"] else [", ".join(given)]


def walk(person: Person, answers: Mapping[str, Any], depth: str, until: str = "finished") -> Person:
    """Answer every question up to `until`; the choices that a person sees are all it needs."""
    for line in ("/start", "agree") if not person.seen else ("/nieuw",):
        person.types(line)
    person.types(f"/depth {depth}")
    for _ in range(150):
        if person.asked == until:
            return person
        shown = next(o.message for o in reversed(person.seen) if o.message.choices)
        for line in lines_for(shown.key, [c.key for c in shown.choices], answers):
            person.types(line)
    raise AssertionError(f"{until} does not come; the last question is {person.asked}")


def exported(person: Person) -> Any:
    """Every canvas as JSON, held against the schema."""
    found = Export(person.conversation, "json", "summary").made(None)
    assert found is not None
    tree = json.loads(found)
    CHECK.validate(tree)
    return tree


def markdown(person: Person, what: str = "summary") -> str:
    found = Export(person.conversation, "md", what).made(person.canvas)
    assert found is not None
    return found.decode()


def changed(tree: Any, path: str, value: Any) -> Any:
    """A copy of the first canvas' export in which one thing is otherwise."""
    copy = json.loads(json.dumps(tree))
    *way, last = path.split("/")
    place = copy["canvases"][0]
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    place[last] = value
    return copy


# ---------------------------------------------------------------- the schema


def test_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("depth", ["quick", "full"])
def test_whole_walk_holds_to_the_schema(anna: Person, depth: str) -> None:
    tree = exported(walk(anna, HOSTILE | ACTIONS, depth))
    (canvas,) = tree["canvases"]
    assert (tree["format"], tree["version"]) == ("opschaalgids", 1)
    assert (canvas["state"], canvas["depth"]) == ("done", depth)
    assert datetime.fromisoformat(canvas["completed_at"]) == anna.now
    assert [route["route"] for route in canvas["advice"]["routes"]].count("in") == 1
    assert 1 <= len(canvas["advice"]["next_steps"]) <= 7


def test_more_than_seven_steps_go_to_also(anna: Person) -> None:
    ingredients = anna.conversation.newest.guide.canvas.ingredients
    (canvas,) = exported(walk(anna, dict.fromkeys(ingredients, "no"), "quick"))["canvases"]
    steps, also = (canvas["advice"][name] for name in ("next_steps", "also"))
    assert len(steps) == 7
    assert also
    assert len({step["step"] for step in (*steps, *also)}) == len(steps) + len(also)


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("advice/gate/outcome", "stop"),
        ("advice/routes", []),
        ("advice/routes/0/fit", "strong"),
        ("advice/routes/0/route", "uit"),
        ("advice/routes/0/way_here", "groeien"),
        ("advice/routes/0/because", [["routes.demand", "no"]]),
        ("advice/next_steps", [{}] * 8),
        ("answers/pilot.stage/by", "123456789"),
        ("answers/pilot.stage/at", "2026-11-23T10:00:00"),
        ("answers/pilot.stage/history", []),
        ("answers/pilot.stage/value", None),
        ("answers/pilot.stage/value", "In voorbereiding" * 1000),
        ("answers/Naam", {}),
        ("actions/0/when", "volgende week"),
        ("state", "finished"),
        ("created_at", 1),
        ("id", "1"),
        ("extra", True),
    ],
)
def test_schema_refuses(anna: Person, path: str, wrong: Any) -> None:
    tree = exported(walk(anna, {}, "quick"))
    assert not CHECK.is_valid(changed(tree, path, wrong))


@pytest.mark.parametrize(
    "until",
    [
        "pilot.name",
        "impact.issue",
        "routes.demand",
        "ingredients.needs",
        "advice",
        "closing.insight",
    ],
)
def test_half_way_holds_to_the_schema(anna: Person, until: str) -> None:
    tree = exported(walk(anna, {"impact.evidence": "unknown"}, "quick", until))
    (canvas,) = tree["canvases"]
    assert canvas["state"] == until.partition(".")[0]
    assert canvas["completed_at"] is None
    assert until not in canvas["answers"]
    assert (canvas["pilot"] is None) == (until == "pilot.name")


def test_nobody_yet(anna: Person) -> None:
    assert exported(anna)["canvases"] == []
    anna.starts()
    assert exported(anna)["canvases"] == []


def test_no_such_canvas(anna: Person) -> None:
    assert Export(anna.conversation, "json", "summary").made(7) is None
    assert Export(anna.conversation, "md", "half-pages").made(7) is None


# ---------------------------------------------------------------- the answers


def test_answers_are_keys(anna: Person) -> None:
    given = {
        "pilot.stage": "spread",
        "routes.anchored": ["plan", "process"],
        "impact.places": "unknown",
        "impact.issue": "unknown",
    }
    (canvas,) = exported(walk(anna, given, "quick"))["canvases"]
    answers = {key: answer["value"] for key, answer in canvas["answers"].items()}
    assert {key: answers[key] for key in given} == given
    assert canvas["open_points"] == ["impact.issue", "impact.places"]
    choices = {
        q.key: {*q.choices, "unknown"} for q in anna.conversation.newest.guide.canvas.questions
    }
    for key, value in answers.items():
        if choices[key] != {"unknown"}:
            assert {*value} <= choices[key] if isinstance(value, list) else value in choices[key]


def test_a_single_tick_is_a_list_and_alone_too(anna: Person) -> None:
    given = {
        "routes.anchored": ["none"], "routes.own_choice": ["deep"],
        "pitfalls.conditions_without": "no", "pitfalls.conditions_extras": ["money"],
    }  # fmt: skip
    (canvas,) = exported(walk(anna, given, "full"))["canvases"]
    assert canvas["answers"]["routes.anchored"]["value"] == ["none"]
    assert canvas["answers"]["routes.own_choice"]["value"] == ["deep"]
    assert canvas["answers"]["pitfalls.conditions_extras"]["value"] == ["money"]


def test_skipped_is_absent(anna: Person) -> None:
    skipped = {"pilot.name": "/skip", "impact.issue": "/skip", "closing.insight": "/skip"}
    (canvas,) = exported(walk(anna, skipped, "quick"))["canvases"]
    assert not canvas["answers"].keys() & skipped.keys()
    assert canvas["pilot"] is None
    assert canvas["open_points"] == []


def test_no_longer_applicable_is_absent_and_comes_back(anna: Person) -> None:
    walk(anna, {"routes.demand": "concrete", "routes.comparable": "checked"}, "quick")
    for answer, there in (("no", False), ("concrete", True)):
        anna.types("/wijzig routes.demand")
        anna.types(answer)
        if anna.asked == "drops":
            anna.types("1")
        (canvas,) = exported(anna)["canvases"]
        assert canvas["answers"]["routes.demand"]["value"] == answer
        assert ("routes.comparable" in canvas["answers"]) is there


def test_history_keeps_older_values(anna: Person) -> None:
    walk(anna, {"impact.issue": "eerst"}, "quick")
    for text in ("toen", "nu"):
        anna.types("/wijzig impact.issue")
        anna.types(text)
    (canvas,) = exported(anna)["canvases"]
    answer = canvas["answers"]["impact.issue"]
    assert [entry["value"] for entry in answer["history"]] == ["eerst", "toen", "nu"]
    assert answer["history"][-1] == {key: answer[key] for key in ("value", "at", "by")}
    times = [datetime.fromisoformat(entry["at"]) for entry in answer["history"]]
    assert times == sorted(times)
    assert times[-1] == anna.now
    assert len({entry["by"] for entry in answer["history"]}) == 1
    assert anna.chat not in json.dumps(canvas)


def test_actions_have_dates(anna: Person) -> None:
    (canvas,) = exported(walk(anna, ACTIONS, "full"))["canvases"]
    money, skills, win = canvas["actions"]
    assert money == {
        "what": "| Bel | financiën |",
        "who": "Fatima",
        "when": "2027-03-01",
        "when_text": "1 maart 2027",
        "about": "ingredients.funding",
        "done_at": None,
        "failed_at": None,
        "note": "",
    }
    assert (skills["who"], skills["when"], skills["when_text"]) == ("me", None, None)
    assert win["about"] == "closing.small_win"
    assert win["when"] == "2026-11-27"
    own = next(s for s in canvas["advice"]["next_steps"] if s["step"] == "small_win")
    assert (own["who"], own["when"]) == (win["who"], win["when"])


def test_english_canvas_has_the_same_keys(tmp_path: Path) -> None:
    trees = []
    for language in ("nl", "en"):
        folder = tmp_path / language
        folder.mkdir()
        (canvas,) = exported(walk(Person(folder, language=language), {}, "full"))["canvases"]
        assert canvas["language"] == language
        trees.append({key: answer["value"] for key, answer in canvas["answers"].items()})
    assert trees[0] == trees[1]


# ---------------------------------------------------------------- Markdown


def parsed(text: str) -> list[Token]:
    """What a Markdown reader makes of it: blocks, and the pieces inside each."""
    blocks = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    return [piece for block in blocks for piece in (block.children or [block])]


def shown_by(text: str) -> str:
    """The words that a reader of the rendered Markdown sees, blanks evened out."""
    words = (" " if t.type.endswith(("break", "_close")) else t.content for t in parsed(text))
    return " ".join("".join(words).split())


def test_markdown_holds_every_typed_answer(anna: Person) -> None:
    text = markdown(walk(anna, HOSTILE | ACTIONS, "full"))
    shown = shown_by(text)
    typed = {**HOSTILE, **{k: v for k, v in ACTIONS.items() if k.endswith(("what", "funding.who"))}}
    for key, said in typed.items():
        assert " ".join(said.split()) in shown, key


def test_markdown_of_a_person_takes_no_effect(anna: Person) -> None:
    text = markdown(walk(anna, HOSTILE | ACTIONS, "full"))
    found = {token.type for token in parsed(text)}
    harmless = {"heading", "paragraph", "bullet_list", "ordered_list", "list_item", "strong"}
    table = {"table", "thead", "tbody", "tr", "th", "td"}
    allowed = {f"{name}_{end}" for name in harmless | table for end in ("open", "close")}
    assert found <= allowed | {"inline", "text", "softbreak", "hardbreak", "text_special"}


def test_headings_are_those_of_a_tame_walk(tmp_path: Path) -> None:
    """No typed line becomes a heading, a list item or a cell."""
    counts = []
    for name, answers in (("tame", ACTIONS), ("hostile", HOSTILE | ACTIONS)):
        folder = tmp_path / name
        folder.mkdir()
        text = markdown(walk(Person(folder), answers, "full"))
        kinds = [token.type for token in parsed(text)]
        counts.append({k: kinds.count(k) for k in ("heading_open", "list_item_open", "td_open")})
    assert counts[0] == counts[1]


def test_title_is_the_name_as_typed(anna: Person) -> None:
    text = markdown(walk(anna, HOSTILE, "quick"))
    title = MarkdownIt().parse(text)[1]
    assert shown_by(title.content) == "Plan #"


def test_markdown_links_nothing_typed(anna: Person) -> None:
    text = markdown(walk(anna, HOSTILE, "full"))
    assert not re.search(r"https?:|www\.|(?<!\\)[<\[`$]", text)
    assert "49" not in shown_by(text)


def test_half_pages(anna: Person) -> None:
    pages = markdown(walk(anna, HOSTILE, "full"), "half-pages")
    head, executive, practice = re.split("^## (?=Besluit|Voor wie)", pages, flags=re.MULTILINE)
    assert head.startswith("# Plan")
    assert executive.startswith("Besluitnota voor de wethouder\n")
    assert practice.startswith("Voor wie het uitvoert\n")
    assert "49" not in pages
    assert len(pages) < 5000


def test_zip_of_all_is_the_same_every_time(anna: Person) -> None:
    walk(anna, HOSTILE, "quick")
    walk(anna, {"pilot.name": "../../Tweede / pilot"}, "quick", "impact.issue")
    for what in ("summary", "half-pages"):
        first, second = (Export(anna.conversation, "md", what).made(None) for _ in range(2))
        assert first is not None
        assert first == second
        with zipfile.ZipFile(io.BytesIO(first)) as archive:
            names = archive.namelist()
            assert len(names) == 2
            assert all(n.endswith(".md") and "/" not in n and ".." not in n for n in names)
            assert all(archive.read(name).decode().strip() for name in names)


def test_one_canvas_of_several(anna: Person) -> None:
    walk(anna, {"pilot.name": "Eerste"}, "quick", "impact.issue")
    walk(anna, {"pilot.name": "Tweede"}, "quick", "impact.issue")
    both = exported(anna)["canvases"]
    assert [canvas["pilot"] for canvas in both] == ["Eerste", "Tweede"]
    found = Export(anna.conversation, "json", "summary").made(both[0]["id"])
    assert found is not None
    CHECK.validate(json.loads(found))
    assert json.loads(found)["canvases"] == both[:1]
