"""What doctor tells of each channel."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.channels.web.mail.sender import Mailbox
from bot.commands.channel_report import told
from bot.config import Settings, settings_from
from bot.delivery.channel import Later
from tests.mailing import URL, mail_host
from tests.program import INSTALLED, free_port
from tests.test_mail import LETTER
from tests.web import Serving

if TYPE_CHECKING:
    from pathlib import Path

    from tests.people import Person


def settings(folder: Path, **more: str) -> Settings:
    """Of the web on a port where nobody listens."""
    own = {"OPSCHAALGIDS_WEB_URL": URL, "OPSCHAALGIDS_WEB_LISTEN": f"127.0.0.1:{free_port()}"}
    place = {"OPSCHAALGIDS_DATABASE": str(folder / "guide.db")}
    return settings_from({**own, **place, **more})


async def test_of_mail_it_tells_when_one_left_and_why_none_does(
    anna: Person, tmp_path: Path
) -> None:
    async with mail_host() as host:
        set_so = replace(settings(tmp_path), mail=host.settings())
        box = Mailbox(anna.conversation, set_so)
        assert "mail: the last one left at no time yet" in told(anna.store, set_so)[0]
        await box.write(LETTER)
        line = next(one for one in told(anna.store, set_so)[0] if one.startswith("mail:"))
        assert line.endswith(anna.store.fact("mailed_at") or "?")
        for _ in range(2):
            host.refuses["MAIL"] = ["550 5.7.1 anna@example.nl may not"]
            with pytest.raises(Later):
                await box._post(LETTER)  # noqa: SLF001 - one try of it
        finding = next(one for one in told(anna.store, set_so)[1] if "No mail leaves" in one)
        assert "550 5.7.1" in finding
        assert "anna@" not in finding
        await box.write(LETTER)
        assert not [one for one in told(anna.store, set_so)[1] if "mail" in one]


def test_a_theme_that_cannot_be_used_is_a_finding(anna: Person, tmp_path: Path) -> None:
    theme = tmp_path / "theme.css"
    theme.write_text(":root { --utrecht-document-color: url(https://example.nl/x) }")
    found = told(anna.store, settings(tmp_path, OPSCHAALGIDS_THEME=str(theme)))[1]
    assert [one for one in found if one.startswith(f"OPSCHAALGIDS_THEME: {theme}")]
    assert not [one for one in told(anna.store, settings(tmp_path))[1] if "THEME" in one]


async def test_it_tells_whether_the_web_listens(anna: Person, tmp_path: Path) -> None:
    lines, findings = told(anna.store, settings(tmp_path))
    assert lines == [f"web: {URL}, not heard yet"]
    assert [one for one in findings if one.startswith("Nothing listens on 127.0.0.1:")]
    folder = tmp_path / "served"
    folder.mkdir()
    async with Serving(folder) as program:
        ran = await asyncio.create_subprocess_exec(
            INSTALLED, "doctor", env=program.environment(), cwd=folder,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        report = (await ran.communicate())[0].decode()
        assert f"web: {program.site}, last heard 20" in report
        assert "Nothing listens" not in report
