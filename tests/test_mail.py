"""Mail to who is on the web: what rings, what a server may say, and what never stands in it."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP, default
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from bot.channels.web.mail.letters import NEWS, Letters
from bot.channels.web.mail.post import Letter, Post, address_in, message_of
from bot.delivery.channel import Gone, Later, Refused, Unsent, Unsure
from bot.engine.sweep import sweep
from content.loader import newest
from flows.model.kinds import KIND
from flows.model.messages import LANGUAGES
from flows.prompts.schedule import open_now
from storage.web.addresses import Addresses
from tests.desks import link_in
from tests.mailing import FROM, URL, Mailed, MailRoom, Sending, certified, links, mail_host, texts
from tests.walkers import until

if TYPE_CHECKING:
    from collections.abc import Mapping
    from email.message import EmailMessage
    from pathlib import Path

    from tests.desks import Member

AT = datetime(2026, 11, 23, 10, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
LETTER = Letter(
    "anna@example.nl", "nl", "1795428000001", "Karin heeft een vraag voor je", "Wie doet mee?",
    (("Ja", f"{URL}/mail/token?k=answer+yes"),), "Je krijgt deze mail omdat je meedoet.",
    ends="Geen mail meer", stop=f"{URL}/geen-mail/{'t' * 43}",
)  # fmt: skip


@pytest.fixture
def room(tmp_path: Path) -> MailRoom:
    return MailRoom(tmp_path)


@pytest.fixture
def pair(room: MailRoom) -> tuple[Member, Mailed]:
    """A kwartiermaker, and an adviser who gets mail."""
    karin = room.kwartiermaker("Karin", "Jongeren Zuid")
    anna = room.adviser(karin, "Zutphen", "Anna")
    assert isinstance(anna, Mailed)
    anna.types("Jongeren aan zet")
    anna.gets_mail("anna@example.nl")
    return karin, anna


def asks(keeper: Member, *moves: str) -> None:
    keeper.types("/vraag")
    for move in moves:
        keeper.presses_first(move)


# ------------------------------------------------------------ what a server says


@pytest.mark.parametrize(
    ("refusal", "means"),
    [
        ({"RCPT": ["550 5.1.1 no such user"]}, Gone),
        ({"RCPT": ["550 no such user"]}, Gone),
        ({"RCPT": ["550 5.7.1 relaying denied"]}, Refused),
        ({"RCPT": ["554 5.7.1 blocked"]}, Refused),
        ({"RCPT": ["552 5.2.2 mailbox full"]}, Later),
        ({"RCPT": ["450 4.2.0 greylisted"]}, Later),
        ({"MAIL": ["451 4.3.0 try again"]}, Later),
        ({"MAIL": ["550 5.7.1 not your address"]}, Later),
        ({"DATA": ["452 4.3.1 disk is full"]}, Later),
        ({"DATA": ["554 5.6.0 looks like spam"]}, Refused),
    ],
)
async def test_what_a_server_says_is_one_of_five(
    refusal: Mapping[str, list[str]], means: type[Unsent]
) -> None:
    async with mail_host() as host:
        post = Post(host.settings())
        host.refuses = dict(refusal)
        with pytest.raises(means):
            await post.send(LETTER, AT)
        await post.send(LETTER, AT)
        assert len(host.mails) == 1


async def test_a_cut_line_leaves_it_unsure() -> None:
    async with mail_host() as host:
        host.cuts = 1
        with pytest.raises(Unsure):
            await Post(host.settings()).send(LETTER, AT)
        port = host.port
    with pytest.raises(Unsure):  # nobody listens there any more
        await Post(host.settings(port=port)).send(LETTER, AT)


async def test_a_wrong_login_is_told_once_to_who_can_mend_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with mail_host(auth_require_tls=False) as host:
        post = Post(host.settings(user="gids", password="Kanarie12"))  # noqa: S106 - no real one
        for _ in range(3):
            with pytest.raises(Later):
                await post.send(LETTER, AT)
    (line,) = caplog.messages
    assert "refuses the login" in line
    assert "Kanarie12" not in line
    assert "anna" not in line


async def test_no_word_goes_over_an_open_line(caplog: pytest.LogCaptureFixture) -> None:
    """Expected: a server elsewhere that offers no STARTTLS gets neither a password nor a mail."""
    async with mail_host() as host:
        with pytest.raises(Later):
            await Post(host.settings(tls="starttls")).send(LETTER, AT)
        assert not host.tries
    assert "STARTTLS" in caplog.text


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_over_tls_the_server_must_be_who_it_says(
    tmp_path: Path, tls: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Expected: nothing for a server that nobody vouches for; then a login and a mail."""
    context, vouches = certified(tmp_path)
    how: dict[str, Any] = (
        {"tls": context} if tls == "tls" else {"tls_context": context, "require_starttls": True}
    )
    users = {"gids": b"Kanarie12"}
    how |= {"auth_require_tls": False}  # aiosmtpd knows of no other TLS than its own
    async with mail_host(**how, authenticator=lambda *said: known(users, said[-1])) as host:
        port, user = host.port, {"user": "gids", "password": "Kanarie12"}
        settings = host.settings(host="localhost", port=port, tls=tls, **user)
        with pytest.raises(Unsure):
            await Post(settings).send(LETTER, AT)
        assert not host.tries
        monkeypatch.setenv("SSL_CERT_FILE", str(vouches))
        await Post(settings).send(LETTER, AT)
        assert len(host.mails) == 1


