"""A mail server that refuses as real ones do, and a room of people who get mail there."""

from __future__ import annotations

import asyncio
import re
import ssl
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any, Self

from aiosmtpd.smtp import SMTP
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot.channel_settings import MailSettings, WebSettings
from bot.channels.web.mail.sender import Mailbox
from bot.config import Settings
from bot.delivery.delivery import Delivery
from bot.delivery.metrics import Figures
from bot.delivery.tasks import Tasks
from storage.web.addresses import Addresses
from tests.desks import Member, Room

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from email.message import EmailMessage
    from pathlib import Path

    from storage.conversations.outbox import Outgoing

START, DECADE = datetime(2020, 1, 1, tzinfo=UTC), timedelta(days=3650 * 3)
URL = "https://gids.example"
FROM = "Opschaalgids <gids@gids.example>"
LINK = re.compile(r"https://gids\.example/[^\s\"<>]+")


@dataclass
class MailHost:
    """`refuses`: what it answers to the next of a stage, in order.

    `cuts`: so often it takes a mail, and hangs up before it says so.
    """

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    refuses: dict[str, list[str]] = field(default_factory=dict)
    cuts: int = 0
    tries: int = 0

    def settings(self, **more: Any) -> MailSettings:
        return replace(MailSettings("127.0.0.1", self.port, FROM, ""), **more)

    def _answer(self, stage: str, otherwise: str = "250 OK") -> str:
        waiting = self.refuses.get(stage, [])
        return waiting.pop(0) if waiting else otherwise

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's names
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        del server, session
        self.tries += 1
        answer = self._answer("MAIL")
        if answer.startswith("250"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        del server, session
        answer = self._answer("RCPT")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        del session
        if self.cuts:
            self.cuts -= 1
            self.mails.append(message_from_bytes(envelope.content, policy=default))
            server.transport.abort()
            return "250 OK"
        answer = self._answer("DATA")
        if answer.startswith("250"):
            self.raw.append(envelope.content)
            self.mails.append(message_from_bytes(envelope.content, policy=default))
        return answer


@asynccontextmanager
async def mail_host(tls: ssl.SSLContext | None = None, **more: Any) -> AsyncIterator[MailHost]:
    """`tls`: from the first byte; `more`: what aiosmtpd takes, such as for STARTTLS."""
    host = MailHost()
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(host, hostname="mail.example", **more), "127.0.0.1", 0, ssl=tls
    )
    host.port = server.sockets[0].getsockname()[1]
    async with server:
        yield host


def certified(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """What a server at localhost shows, and the file of who vouches for it: itself."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")]),
    )
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, START, START + DECADE)
    builder = builder.add_extension(
        x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    paths = folder / "key.pem", folder / "certificate.pem"
    paths[0].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    paths[1].write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(paths[1], paths[0])
    return context, paths[1]


def texts(mail: EmailMessage) -> tuple[str, str]:
    """In plain words, and in HTML."""
    plain, rich = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain
    assert rich
    return plain.get_content(), rich.get_content()


def links(mail: EmailMessage) -> list[str]:
    return LINK.findall(texts(mail)[0])


@dataclass
class Mailed(Member):
    """Somebody on the web: their own turns stand on their page at once, the rest has to ring."""

    def flush(self) -> list[Outgoing]:
        said = super().flush()
        for one in said:
            self.store.outbox.sent(one, self.now, one.id)
        return said

    def gets_mail(self, address: str) -> None:
        addresses = Addresses(self.store)
        with self.store.transaction():
            token = addresses.enter(self.number, address, self.now)
            door = addresses.find(token, self.now, "address")
            assert door
            addresses.confirm(door, self.now)

    @property
    def number(self) -> int:
        return int(self.store.value("SELECT person FROM chats WHERE chat = ?", self.chat))


@dataclass
class MailRoom(Room):
    """A room whose people are on the web."""

    def person(self, chat: str) -> Member:
        return self.people.setdefault(chat, Mailed(self.folder, chat))

    def kwartiermaker(self, name: str, trajectory: str = "", chat: str = "") -> Member:
        return super().kwartiermaker(name, trajectory, chat or f"web:{name}")

    def adviser(self, keeper: Member, municipality: str, name: str) -> Member:
        self.people[f"test:{name}"] = self.person(f"web:{name}")
        return super().adviser(keeper, municipality, name)


class Sending:
    """The real delivery of the web, over a room's database, at the room's own clock."""

    def __init__(self, room: MailRoom, mail: MailSettings | None) -> None:
        folder, web = room.folder, WebSettings(URL, ("127.0.0.1", 0))
        settings = Settings(
            folder / "d", folder / "k", "nl", "Europe/Amsterdam", web=web, mail=mail
        )
        self.store, self.room = room.operator.store, room
        self.sender = Mailbox(room.operator.conversation, settings)
        self.sender.now = lambda: room.operator.now
        self.tasks = Tasks(self.store.outbox)
        figures = Figures(self.store.outbox, self.sender.now)
        self.delivery = Delivery(self.sender, self.tasks, self.sender.now, figures)

    async def __aenter__(self) -> Self:
        self.delivery.begin()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.delivery.finish(1)
        self.tasks.over()

    async def goes_out(self, *people: Member) -> None:
        """Until nothing waits for them any more."""
        self.delivery.wake(one.chat for one in people)
        async with asyncio.timeout(20):
            while any(self.store.outbox.due(one.chat) for one in people):
                if self.tasks.error:
                    raise self.tasks.error
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.05)

    async def news(self) -> None:
        """One look at what is new."""
        for box, kinds, number in self.sender.due(self.sender.now()):
            await self.sender.news(self.tasks, box, kinds, number)

    async def passes(self, **time: float) -> list[tuple[datetime, str]]:
        """So long, a few looks a day: (when, to which chat) prompts went out."""
        now, prompting = self.room.operator.now, self.room.prompting()
        end, went = now + timedelta(**time), []
        while now < end:
            now += timedelta(minutes=30 if time.get("hours") else 150)
            for person in self.room.people.values():
                person.now = max(person.now, now)
            chats = prompting.due(now)
            went += [(now, chat) for chat in chats]
            await self.goes_out(*(self.room.people[chat] for chat in chats))
        return went
