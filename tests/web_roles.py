"""Everybody around a trajectory and a shared canvas, each in a browser of their own.

What somebody says begins with a mark of theirs, so that it shows who else reads it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flows.model.forwarded import KEY_LETTERS
from flows.model.kinds import KIND
from flows.model.papers import NAMED
from flows.model.trajectory import hashed
from storage.web import devices, doors
from storage.web.addresses import Addresses
from storage.web.devices import PublicKey
from tests.desks import LINK, OPERATOR, Member, Room, link_in, text_of
from tests.web import Beside

if TYPE_CHECKING:
    from datetime import datetime

    from tests.web import Housed

Things = dict[str, tuple[str, ...]]
PERSON = "SELECT person FROM chats WHERE chat = ?"
UNUSED = """SELECT id FROM links WHERE kind = ? AND used_at IS NULL AND withdrawn_at IS NULL
    AND expires_at > '2026-12' ORDER BY id"""
ON_IT = frozenset({"owner", "colleague", "reader"})
WHO_READS = {
    "KanAnna": ON_IT, "KanBo": ON_IT, "KanRea": ON_IT, "KanNoot": ON_IT,
    "KanEigen": {"owner"}, "KanCas": {"elsewhere"}, "KanEls": {"went"}, "KanQuinn": {"quit"},
    "KanRob": {"removed"}, "KanFaas": {"owner"}, "KanFien": {"elsewhere"},
    "KanDeel": {*ON_IT, "keeper"}, "KanBericht": {"owner", "keeper"},
    "KanKarin": {"owner", "keeper"}, "KanPlaats": {"owner", "keeper"},
    "KanAfspraak": {*ON_IT, "keeper"}, "KanZuid": {"owner", "keeper"},
    "KanNoord": {"elsewhere", "other_keeper"}, "KanGenoemd": {"keeper"},
    "KanSleutel": {"owner"}, "KanToestel": {"owner"}, "kanpost": {"owner"},
}  # fmt: skip
"""What it begins with -> in whose pages it may stand."""

NAMES = {
    "owner": "Anna", "colleague": "Bo", "reader": "Rea", "quit": "Quinn", "removed": "Rob",
    "elsewhere": "Cas", "went": "Els", "keeper": "Karin", "other_keeper": "Lotte",
    "former_keeper": "Frits", "operator": "Otto", "new": "Nel",
}  # fmt: skip
GUESTS = {"answerer": "Faas", "other_answerer": "Fien"}
INSIDE = frozenset(NAMES)
OUTSIDE = frozenset({"stranger", *GUESTS})
ROLES = (*NAMES, *sorted(OUTSIDE))


FILES = ("docx summary", "md summary", "ics calendar", "pdf year", "json my-data")
OF_KEEPER = {"zip shared", "csv portfolio", "pdf meeting", "pdf shared"}


def token_of(name: str) -> str:
    """What the browser of somebody of that name bears; of who answers by a link its page does."""
    return f"{name}-".ljust(43, "0")


TOKENS = {
    "stranger": "",
    **{role: token_of(name) for role, name in (NAMES | GUESTS).items()},
}


@dataclass
class Browsers(Room):
    """Each name has a chat on the web, in one house with the pages."""

    house: Any = None

    def person(self, chat: str) -> Member:
        name = chat.removeprefix("test:")
        who: Any = "guest" if name in GUESTS.values() else "chat"
        where = chat if chat == OPERATOR else doors.chat_of(token_of(name), who)
        if where not in self.people:
            found = Beside(self.folder, where, now=self.house.now, house=self.house)
            self.people[where] = found
        return self.people[where]

    def newest(self) -> datetime:
        return max(one.now for one in self.people.values())

    def says(self, name: str, *texts: str) -> Member:
        """Somebody types, later than all that was done so far."""
        found = self.person(name)
        found.now = self.newest()
        for text in texts:
            found.types(text)
        return found


@dataclass
class Scene:
    """`things`: what may stand in an address or a form, by a name for it; some are several."""

    house: Housed
    room: Browsers
    things: Things = field(default_factory=dict)

    def person(self, role: str) -> Member:
        return self.room.person(NAMES[role])

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        return self.house.store.rows(sql, *values)

    def one(self, sql: str, *values: Any) -> str:
        return str(next(iter(self.rows(sql, *values)[0].values())))


def fills(room: Browsers, name: str, mark: str, most: int) -> None:
    """So many of the questions as they come, each in words of their own where it takes words."""
    person = room.says(name)
    canvas = person.conversation.newest.guide.canvas
    for number in range(most):
        asked = canvas.get(person.asked)
        if asked is None:
            return
        person.types(f"{mark}{number}x" if KIND[asked.kind].open else "1")


def cast(house: Housed) -> Scene:
    room = Browsers(house.folder, house=house)
    scene = Scene(house, room)
    _desks(room)
    _together(room)
    _apart(room)
    _asked(scene)
    _shared(room)
    room.says("Otto").starts()
    room.person("Otto").presses("agree")
    house.conversation.contexts.operators.chats.add(room.person("Otto").chat)
    room.says("Nel").starts()
    for person in room.people.values():
        person.hears()
    house.now = room.newest() + timedelta(minutes=1)
    _browsers(scene)
    scene.things |= _things(scene)
    return scene


def _desks(room: Browsers) -> None:
    """Karin keeps Zuid, where Frits kept it with her; Lotte keeps Noord."""
    karin, lotte = room.kwartiermaker("Karin", "Zuid"), room.kwartiermaker("Lotte", "Noord")
    frits = room.kwartiermaker("Frits")
    room.says("Frits", link_in(room.says("Karin").types("/traject samen")))
    frits.presses("join 0")
    room.says("Frits", "/traject verlaat")
    for keeper, name, town in ((karin, "Anna", "Zutphen"), (karin, "Els", "Epe"),
                               (lotte, "Cas", "Ede")):  # fmt: skip
        keeper.now = room.newest()
        room.adviser(keeper, town, name)
    room.says("Karin", "/traject onderwerp KanZuid-onderwerp", "/traject welkom KanZuid-welkom")
    room.says("Lotte", "/traject onderwerp KanNoord-onderwerp")


def _together(room: Browsers) -> None:
    """Anna's canvas: Bo fills it, Rea reads along; Quinn left it, and Rob was taken off."""
    anna = room.says("Anna", "Maatjes")
    for name in ("Bo", "Rea", "Quinn", "Rob"):
        room.says(name, link_in(room.says("Anna").types(f"/samen {name}, Anna")))
        room.person(name).presses("join 0")
    room.says("Quinn", "/samen").presses("quit")
    room.person("Quinn").presses("quit_yes")
    room.says("Rea", "/change impact.issue", "KanRea-knelpunt")
    room.says("Anna", "/samen").presses(f"member {room.person('Rob').canvas}")
    anna.presses(f"remove {room.person('Rob').canvas}")
    anna.presses(f"remove_yes {room.person('Rob').canvas}")
    room.says("Anna", "/samen").presses(f"member {room.person('Rea').canvas}")
    anna.presses(f"part_is {room.person('Rea').canvas} reader")
    room.says("Anna", "/change pilot.name", "KanDeel-naam", "/change impact.issue", "KanAnna-is")
    fills(room, "Anna", "KanAnna", 40)
    room.says("Bo", "/change impact.issue", "KanBo-knelpunt", "/change impact.outcome", "KanBo-uit")
    room.says("Anna", "/change routes.temporary", "ja deels, KanNoot-tijdelijk")
    room.says("Bo", "/change routes.temporary", "helemaal niet, KanNoot-anders")