def known(users: Mapping[str, bytes], said: LoginPassword) -> AuthResult:
    return AuthResult(success=users.get(said.login.decode()) == said.password)


# ------------------------------------------------------------ the mail itself


async def test_a_mail_says_who_sent_it_and_how_to_end_it() -> None:
    async with mail_host() as host:
        await Post(host.settings()).send(LETTER, AT)
        await Post(host.settings()).send(LETTER, AT + timedelta(minutes=5))
        first, second = host.mails
    assert first["Message-ID"] == second["Message-ID"] == "<1795428000001@gids.example>"
    assert first["From"] == FROM
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["List-Unsubscribe"] == f"<{LETTER.stop}>"
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    head = host.raw[0].split(b"\r\n\r\n")[0]
    assert b"=?" not in head  # an address in other signs leads nowhere
    assert max(map(len, host.raw[0].split(b"\r\n"))) < 998


def test_both_forms_say_the_same_and_nothing_is_fetched() -> None:
    plain, rich = texts(written(LETTER))
    for part in (LETTER.heading, LETTER.why, LETTER.ends, LETTER.stop, "Ja"):
        assert part in plain
        assert part in rich
    assert rich.split()[:4] == ["<!DOCTYPE", "html>", "<html", 'lang="nl">']
    assert not [
        tag for tag in ("<img", "<script", "<link", "@import", "url(", "src=") if tag in rich
    ]


@pytest.mark.parametrize(
    "mean", ["Karin\r\nBcc: all@example.nl", "Karin\nX: y", "K\x85Bcc: x", "=?utf-8?q?a?="]
)
def test_no_name_becomes_a_header(mean: str) -> None:
    letter = Letter("a@b.nl", "nl", "1", f"{mean} heeft een vraag", mean, (), mean)
    sent = message_from_bytes(message_of(letter, FROM, AT).as_bytes(policy=SMTP), policy=default)
    assert set(sent.keys()) == set(written(LETTER).keys()) - {
        "List-Unsubscribe", "List-Unsubscribe-Post"
    }  # fmt: skip
    assert sent["Subject"].count("\n") == 0
    assert "heeft een vraag" in sent["Subject"]


def test_a_hostile_text_is_text() -> None:
    letter = Letter(
        "a@b.nl", "nl", "1", "s", "<script>x</script>", (("<b>", URL),), "&lt;", ("<i>",)
    )
    rich = texts(written(letter))[1]
    assert "&lt;script&gt;" in rich
    assert "<i>" not in rich


@pytest.mark.parametrize(
    ("said", "kept"),
    [(" Anna@Example.NL ", "anna@example.nl"), ("a.b+c@x-y.gemeente.nl", "a.b+c@x-y.gemeente.nl")],
)
def test_an_address_is_kept_in_one_form(said: str, kept: str) -> None:
    assert address_in(said) == kept


@pytest.mark.parametrize(
    "said",
    ["", "anna", "anna@", "@x.nl", "a b@x.nl", "a@x", "a@x..nl", ".a@x.nl", "a..b@x.nl",
     "a@-x.nl", "a@x.nl\nBcc: b@x.nl", "a@x.nl, b@x.nl", "<a@x.nl>", "a@x.nl>", "ánna@x.nl",
     "a@[127.0.0.1]", '"a b"@x.nl', f"{'a' * 65}@x.nl", f"a@{'x' * 250}.nl", "a@x.nl\0", "a@x。nl"],
)  # fmt: skip
def test_what_is_no_address_does_not_come_in(said: str) -> None:
    assert address_in(said) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_has_its_words(language: str) -> None:
    letters = Letters(newest(), URL)
    made = [
        letters.news("a@b.nl", language, [*NEWS, "wants_in"], 7, "t"),  # type: ignore[arg-type]
        letters.way_back("a@b.nl", language, [("t", "1 maart"), ("u", "2 maart")]),  # type: ignore[arg-type]
        letters.is_yours("a@b.nl", language, "t"),  # type: ignore[arg-type]
        letters.changed("a@b.nl", language),  # type: ignore[arg-type]
    ]
    for letter in made:
        plain, rich = texts(written(letter))
        assert "{" not in plain.replace(URL, "")
        assert letter.heading in rich


