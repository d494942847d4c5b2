"""Every address of the web, with things of somebody's in it: who is served what it asks for."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.web.markup import PAGES
from tests.web_roles import INSIDE, OUTSIDE, ROLES

ALL, NOBODY = frozenset(ROLES), frozenset[str]()
KEEPER, OTHER, OWNER = frozenset({"keeper"}), frozenset({"other_keeper"}), frozenset({"owner"})
KEEPERS = KEEPER | OTHER | {"former_keeper"}
AT_DESK = KEEPERS | {"operator"}
WALKS = INSIDE - KEEPERS - {"new"}
"""Who has a pilot of their own, or one with others."""


@dataclass(frozen=True)
class Row:
    """An address with something of somebody's in it. `may`: who is served what it asks for.

    `about`: what stands in the path, by its name among the things of the scene, in order;
    `fields`: of the form; `shows`: words that stand there for whoever has the address.
    """

    about: str = ""
    may: frozenset[str] = NOBODY
    fields: tuple[tuple[str, str], ...] = ()
    shows: tuple[str, ...] = ()


def form(about: str, may: frozenset[str], **fields: str) -> Row:
    return Row(about, may, tuple(fields.items()))


def of_desk(*more: Row, **fields: str) -> tuple[Row, ...]:
    """A page of a trajectory: there for who keeps it now."""
    said = tuple(fields.items())
    rows = (Row("1", KEEPER, said), Row("2", OTHER, said))
    return (*rows, *(Row(one, NOBODY, said) for one in ("99", "1x")), *more)


def of_town(**fields: str) -> tuple[Row, ...]:
    """A page of a municipality in a trajectory: by a seat that is there now."""
    said = tuple(fields.items())
    known = (Row("1 seat_Anna", KEEPER, said), Row("2 seat_Cas", OTHER, said))
    crossed = ("1 seat_Cas", "2 seat_Anna", "1 99", "99 seat_Anna", "1 seat_Els")
    return (*known, *(Row(one, NOBODY, said) for one in crossed))


Q = "/u/{secret:q[A-Za-z0-9_-]{22,63}}"
GIVEN = f"{Q}/{{token:[A-Za-z0-9_-]{{20,64}}}}"
TOWN = "/traject/{id}/gesprek/{seat}"
REPLY = {"device": "fresh", "name": "KanNel", "text": "KanNel", "keys": "yes"}
TABLE: dict[str, tuple[Row, ...]] = {
    # ---- the doors
    "GET /": (Row(may=OUTSIDE),),
    "POST /begin": (form("", NOBODY, device="mark_Anna"), form("", NOBODY, device="turned")),
    "GET /u/{secret}": (
        Row("dead"), Row("turned"), Row("door_return"), Row("mark_Anna"),
        Row("open_s", ALL, shows=("KanGenoemd", "KanZuid")), Row("open_p", ALL, shows=("KanDeel",)),
    ),
    "POST /u/{secret}": (
        form("dead", NOBODY, answer="join", device="fresh"),
        form("turned", NOBODY, answer="join", device="fresh"),
        form("q_gone", NOBODY, answer="join", device="fresh"),
        form("open_s", NOBODY, answer="nee", device="fresh"),
    ),
    f"GET {Q}": (Row("q_gone"), Row("q_turned"), Row("q_Anna", ALL), Row("q_Cas", ALL)),
    f"POST {Q}": (
        form("q_gone", NOBODY, **REPLY), form("q_turned", NOBODY, **REPLY),
        form("q_Anna", ALL, **REPLY),
    ),
    f"GET {GIVEN}": (
        Row("q_Anna token_Faas", ALL), Row("q_Cas token_Fien", ALL), Row("q_Anna token_Fien"),
        Row("q_Cas token_Faas"), Row("q_Anna token_Anna"), Row("q_gone token_Faas"),
        Row("q_Anna turned"), Row("q_turned token_Faas"),
    ),
    f"POST {GIVEN}": (
        Row("q_Anna token_Fien"), Row("q_Cas token_Faas"), Row("q_Anna token_Anna"),
        Row("q_Anna turned"), Row("q_turned token_Faas"),
        Row("q_Anna token_Faas", ALL),
    ),
    "GET /plak": (Row(may=AT_DESK),),
    # ---- what is one's own, whoever it is
    "GET /samenvatting": (Row(may=WALKS),),
    "GET /jaarlijn": (Row(may=WALKS),),
    "GET /gesprek/eerder": (Row(may=INSIDE),),
    "GET /bestand/{number}": (
        Row("files_Anna", OWNER), Row("files_Karin", KEEPER), Row("files_gone"), Row("told_Anna"),
        Row("told_Bo"), Row("0"), Row("99999"), Row("x"),
    ),
    "GET /privacy": (Row(may=ALL),),
    "GET /hulp": (Row(may=ALL),),
    "GET /toegankelijkheid": (Row(may=ALL),),
    "GET /gesprek": (Row(may=INSIDE),),
    "POST /gesprek": (
        form("", OWNER, ref="refs_Anna", key="unknown"),
        form("", OWNER, ref="refs_Anna", text="Vals"),
        form("", OWNER, ref="refs_Anna", key="share seat_Anna"),
        form("", KEEPER, ref="refs_Karin", key="take zip"),
        form("", frozenset({"colleague"}), ref="refs_Bo", done="1"),
    ),
    "GET /gesprek/{ref}": (Row("refs_Anna", INSIDE), Row("refs_Karin", INSIDE), Row("zz", INSIDE)),
    # ---- a trajectory
    "GET /traject": (Row(may=AT_DESK),),
    "POST /traject": (form("", KEEPERS, name="Erbij"),),
    "POST /traject/wacht": (form("", NOBODY, answer="admit seat_Anna"),),
    "POST /traject/kwartiermaker": (form("", frozenset({"operator"}), person="Piet"),),
    **{f"GET {path}": (Row(may=AT_DESK),) for path in set(PAGES.values()) - {"/traject"}},
    "GET /traject/{id}": of_desk(),
    "POST /traject/{id}/wacht": (
        *(form(id_, NOBODY, answer="refuse seat_Anna") for id_ in ("1", "2")),
        form("1", NOBODY, answer="appoint_no 1"),
    ),
    "GET /traject/{id}/uitnodigen": of_desk(),
    "POST /traject/{id}/uitnodigen": of_desk(lines="Vals, Vals"),
    "POST /traject/{id}/uitnodigen/vel": (
        Row("1", fields=(("secret", "dead"),)), Row("1", fields=(("secret", "open_p"),)),
        Row("2", fields=(("secret", "open_s"),)), Row("1", KEEPER, (("secret", "open_s"),)),
    ),
    "POST /traject/{id}/uitnodigen/wijzig": (
        form("1", KEEPER, change="renew link_s"), form("2", NOBODY, change="withdraw link_s"),
        form("1", NOBODY, change="withdraw link_p"),
    ),
    "GET /traject/{id}/vraag": of_desk(),
    "POST /traject/{id}/vraag": of_desk(
        form("2", NOBODY, kind="text", target="seat seat_Anna", text="Vals"),
        kind="text", target="all", text="Vals",
    ),
    "POST /traject/{id}/vraag/klaar": (
        form("1", NOBODY, answer="send 1"), form("2", NOBODY, answer="call_off 1"),
        form("1", KEEPER, answer="drop"),
    ),
    "GET /traject/{id}/gesprek": of_desk(),
    f"GET {TOWN}": of_town(),
    f"POST {TOWN}/plan": of_town(day="2027-02-02", hour="10:00", place="Vals"),
    f"POST {TOWN}/verslag": of_town(what0="Vals", who0="Anna", when0="morgen"),
    f"POST {TOWN}/blad": of_town(),
    f"POST {TOWN}/gedeeld": (Row("1 seat_Anna", KEEPER), *of_town()[2:]),
    f"GET {TOWN}/agenda.ics": (Row("1 seat_Anna", KEEPER), *of_town()[2:]),
    f"POST {TOWN}/vervalt": of_town(),
    "GET /traject/{id}/meenemen": of_desk(),
    "POST /traject/{id}/meenemen": (
        *(form("1", KEEPER, form=name) for name in ("pdf", "zip", "xlsx", "csv", "png")),
        *of_desk(form="zip")[2:],
    ),
    "GET /traject/{id}/instellingen": of_desk(),
    "POST /traject/{id}/instellingen": of_desk(name="Vals", silence="30"),
    "POST /traject/{id}/samen": of_desk(which="together"),
    "GET /traject/{id}/logboek": of_desk(),
    # ---- a mail, and the address that it goes to
    "GET /mail/{token}": (
        Row("door_prompt", ALL, shows=("KanKarin",)), Row("door_news"), Row("door_return"),
        Row("door_address"), Row("turned"), Row("token_Anna"),
    ),
    "POST /mail/{token}": (
        form("door_news", NOBODY, key="take_up"), form("door_return", NOBODY, text="Vals"),
        form("turned", NOBODY, key="less"),
    ),
    "GET /geen-mail/{token}": (
        Row("door_prompt", ALL), Row("door_news", ALL), Row("door_return"), Row("door_address"),
        Row("turned"),
    ),
    "POST /geen-mail/{token}": (Row("door_return"), Row("door_address"), Row("turned")),
    "GET /terug": (Row(may=ALL),),
    "POST /terug": (form("", ALL, address="kanpost@zutphen.example"),),
    "GET /in/{token}": (
        Row("door_return", ALL), Row("door_prompt"), Row("door_address"), Row("turned"),
        Row("token_Anna"),
    ),
    "POST /in/{token}": (Row("door_prompt"), Row("door_news"), Row("door_address"), Row("turned")),
    "GET /toestellen/adres": (Row(may=INSIDE - {"new"}),),
    "POST /toestellen/adres": (form("", OWNER, act="stop"),),
    "GET /adres/{token}": (
        Row("door_address", ALL), Row("door_prompt"), Row("door_return"), Row("turned"),
    ),
    "POST /adres/{token}": (Row("door_prompt"), Row("door_return"), Row("turned")),
    "GET /toestellen": (Row(may=INSIDE),),
    "POST /toestellen": (
        form("", OWNER, act="end mark_Tweede"), form("", OWNER, act="remove KanSleutel"),
    ),
    "POST /sleutel/nieuw/vraag": (Row(may=INSIDE),),
    "POST /sleutel/nieuw": (Row(),),
    "POST /sleutel/vraag": (Row(may=ALL),),
    "POST /sleutel": (form("", NOBODY, id="KanSleutel"),),
    "GET /static/{mark}/{name}": (Row("x guide.css"), Row("x guide.db")),
}  # fmt: skip