def _apart(room: Browsers) -> None:
    """What each of the others says, of pilots of their own."""
    _invited(room)
    for name, mark in (("Quinn", "KanQuinn"), ("Rob", "KanRob"), ("Cas", "KanCas"),
                       ("Els", "KanEls")):  # fmt: skip
        room.says(name, "/again")
        fills(room, name, mark, 6)
    room.says("Els", "/delen").presses_first("leave")
    room.person("Els").presses_first("left")
    first = room.person("Anna").canvas
    room.says("Anna", "/nieuw")
    fills(room, "Anna", "KanEigen", 5)
    anna = room.says("Anna", "/pilots")
    anna.presses(f"/pilots {first}")


def _invited(room: Browsers) -> None:
    """Links that nobody used: open, taken back, and over."""
    store = room.operator.store
    karin = room.says("Karin", "/uitnodigen Ommen, KanGenoemd", "/uitnodigen Hof", "/uitnodigen")
    hof = store.value("SELECT id FROM links WHERE municipality = 'Hof'")
    karin.presses(f"withdraw {hof}")
    room.says("Anna", "/samen Later, Anna", "/samen Nieuw, Anna")
    over = "2026-11-24T00:00:00+00:00"
    store.db.execute("UPDATE links SET expires_at = ? WHERE name = 'Later'", [over])
    room.says("Otto", "/start")