def written(letter: Letter) -> EmailMessage:
    return message_from_bytes(message_of(letter, FROM, AT).as_bytes(policy=SMTP), policy=default)


# ------------------------------------------------------------ what rings


async def test_a_prompt_is_the_question_with_its_choices(
    room: MailRoom, pair: tuple[Member, Mailed]
) -> None:
    karin, anna = pair
    asks(karin, "kind open", "target all", "send")
    async with mail_host() as host, Sending(room, host.settings()) as sending:
        await sending.passes(hours=3)
        (mail,) = host.mails
        plain, _ = texts(mail)
        assert mail["Subject"] == "Karin heeft een vraag voor je"
        assert "Karin vraagt of je deze vraag kunt beantwoorden." in plain
        assert "?k=answer+" in plain
        assert "k=later" in plain
        assert "/geen-mail/" in mail["List-Unsubscribe"]
        row = room.operator.store.row("SELECT id, message, sent_at FROM outbox WHERE chat = ? "
                                      "ORDER BY id DESC LIMIT 1", anna.chat)  # fmt: skip
        assert row
        assert row["message"] == row["id"]
        assert mail["Message-ID"] == f"<{row['id']}@gids.example>"


async def test_hours_and_the_week_hold_for_mail(
    room: MailRoom, pair: tuple[Member, Mailed]
) -> None:
    """Expected: on working days from nine to five, a day apart, two in seven days."""
    karin, anna = pair
    async with mail_host() as host, Sending(room, host.settings()) as sending:
        went: list[datetime] = []
        for _ in range(14):
            asks(karin, "kind again", "target all", "send")
            went += [at for at, chat in await sending.passes(days=1) if chat == anna.chat]
        assert len(host.mails) == len(went) >= 3
        assert all(at.weekday() < 5 and 9 <= at.hour < 17 for at in went)
        for first, third in zip(went, went[2:], strict=False):
            assert third - first >= timedelta(days=7)
        anna.types("/stop")
        asks(karin, "kind again")


async def test_a_retry_is_the_same_mail(room: MailRoom, pair: tuple[Member, Mailed]) -> None:
    """A server that took it and hung up. Expected: once more, and mail programs see one mail."""
    karin, anna = pair
    asks(karin, "kind open", "target all", "send")
    async with mail_host() as host, Sending(room, host.settings()) as sending:
        host.cuts = 1
        await sending.passes(hours=2)
        first, second = host.mails
        (door,) = sending.store.rows("SELECT * FROM doors WHERE kind = 'prompt'")
        assert first["Message-ID"] == second["Message-ID"] == f"<{door['outbox']}@gids.example>"
        assert texts(first) == texts(second)
        assert not sending.sender.tokens
    del anna


async def test_a_retry_after_a_kill_is_the_same_mail_too(
    room: MailRoom, pair: tuple[Member, Mailed]
) -> None:
    """Expected: nothing of the first try was marked; the links of both lead to the question."""
    karin, anna = pair
    asks(karin, "kind open", "target all", "send")
    assert room.prompting().due(AT + timedelta(hours=1)) == [anna.chat]
    async with mail_host() as host:
        for _ in range(2):
            sending = Sending(room, host.settings())
            (outgoing,) = anna.store.outbox.due(anna.chat)
            await sending.sender.send(outgoing)
        first, second = host.mails
        assert first["Message-ID"] == second["Message-ID"]
        doors = [re.findall(r"/mail/([\w-]+)", texts(mail)[0])[0] for mail in host.mails]
        addresses = Addresses(anna.store)
        assert all(addresses.find(one, room.operator.now, "prompt") for one in doors)


