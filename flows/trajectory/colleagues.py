"""One canvas, several people: who fills it, what they differ about, and how that is settled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.exchange import Exchange, at_desk
from flows.model.effects import CallSelf, LeavePilot, SayTo, SetPart, Settle
from flows.model.joint_canvas import MOST_MEMBERS, PARTS, Member
from flows.model.journey import changed
from flows.trajectory.invitations import make_link, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.model.joint_canvas import JointCanvas, Part
    from flows.model.voices import Stand, Voice

LISTED = 10  # differences that have a button at once
TWO = 2  # of whom one leaves: whoever stays fills it alone


def on_shared(x: Exchange) -> JointCanvas | None:
    """The canvas under way, where several fill it."""
    return x.session.walk.joint if x.session.walk else None


def together(x: Exchange) -> None:
    """With a name a link for that colleague; without, who fills it and what can be done."""
    walk = x.session.walk
    name, own = named(x.argument)
    if walk is None:
        x.tell("together_nowhere")
        return
    joint = walk.joint
    if not name:
        _list(x, joint)
    elif joint and joint.role != "owner":
        x.tell("together_owner", owner=_owner(joint))
    elif joint and len(joint.members) >= MOST_MEMBERS:
        x.tell("together_full", most=MOST_MEMBERS)
    else:
        if own:
            x.do(CallSelf(walk.id, own))
            x.session = changed(x.session, called=own)
        make_link(x, "p", name=name, canvas=walk.id)
        x.go("again")


def _list(x: Exchange, joint: JointCanvas | None) -> None:
    if joint is None:
        ask_name(x)
        return
    others = [member for member in joint.members if member.person != joint.me]
    differ, tabled = len(joint.differences), len(joint.tabled)
    labels: dict[str, Any] = {}
    if differ or tabled:
        labels["differ_list"] = differ + tabled
    if joint.role == "owner":
        labels |= {"add_member": "", **{f"member {one.canvas}": one for one in others}}
    labels |= {"quit": "", "again": ""}
    x.tell(
        "together_list", *labels, labels=labels, key="together", members=joint.members,
        me=joint.me, role=joint.role, differ=differ, tabled=tabled,
    )  # fmt: skip


def ask_name(x: Exchange) -> None:
    """Who the link is for: what is said under this is taken for a name."""
    joint = on_shared(x)
    x.tell("together_how", "again", key="naming", alone=joint is None, own=x.session.called)


def may_add(x: Exchange) -> bool:
    joint = on_shared(x)
    return joint is not None and joint.role == "owner"


def _owner(joint: JointCanvas) -> str:
    return next((one.name for one in joint.members if one.role == "owner"), "")


# ---------------------------------------------------------------- what differs


def differences(x: Exchange) -> None:
    joint = on_shared(x)
    found, tabled = (joint.differences, joint.tabled) if joint else ({}, [])
    if not joint or not (found or tabled):
        x.tell("differences_none")
        return
    labels = {f"differ {key}": key for key in [*found, *tabled][:LISTED]} | {"again": ""}
    x.tell(
        "differences", *labels, labels=labels, differ=_lines(joint, found), tabled=tabled,
        owner=joint.role == "owner",
    )  # fmt: skip


def _lines(joint: JointCanvas, found: dict[str, Stand]) -> list[tuple[str, list[Any]]]:
    return [(key, voices_of(joint, key)) for key in found]


def voices_of(joint: JointCanvas, key: str) -> list[tuple[str, Any, Any, str]]:
    """(name, value, when, note) of each who answered it last, what is in force first."""
    said = [(joint.names.get(v.person, ""), v.given) for v in joint.newest(key)]
    return [(name, given.value, given.at, given.note) for name, given in said]


def differing(x: Exchange) -> tuple[JointCanvas, str, Stand] | None:
    """What a button is about, while it is not settled by a choice."""
    joint, key = on_shared(x), x.argument.partition(" ")[0]
    stand = joint.stands.get(key) if joint else None
    return (joint, key, stand) if joint and stand and stand.others else None


def differ(x: Exchange, about: tuple[JointCanvas, str, Stand]) -> None:
    """One difference: each answer with who gave it, and how it can be settled."""
    joint, key, stand = about
    labels: dict[str, Any] = {}
    if joint.role == "owner":
        for voice in (stand.in_force, *stand.others):
            labels[f"choose_voice {key} {voice.order}"] = (_name(joint, voice), key, voice)
        if stand.against:
            labels[f"keep_both {key}"] = ""
    labels["differ_list"] = 0
    x.tell(
        "differ", *labels, labels=labels, question=key, voices=voices_of(joint, key),
        owner=joint.role == "owner", owned_by=_owner(joint), tabled=bool(stand.tabled),
    )  # fmt: skip


def _name(joint: JointCanvas, voice: Voice) -> str:
    return joint.names.get(voice.person, "")


def owned_difference(x: Exchange) -> tuple[JointCanvas, str, Stand] | None:
    about = differing(x)
    return about if about and about[0].role == "owner" else None


def choose_voice(x: Exchange, about: tuple[JointCanvas, str, Stand]) -> None:
    joint, key, stand = about
    said = x.argument.partition(" ")[2]
    voice = next((v for v in (stand.in_force, *stand.others) if str(v.order) == said), None)
    if voice is None:
        x.tell("settled")
        return
    x.do(Settle(x.here.id, key, "chosen", voice.order))
    facts: dict[str, Any] = {"question": key, "chosen": voice.given.value}
    x.tell("chosen_voice", *_left(joint, key), labels=_left(joint, key), **facts)
    x.do(SayTo("pilot", joint.pilot, at_desk("chosen_told", by=joint.names[joint.me], **facts)))
    _go_on(x, key)


def keep_both(x: Exchange, about: tuple[JointCanvas, str, Stand]) -> None:
    joint, key, _ = about
    x.do(Settle(x.here.id, key, "table"))
    x.tell("to_the_table", *_left(joint, key), labels=_left(joint, key), question=key)
    told = at_desk("table_told", by=joint.names[joint.me], question=key)
    x.do(SayTo("pilot", joint.pilot, told))
    _go_on(x, key)


def _go_on(x: Exchange, key: str) -> None:
    """To where they were; what was just settled is not asked there once more."""
    x.go("next" if x.here.cursor.question == key else "again")


def _left(joint: JointCanvas, key: str) -> dict[str, int]:
    """A button to the other differences, where there are."""
    left = len(joint.differences.keys() - {key})
    return {"differ_list": left} if left else {}


# ---------------------------------------------------------------- who is on it


def other_member(x: Exchange) -> tuple[JointCanvas, Member] | None:
    """A colleague of whoever owns the canvas."""
    joint = on_shared(x)
    if joint is None or joint.role != "owner":
        return None
    found = (m for m in joint.members if m.canvas == x.number and m.person != joint.me)
    return next(((joint, member) for member in found), None)


def member(x: Exchange, about: tuple[JointCanvas, Member]) -> None:
    _, one = about
    labels: dict[str, Any] = {
        f"part_is {one.canvas} {part}": part for part in PARTS if part != one.role
    }
    labels |= {f"remove {one.canvas}": one, "together": ""}
    x.tell("member", *labels, labels=labels, member=one)


def part_is(x: Exchange, about: tuple[JointCanvas, Member]) -> None:
    """What only a colleague could give back is asked once more."""
    _, one = about
    part = next((part for part in PARTS if part == x.rest), None)
    if part is None:
        x.tell("settled")
    elif part == "owner":
        _sure(x, one, f"give_over {one.canvas}", owner=True)
    else:
        _gets(x, about, part)


def give_over(x: Exchange, about: tuple[JointCanvas, Member]) -> None:
    _gets(x, about, "owner")


def _gets(x: Exchange, about: tuple[JointCanvas, Member], part: Part) -> None:
    joint, one = about
    x.do(SetPart(one.canvas, part))
    x.tell("part_changed", member=one, part=part)
    x.do(SayTo("person", one.person, at_desk("part_told", by=joint.names[joint.me], part=part)))
    x.go("together")


def remove(x: Exchange, about: tuple[JointCanvas, Member]) -> None:
    _sure(x, about[1], f"remove_yes {about[1].canvas}", owner=False)


def _sure(x: Exchange, one: Member, yes: str, *, owner: bool) -> None:
    labels: dict[str, Any] = {yes: one, "together": "no"}
    x.tell("member_sure", *labels, labels=labels, member=one, owner=owner)


def remove_yes(x: Exchange, about: tuple[JointCanvas, Member]) -> None:
    joint, one = about
    x.do(*_leaves(joint, one))
    x.do(SayTo("person", one.person, at_desk("removed_told", by=joint.names[joint.me])))
    x.tell("removed", member=one)
    x.go("together" if len(joint.members) > TWO else "again")


def _leaves(joint: JointCanvas, one: Member) -> Iterator[LeavePilot | SayTo]:
    """Told before they have left: afterwards nobody may be there to be told."""
    yield SayTo("pilot", joint.pilot, at_desk("left_told", member=one))
    yield from map(LeavePilot, (*one.beside, one.canvas))


def quit_asked(x: Exchange, joint: JointCanvas) -> None:
    x.tell("quit_sure", "quit_yes", "drop_quit", key="quit", owner=joint.role == "owner")


def quit_yes(x: Exchange, joint: JointCanvas) -> None:
    one = next(m for m in joint.members if m.canvas == x.here.id)
    x.do(*_leaves(joint, one))
    x.tell("quitted")
    x.go("again")