def _asked(scene: Scene) -> None:
    """Two questions are out, of Anna and of Cas; two others were taken back or are over."""
    room, found = scene.room, scene.things

    def goes(name: str, question: str) -> str:
        return link_in(room.says(name).types(f"/forward {question}")).rpartition("/")[2]

    found["q_gone"] = (goes("Anna", "impact.issue"),)
    anna = room.says("Anna", "/doorgestuurd")
    anna.presses(f"recall {hashed(found['q_gone'][0])[:KEY_LETTERS]}")
    for name, who, mark in (("Anna", "Faas", "KanFaas"), ("Cas", "Fien", "KanFien")):
        found[f"q_{name}"] = (goes(name, "impact.outcome"),)
        room.says(who, f"/start {found[f'q_{name}'][0]}", f"{mark}-zin", f"{mark}-naam, beheer")
        room.says(who, f"{mark}-erbij")


def _shared(room: Browsers) -> None:
    """What goes between Anna and Karin, and what each of them took along."""
    room.says("Anna", "/delen").presses_first("share")
    room.says("Anna", "/bericht KanBericht-tekst")
    room.says("Karin", "/gesprek Zutphen, 14 december 10:00, KanPlaats")
    room.says("Karin", "/verslag Zutphen\nKanAfspraak-wat\nAnna\n15 januari")
    room.says("Anna").hears()
    room.person("Anna").presses_first("settle")
    room.says("Karin", "/overzicht", "/gesprek Zutphen", "/patronen", "/portfolio")
    for form in ("pdf", "zip", "xlsx", "csv"):
        room.says("Karin", "/portfolio").presses_first(f"take {form}")
    room.says("Karin", "/gesprek Zutphen").presses_first("paper")
    karin = room.says("Karin")
    karin.hears()
    karin.presses_first("remarks_of")
    karin.presses_first("answer_remark")
    karin.types("KanKarin-antwoord")
    karin.presses_first("send")
    room.until(room.newest(), 3, hours=6)
    for name in NAMED:
        room.says("Anna", f"/document {name}")
    room.says("Anna", "/mijngegevens", "/again")


def _browsers(scene: Scene) -> None:
    """A session for each; of Anna a second device, a passkey, an address and what was mailed."""
    store, now = scene.house.store, scene.house.now
    until = now + timedelta(days=90)
    anna = scene.person("owner").chat
    person = int(scene.one(PERSON, anna))
    chats = {role: scene.person(role).chat for role in NAMES}
    with store.transaction():
        for role, chat in chats.items():
            device = "KanToestel" if role == "owner" else ""
            doors.open_session(store, TOKENS[role], chat, now, until, device)
        doors.open_session(store, token_of("Tweede"), anna, now, until, "KanToestel-2")
        devices.add_passkey(store, PublicKey("KanSleutel", person, "x", 0), "KanSleutel-naam", now)


