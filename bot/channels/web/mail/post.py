"""Mail: a letter in plain words and in simple HTML, and the server that takes it on.

Nothing in it comes from elsewhere, and nothing tells whether it was read.
"""

from __future__ import annotations

import logging
import re
import sys
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from ssl import SSLError
from typing import TYPE_CHECKING

import aiosmtplib
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.delivery.channel import Gone, Later, Refused, Unsent, Unsure
from flows.intents.text import one_line

if TYPE_CHECKING:
    from datetime import datetime

    from bot.channel_settings import MailSettings
    from flows.model.messages import Language

SOON, ON_SECOND_THOUGHT, UNTIL_MENDED = 60.0, 300.0, 600.0
"""Seconds until a server that is busy, doubts a mail, or needs other settings is asked again."""

PATIENCE = 30.0  # seconds for each answer of the server
LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3
ADDRESS = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
    r"(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+"
)
"""What a browser takes for one (HTML, 4.10.5.1.5), of a name with a dot: no end of a line."""

ENHANCED = re.compile(r"[45]\.(\d{1,3})\.\d{1,3}")
POLICIES = ("7", "3")
"""Of policy, or of the system (RFC 3463): that says nothing about who would read it."""

ON_ONE_LINE = SMTP.clone(max_line_length=0)
"""A header that is folded is written in other signs, and an address in it leads nowhere."""

FULL, PERMANENT = 552, 500
NO_SUCH_PLACE = (550, 551, 553)

LETTERS = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
log = logging.getLogger("opschaalgids.mail")


@dataclass(frozen=True)
class Letter:
    """One mail to one address. `links`, `also`: (what it says, where it leads).

    `mark`: what makes it this letter; again with the same mark it is the same mail. `lead`
    stands above the heading, `lines` below it, and `why` says why this came. `stop`: where
    one says that there need be no more, which `ends` says; empty where somebody asked for
    this letter themselves.
    """

    to: str
    language: Language
    mark: str
    subject: str
    heading: str
    links: tuple[tuple[str, str], ...]
    why: str
    lead: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    also: tuple[tuple[str, str], ...] = ()
    ends: str = ""
    stop: str = ""


def address_in(said: str) -> str:
    """An address as it is kept, or nothing where mail cannot go there."""
    found = said.strip().lower()
    local = found.partition("@")[0]
    dots = local.startswith(".") or local.endswith(".") or ".." in local
    return found if len(found) <= LONGEST_ADDRESS and ADDRESS.fullmatch(found) and not dots else ""


def message_of(letter: Letter, sender: str, at: datetime) -> EmailMessage:
    """The mail of a letter. Raises ValueError where a header would hold a second line."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = sender, letter.to
    message["Subject"] = one_line(letter.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{letter.mark}@{domain_of(sender)}>"
    message["Content-Language"] = letter.language
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"  # Exchange answers for who is away otherwise
    if letter.stop:
        message["List-Unsubscribe"] = f"<{letter.stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    plain, rich = (LETTERS.get_template(f"mail.{kind}") for kind in ("txt", "html"))
    message.set_content(plain.render(letter=letter), cte="quoted-printable")
    message.add_alternative(rich.render(letter=letter), subtype="html", cte="quoted-printable")
    return message


def domain_of(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2]


class Post:
    """Where mail goes. `trouble`: what only its operator can mend, told once until it is."""

    def __init__(self, settings: MailSettings) -> None:
        self.settings, self.trouble = settings, ""

    async def send(self, letter: Letter, at: datetime) -> None:
        """Until the server has it. Raises what is Unsent: what became of it otherwise."""
        try:
            message = message_of(letter, self.settings.sender, at)
            if self.settings.host:
                await self._hand_over(letter.to, message.as_bytes(policy=ON_ONE_LINE))
            else:
                _show(message)
        except (SMTPException, OSError, ValueError) as error:
            raise self._unsent(error) from None  # what a server says may name who was written to
        self.trouble = ""

    async def _hand_over(self, to: str, mail: bytes) -> None:
        have = self.settings
        await aiosmtplib.send(
            mail, sender=parseaddr(have.sender)[1], recipients=[to], hostname=have.host,
            port=have.port, username=have.user or None, password=have.password or None,
            use_tls=have.tls == "tls", start_tls=have.tls == "starttls", timeout=PATIENCE,
            local_hostname=domain_of(have.sender),
        )  # fmt: skip

    def _unsent(self, error: Exception) -> Unsent:
        if isinstance(error, SMTPRecipientsRefused):
            return _at_the_door(error.recipients[0])
        if isinstance(error, SMTPResponseException):
            return self._answered(error)
        if isinstance(error, OSError):  # first: a certificate's error is a ValueError as well
            if isinstance(error, (SMTPConnectError, SSLError)):
                self._tell("the mail server cannot be reached, or its certificate is not its own")
            return Unsure(type(error).__name__)
        if isinstance(error, ValueError):
            return Refused("it cannot be written as a mail")
        self._tell("the mail server offers no STARTTLS, or no login that we know")
        return Later(UNTIL_MENDED)

    def _answered(self, error: SMTPResponseException) -> Unsent:
        if error.code < PERMANENT:
            return Later(SOON)
        if isinstance(error, SMTPDataError):
            return Refused(_said(error))
        what = "the login" if isinstance(error, SMTPAuthenticationError) else "mail of this sender"
        self._tell(f"the mail server refuses {what} ({_said(error)})")
        return Later(UNTIL_MENDED)

    def _tell(self, trouble: str) -> None:
        if trouble != self.trouble:
            log.error("%s; check OPSCHAALGIDS_MAIL, _MAIL_PASSWORD and _MAIL_FROM", trouble)
        self.trouble = trouble


def _said(error: SMTPResponseException) -> str:
    """The numbers of an answer: its words may hold an address."""
    found = ENHANCED.search(error.message)
    return f"{error.code} {found[0]}" if found else str(error.code)


def _at_the_door(error: SMTPRecipientRefused) -> Unsent:
    """What a refused recipient means for who would read it."""
    found = ENHANCED.search(error.message)
    if error.code < PERMANENT or error.code == FULL:
        return Later(ON_SECOND_THOUGHT)
    if error.code in NO_SUCH_PLACE and not (found and found[1] in POLICIES):
        return Gone()
    return Refused(_said(error))


def _show(message: EmailMessage) -> None:
    """Where no mail is sent, its words stand on stderr for who runs this."""
    head = "\n".join(f"{name}: {value}" for name, value in message.items())
    body = message.get_body(("plain",))
    sys.stderr.write(f"\n{head}\n\n{body.get_content() if body else ''}\n")
    sys.stderr.flush()
