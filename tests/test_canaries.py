"""What must never be in a log: answers, names, the token, the key, an error's own text."""

from __future__ import annotations

import logging
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.telegram import incoming
from bot.config import Settings
from bot.engine import conversation
from bot.program import Lines, Program, quietly
from tests import program as running
from tests.people import START, Person
from tests.phones import Phone
from tests.standin import StandIn
from tests.storages import POSTGRESQL

if TYPE_CHECKING:
    from collections.abc import Iterator

INJECTED = int(os.environ.get("INJECTED", "60"))  # noqa: TID251 - how long `make prove` looks
ROOT = Path(__file__).parent.parent


def canary() -> str:
    return f"Kanarie{secrets.token_hex(6)}"


@pytest.fixture
def log() -> Iterator[list[str]]:
    """Every line that the running program would write."""
    lines: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    before = {name: logging.getLogger(name).level for name in ("opschaalgids", "httpx", "telegram")}
    quietly()
    ear = Ear(logging.DEBUG)
    ear.setFormatter(Lines())
    logging.getLogger().addHandler(ear)
    yield lines
    logging.getLogger().removeHandler(ear)
    logging.getLogger("opschaalgids").handlers.clear()
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def raises(words: str) -> Any:
    def failing(*_: Any, **__: Any) -> Any:
        raise RuntimeError(words)

    return failing


async def test_no_injected_error_takes_words_into_the_log(
    tmp_path: Path, log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    canaries = [canary() for _ in range(INJECTED)]
    anna = Person(tmp_path, "7")
    anna.starts()
    anna.types("akkoord")
    token = f"1:{canary()}"
    settings = Settings(tmp_path / "d", tmp_path / "k", "nl", "UTC", token, pace=(30, 900))
    bot = Program(anna.conversation, settings)
    bot.now = lambda: START
    places = [
        (conversation, "take_turn"),
        (conversation, "render"),
        (incoming, "_message"),
    ]
    for number, words in enumerate(canaries):
        with monkeypatch.context() as broken:
            broken.setattr(*places[number % len(places)], raises(words))
            await bot.branches[0].take([update(number, words)])
    shown = "\n".join(log)
    assert shown.count("set aside") == INJECTED
    assert not [words for words in canaries if words in shown]
    key = (tmp_path / "key").read_text(encoding="ascii").strip()
    assert key not in shown
    assert token not in shown


def update(number: int, words: str) -> dict[str, Any]:
    user = {"id": 7, "is_bot": False, "first_name": words, "language_code": "nl"}
    chat = {"id": 7, "type": "private", "first_name": words}
    message = {"message_id": number + 1, "date": 1795428000 + number * 60, "chat": chat}
    return {"update_id": number, "message": {**message, "from": user, "text": words}}


@pytest.mark.usefixtures("cold")  # so that the command line in /proc is its own
async def test_a_program_that_works_writes_no_words(tmp_path: Path) -> None:
    async with StandIn() as api:
        name, answer = canary(), canary()
        program = running.Program(tmp_path, api, api.token)
        async with program:
            phone = Phone(api, 7, first_name=name)
            await phone.starts()
            await phone.asked()
            for said in ("akkoord", answer, f"/{answer}", "/vergeet"):
                await phone.types(said)
                await phone.waits()
            assert program.process
            title = title_of(program.process.pid)
        said = "\n".join(program.said)
        # A server has a key of its own, if any.
        key = () if POSTGRESQL else (tmp_path / "key").read_text(encoding="ascii").split()
        assert "opschaalgids" in title or not title
        for secret in (name, answer, api.token, *key):
            assert secret not in said
            assert secret not in title


def title_of(process: int) -> str:
    shown = Path(f"/proc/{process}/cmdline")
    return shown.read_bytes().decode() if shown.exists() else ""


def test_a_crash_shows_where_and_not_what() -> None:
    words = canary()
    code = (
        f"from bot import cli\ndef fails(*_): raise ValueError('{words}')\n"
        "cli.run = fails\ncli.main()"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=False, text=True
    )
    assert found.returncode == 1
    assert "ValueError" in found.stderr
    assert words not in found.stderr


def test_no_core_dump_is_made() -> None:
    code = (
        "import resource; from bot import cli\ncli.run = lambda *_: "
        "print(resource.getrlimit(resource.RLIMIT_CORE)) or 0\ncli.main()"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=False)
    assert found.stdout.decode().strip() == "(0, 0)"