def _things(scene: Scene) -> Things:
    """What is somebody's, as their own pages name it; of many of a kind some."""
    seen = {name: scene.person(role).seen for role, name in NAMES.items()}
    seats = {row["name"]: str(row["id"]) for row in scene.rows("SELECT id, name FROM seats")}
    found: Things = {f"seat_{name}": (number,) for name, number in seats.items()}
    for name in ("Anna", "Karin", "Bo"):
        asked = [o.ref for o in seen[name] if o.ref and o.message.choices]
        found[f"refs_{name}"] = tuple(asked[:: len(asked) // 3])
        bare = [o for o in seen[name] if not (o.message.document or o.message.file_name)]
        found[f"told_{name}"] = tuple(str(one.id) for one in bare[:: len(bare) // 3])
    files = {o.message.document or o.message.file_name: str(o.id)
             for name in ("Anna", "Karin") for o in seen[name]}  # fmt: skip
    links = {"png qr", "pdf invitation"}
    found["files_gone"] = tuple(files[one] for one in links)
    found["files_Anna"] = tuple(files[one] for one in FILES)
    found["files_Karin"] = tuple(n for what, n in files.items() if what in OF_KEEPER)
    found |= {f"token_{name}": (token_of(name),) for name in (*NAMES.values(), *GUESTS.values())}
    found |= {f"mark_{name}": (doors.hash_of(token_of(name)),) for name in ("Anna", "Tweede")}
    out = scene.things["q_Anna"][0]
    found |= {"q_turned": (f"{out[:-1]}{'a' if out[-1] != 'a' else 'b'}",)}
    found |= {"turned": (f"{token_of('Anna')[:-1]}1",), "fresh": (token_of("Vers"),)}
    return found | _links(scene) | _doors(scene)


def _links(scene: Scene) -> Things:
    """Every link that somebody was shown, by its kind and whether it can be followed."""
    said = " ".join(text_of(one.seen) for one in scene.room.people.values())
    found: dict[str, list[str]] = {}
    for secret in dict.fromkeys(one.rpartition("/")[2] for one in LINK.findall(said)):
        link = scene.house.conversation.contexts.desks.link(secret)
        if link:
            where = f"open_{link.kind}" if link.open(scene.house.now) else f"dead_{link.kind}"
            found.setdefault(where, []).append(secret)
    ids = {kind: scene.rows(UNUSED, kind)[0]["id"] for kind in ("s", "p")}
    numbers = {f"link_{kind}": (str(number),) for kind, number in ids.items()}
    dead = [some[-1] for where, some in found.items() if where.startswith("dead_")]
    some = {where: tuple(those) for where, those in found.items()}
    return {**some, **numbers, "dead": tuple(dead)}


def _doors(scene: Scene) -> Things:
    """What mails to Anna would lead to; an address that Bo entered waits for a yes."""
    store, now = scene.house.store, scene.house.now
    addresses, person = Addresses(store), scene.one(PERSON, scene.person("owner").chat)
    asked = scene.one("SELECT outbox FROM prompts WHERE person = ? AND outbox > 0", person)
    with store.transaction():
        addresses.enter(int(person), "kanpost@zutphen.example", now)
        store.db.execute("UPDATE addresses SET confirmed_at = ?", [now.isoformat()])
        made: Things = {
            f"door_{kind}": (addresses.door(int(person), kind, now, int(asked)),)
            for kind in ("prompt", "news", "return")
        }  # fmt: skip
        bo = int(scene.one(PERSON, scene.person("colleague").chat))
        made["door_address"] = (addresses.enter(bo, "bo@zutphen.example", now),)
    return made
