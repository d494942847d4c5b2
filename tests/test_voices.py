"""Several people on one canvas: what is in force, and what differs."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.model.journey import Given
from flows.model.voices import How, Settlement, Stand, Voice, history, weigh

AT = datetime(2026, 3, 2, tzinfo=UTC)
HISTORIES = int(os.environ.get("HISTORIES", "200"))  # noqa: TID251 - how long `make prove` looks


def said(*answers: tuple[int, str | None]) -> list[Voice]:
    """(person, value) of one question, in their order."""
    return [Voice(n, person, Given("q", value, AT)) for n, (person, value) in enumerate(answers, 1)]


def stand(*answers: tuple[int, str | None]) -> tuple[str, set[int], dict[int, str]]:
    found = weigh(said(*answers))["q"]
    against = {voice.person: voice.given.value for voice in found.against}
    return found.in_force.given.value, set(found.for_it), against


def test_the_first_answer_counts_and_the_same_is_a_second_voice() -> None:
    assert stand((1, "yes"), (2, "yes")) == ("yes", {1, 2}, {})


def test_who_stands_alone_changes_their_own_answer() -> None:
    assert stand((1, "yes"), (1, "no")) == ("no", {1}, {})


def test_another_answer_of_somebody_else_is_a_difference() -> None:
    assert stand((1, "yes"), (2, "no")) == ("yes", {1}, {2: "no"})


def test_two_who_agree_are_not_overwritten_by_one_of_them() -> None:
    assert stand((1, "yes"), (2, "yes"), (1, "no")) == ("yes", {2}, {1: "no"})


def test_where_both_change_to_the_same_nothing_differs_any_more() -> None:
    assert stand((1, "yes"), (2, "yes"), (1, "no"), (2, "no")) == ("no", {1, 2}, {})


def test_who_does_not_know_contradicts_nobody() -> None:
    assert stand((1, "unknown"), (2, "no"), (3, "unknown")) == ("no", {2}, {})
    assert stand((1, "yes"), (2, "no"), (1, "unknown")) == ("no", {2}, {})


def test_a_skip_is_no_answer() -> None:
    assert "q" not in weigh(said((1, None)))
    assert stand((1, None), (2, "yes")) == ("yes", {2}, {})


def test_a_choice_settles_what_was_said_before_it() -> None:
    choice = Settlement(3, "q", "chosen", 1, 2)
    found = weigh(said((1, "yes"), (2, "no")), [choice])["q"]
    assert found.in_force.given.value == "no"
    assert not found.against
    assert [voice.person for voice in found.settled] == [1]


def test_who_changes_what_was_chosen_shows_a_difference_again() -> None:
    choice = Settlement(3, "q", "chosen", 1, 2)
    later = Voice(4, 2, Given("q", "yes", AT))
    found = weigh([*said((1, "yes"), (2, "no")), later], [choice])["q"]
    assert (found.in_force.given.value, [v.given.value for v in found.against]) == ("no", ["yes"])


def test_a_point_for_the_table_keeps_both() -> None:
    found = weigh(said((1, "yes"), (2, "no")), [Settlement(3, "q", "table", 1)])["q"]
    assert found.in_force.given.value == "yes"
    assert not found.against
    assert [voice.given.value for voice in found.tabled] == ["no"]


ACTS = st.tuples(
    st.sampled_from(["say", "say", "say", "choose", "table"]),
    st.integers(1, 3),
    st.sampled_from(["a", "b"]),
    st.sampled_from(["yes", "no", "partly", "unknown", None]),
    st.integers(0, 30),
)


@settings(max_examples=HISTORIES, deadline=None)
@given(st.lists(ACTS, max_size=25))
def test_any_history_overwrites_nothing_unseen(
    acts: list[tuple[str, int, str, str | None, int]],
) -> None:
    voices: list[Voice] = []
    settlements: list[Settlement] = []
    for order, (act, person, question, value, which) in enumerate(acts, 1):
        before = weigh(voices, settlements).get(question)
        if act == "say":
            voices.append(Voice(order, person, Given(question, value, AT)))
        else:
            there = [v for v in voices if v.given.question == question and v.given.value]
            if not there:
                continue
            voice = there[which % len(there)].order if act == "choose" else None
            how: How = "chosen" if act == "choose" else "table"
            settlements.append(Settlement(order, question, how, person, voice))
        after = weigh(voices, settlements)
        _nobody_is_lost(voices, after)
        if act == "say" and before and value is not None:
            _only_their_own(before, after[question], person)


def _nobody_is_lost(voices: list[Voice], after: dict[str, Stand]) -> None:
    """Each newest answer stands somewhere, with its author."""
    newest = {(v.given.question, v.person): v for v in voices if v.given.value is not None}
    for (question, person), voice in newest.items():
        found = after[question]
        value = voice.given.value
        shown = {v.person for v in (*found.others, *found.settled)} | found.for_it
        assert person in shown or value == "unknown"
        assert value == found.in_force.given.value or person not in {
            v.person for v in found.others if v.given.value == found.in_force.given.value
        }


def _only_their_own(before: Stand, after: Stand, person: int) -> None:
    """What is in force changes only where nobody else stood behind it, or nobody knew."""
    old, new = before.in_force.given.value, after.in_force.given.value
    if old not in (new, "unknown"):
        assert before.for_it == {person}


def test_history_is_what_came_into_force_when_it_did() -> None:
    later = AT + timedelta(days=8)
    voices = said((1, "a"), (2, "b"))
    chosen = Settlement(3, "q", "chosen", 1, 2, later)
    again = Voice(4, 1, Given("q", "a", later))
    found = [(one.value, one.at) for one in history([*voices, again], [chosen])]
    assert found == [("a", AT), ("b", later)]