async def test_where_nobody_reads_it_waits_on_the_page(
    room: MailRoom, pair: tuple[Member, Mailed]
) -> None:
    """Expected: the address waits for a new yes; the person is not gone, and nothing is lost."""
    karin, anna = pair
    asks(karin, "kind open", "target all", "send")
    async with mail_host() as host, Sending(room, host.settings()) as sending:
        host.refuses["RCPT"] = ["550 5.1.1 no such user"]
        await sending.passes(hours=2)
        store = sending.store
        assert not store.value("SELECT gone_at FROM chats WHERE chat = ?", anna.chat)
        assert store.value("SELECT sent_at FROM outbox WHERE chat = ? ORDER BY id DESC", anna.chat)
        found = Addresses(store).of(anna.number)
        assert found
        assert not found.confirmed
        assert not host.mails


async def test_taken_back_in_the_evening_it_is_not_mailed(
    room: MailRoom, pair: tuple[Member, Mailed]
) -> None:
    """A server that is busy until the evening. Expected: it goes on the next working day."""
    karin, anna = pair
    karin.now = room.operator.now = anna.now = AT.replace(hour=16, minute=0)
    asks(karin, "kind open", "target all", "send")
    async with mail_host() as host:
        host.refuses["RCPT"] = ["450 4.2.0 later"] * 9
        async with Sending(room, host.settings()) as sending:
            assert room.prompting().due(AT.replace(hour=16, minute=30)) == [anna.chat]
            sending.delivery.wake([anna.chat])
            await until(lambda: host.tries == 1)
            room.operator.now = AT.replace(hour=17, minute=10)
            room.prompting().due(room.operator.now)
            await sending.goes_out(anna)
        host.refuses.clear()
        async with Sending(room, host.settings()) as sending:
            assert not host.mails
            went = await sending.passes(hours=20)
        assert [at.hour for at, _ in went] == [9]
        assert len(host.mails) == 1


async def test_what_was_answered_on_the_page_is_not_mailed(
    room: MailRoom, pair: tuple[Member, Mailed]
) -> None:
    karin, anna = pair
    asks(karin, "kind open", "target all", "send")
    now = AT + timedelta(hours=1)
    assert room.prompting().due(now) == [anna.chat]
    (prompt,) = anna.store.outbox.due(anna.chat)
    with anna.store.transaction():
        anna.store.db.execute("UPDATE prompts SET ended_at = 'x' WHERE outbox = ?", [prompt.id])
    async with mail_host() as host, Sending(room, host.settings()) as sending:
        await sending.goes_out(anna)
        assert not host.mails


async def test_without_an_address_or_a_server_nothing_rings(
    room: MailRoom, pair: tuple[Member, Mailed]
) -> None:
    karin, anna = pair
    asks(karin, "kind open", "target all", "send")
    async with Sending(room, None) as sending:
        assert len(await sending.passes(hours=2)) == 1
        assert not sending.store.outbox.due(anna.chat)
        assert not sending.store.rows("SELECT * FROM doors WHERE kind = 'prompt'")


async def test_what_is_new_is_one_mail_of_a_quarter_of_an_hour(
    room: MailRoom, pair: tuple[Member, Mailed]
) -> None:
    karin, _ = pair
    assert isinstance(karin, Mailed)
    karin.gets_mail("karin@example.nl")
    asked = [link_of(karin, f"Lochem, {name}") for name in ("Bram", "Cato")]
    for number, link in enumerate(asked):
        guest = room.person(f"web:guest{number}")
        guest.now = karin.now + timedelta(minutes=3 * number)
        guest.types(link)
        guest.presses("join 0")
    room.operator.now = guest.now
    async with mail_host() as host, Sending(room, host.settings()) as sending:
        await sending.goes_out(karin)
        await sending.news()
        assert not host.mails
        room.operator.now += timedelta(minutes=16)
        await sending.news()
        await sending.news()
        (mail,) = host.mails
        plain, _ = texts(mail)
        assert mail["Subject"] == "Er is nieuws in je traject"
        assert "Iemand wil iets en wacht op je antwoord. (2 keer)" in plain
        assert "Bram" not in plain
        assert links(mail)[0] == f"{URL}/gesprek"


async def test_what_will_be_erased_is_told_by_mail_without_its_name(
    room: MailRoom, pair: tuple[Member, Mailed]
) -> None:
    """Expected: who never looks at the page hears in time, and only there of what."""
    _, anna = pair
    room.operator.now = AT + timedelta(days=80)
    assert anna.chat in sweep(anna.conversation, room.operator.now)
    async with mail_host() as host, Sending(room, host.settings()) as sending:
        await sending.goes_out(anna)
        room.operator.now += timedelta(minutes=20)
        await sending.news()
        (mail,) = host.mails
        assert mail["Subject"] == "Er is nieuws in je gids"
        assert "worden binnenkort gewist" in texts(mail)[0]
        assert "Jongeren aan zet" not in str(mail)


async def test_who_was_there_since_hears_no_old_news(
    room: MailRoom, pair: tuple[Member, Mailed]
) -> None:
    karin, _ = pair
    assert isinstance(karin, Mailed)
    karin.gets_mail("karin@example.nl")
    guest = room.person("web:Bram")
    guest.now = karin.now
    guest.types(link_of(karin, "Lochem, Bram"))
    guest.presses("join 0")
    karin.now = guest.now
    karin.types("/traject")
    room.operator.now = karin.now + timedelta(hours=1)
    async with mail_host() as host, Sending(room, host.settings()) as sending:
        await sending.news()
        assert not host.mails


def link_of(keeper: Member, whom: str) -> str:
    return link_in(keeper.types(f"/uitnodigen {whom}"))


# ------------------------------------------------------------ nobody's words


KINDS = ("before", "after", "actions", "text", "agreed", "action", "again", "recheck", "pause")


async def test_no_answer_and_no_own_word_stands_in_any_mail(
    room: MailRoom, pair: tuple[Member, Mailed], caplog: pytest.LogCaptureFixture
) -> None:
    """Every kind of prompt, and every open question; each own word is a canary."""
    karin, anna = pair
    canaries = walks(anna)
    canaries += agrees(karin, anna)
    anna.types("/change closing.recheck")
    anna.presses("month")
    canvas = newest().guide.canvas
    room.operator.now = AT + timedelta(weeks=3)
    async with mail_host() as host, Sending(room, host.settings()) as sending:
        here = anna.store.walk(anna.canvas)
        opened = [q.key for q in canvas.questions if open_now(newest().guide, here, q.key)]
        action = next(key.removesuffix(".when") for key in here.values if key.endswith(".when"))
        abouts = {"action": action, "agreed": "1", "pause": here.cursor.question or ""}
        for kind, about in [
            *((k, abouts.get(k, "")) for k in KINDS),
            *(("open", k) for k in opened),
        ]:
            plans(anna, kind, about)
            chats = room.prompting().due(room.operator.now)
            await sending.goes_out(*(room.people[chat] for chat in chats))
        sent = sending.store.rows("SELECT kind, outbox FROM prompts WHERE outbox IS NOT NULL")
        assert {*KINDS, "open"} - {row["kind"] for row in sent} <= {"pause", "before"}
        assert len(host.mails) == len(sent) > 12
        said = "".join(part for mail in host.mails for part in (*texts(mail), str(mail["Subject"])))
        assert not [word for word in canaries if word in said + caplog.text]
        bodies = " ".join(sending.store.column("SELECT body FROM outbox WHERE chat = ?", anna.chat))
        assert len([word for word in canaries if word in bodies]) > 1  # the page does say them


def plans(anna: Mailed, kind: str, about: str) -> None:
    """One prompt, due now, as if nobody had been asked anything before."""
    with anna.store.transaction():
        anna.store.db.execute("DELETE FROM handed")
        seat = anna.store.value("SELECT id FROM seats WHERE person = ?", anna.number)
        meeting = anna.store.value("SELECT MAX(id) FROM meetings")
        mark = f"meeting {meeting} before" if kind == "before" else f"{kind} {about} test"
        anna.store.db.execute(
            "INSERT INTO prompts(person, canvas, seat, kind, about, text, mark, made_at, due_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, '2026', '2026')",
            [anna.number, anna.canvas, seat, kind, about, "Hoi" if kind == "text" else "", mark],
        )


def walks(anna: Mailed) -> list[str]:
    """Until the first action has a date, with words where it takes them; the rest stays open."""
    said: list[str] = []
    anna.types("/depth full")
    while question := anna.store.walk(anna.canvas).cursor.question:
        kind = KIND[newest().guide.canvas[question].kind]
        keys = [c.key for c in anna.seen[-1].message.choices if not c.key.startswith("/")]
        if kind.reads == "date":
            anna.types("12 december")
            return said
        if kind.open:
            said.append(f"Kanarie{secrets.token_hex(5)}")
            anna.types(said[-1])
            continue
        anna.presses(keys[-2])
        if kind.some:
            anna.presses("/done")
    raise AssertionError(question)


def agrees(karin: Member, anna: Mailed) -> list[str]:
    """A meeting ahead, and an action of one before: in words that the adviser said there."""
    word = f"Kanarie{secrets.token_hex(5)}"
    karin.types("/gesprek Zutphen, 18 december 10:00, stadhuis")
    karin.types(f"/verslag Zutphen\n{word}\nAnna\n14 december")
    anna.hears()
    anna.presses_first("settle")
    return [word]
