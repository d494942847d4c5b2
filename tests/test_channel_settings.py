"""The settings of the web and of mail: as what they are read, and what a wrong one gets."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from bot.channel_settings import MailSettings, SettingsError, WebSettings, mail, web
from bot.config import settings_from
from flows.expiry import Keep

URL = {"OPSCHAALGIDS_WEB_URL": "https://gids.example.nl/"}
MAIL = {**URL, "OPSCHAALGIDS_MAIL_FROM": "Opschaalgids <gids@example.nl>"}


def told(name: str, value: str, others: dict[str, str]) -> str:
    """The one sentence that a wrong value gets."""
    with pytest.raises(SettingsError) as refused:
        mail({**others, f"OPSCHAALGIDS_{name}": value}) or web(
            {**others, f"OPSCHAALGIDS_{name}": value}
        )
    sentence = str(refused.value)
    assert f"OPSCHAALGIDS_{name}" in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_without_an_address_there_is_no_web_and_no_mail() -> None:
    assert web({}) is None
    assert mail({}) is None


def test_an_address_is_enough() -> None:
    here = ("127.0.0.1", "::1")
    assert web(URL) == WebSettings("https://gids.example.nl", ("127.0.0.1", 8090), proxy=(here,))


@pytest.mark.parametrize(
    ("said", "url"),
    [
        ("https://Gids.Example.NL", "https://gids.example.nl"),
        ("https://gids.example.nl:443", "https://gids.example.nl"),
        ("https://gids.example.nl:8443/", "https://gids.example.nl:8443"),
        ("http://localhost:8090", "http://localhost:8090"),
        ("http://[::1]:8090", "http://[::1]:8090"),
    ],
)
def test_an_address_is_written_as_browsers_write_it(said: str, url: str) -> None:
    found = web({"OPSCHAALGIDS_WEB_URL": said})
    assert found
    assert (found.url, found.secure) == (url, url.startswith("https"))


@pytest.mark.parametrize(
    ("said", "listens"),
    [
        ("http://localhost:8123", ("127.0.0.1", 8123)),
        ("http://[::1]:8123", ("::1", 8123)),
        ("http://localhost", ("127.0.0.1", 8090)),  # 80 is not for everybody to listen at
        ("https://gids.example.nl:8443", ("127.0.0.1", 8090)),  # a proxy has that one
    ],
)
def test_on_this_computer_the_address_says_where_it_listens(
    said: str, listens: tuple[str, int]
) -> None:
    found = web({"OPSCHAALGIDS_WEB_URL": said})
    assert found
    assert found.listen == listens
    told = web({"OPSCHAALGIDS_WEB_URL": said, "OPSCHAALGIDS_WEB_LISTEN": "127.0.0.1:8124"})
    assert told
    assert told.listen == ("127.0.0.1", 8124)


@pytest.mark.parametrize(
    "said",
    ["gids.example.nl", "http://gids.example.nl", "https://", "https://gids.nl/gids", "ftp://a.nl",
     "https://a@gids.nl", "https://gids.nl:99999", "https://gids.nl?a", "https://gids.nl/#", "https://*.nl",
     "https://gids.nl:0", "https://gids. nl", "https://[::1", "https://gids.nl//"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(said: str) -> None:
    assert "https://gids.example.nl" in told("WEB_URL", said, {})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("WEB_LISTEN", "8090"),
        ("WEB_PROXY", "yes"),
        ("WEB_PROXY", "10.0.0.2,"),
        ("WEB_PROXY", "10.0.0.2/8"),
        ("WEB_FRAMES", "http://www.example.nl"),
        ("WEB_FRAMES", "https://www.example.nl, https://*.example.nl"),
        ("WEB_FRAMES", "https://www.example.nl/page"),
        ("WEB_FRAMES", "*"),
        ("WEB_OPEN", "everyone"),
        ("WEB_KEEPERS", "Passkey"),
        ("THEME", "~nobody-at-all/theme.css"),
        ("KEEP_SESSIONS", "0"),
        ("KEEP_SESSIONS", "401"),
        ("KEEP_SESSIONS", "30 dagen"),
    ],
)
def test_a_setting_of_the_web_that_is_no_good_is_refused(name: str, said: str) -> None:
    if name == "THEME":
        with pytest.raises(SettingsError, match="has no home folder here"):
            web({**URL, "OPSCHAALGIDS_THEME": said})
    else:
        told(name, said, URL)


def test_who_listens_for_others_says_what_stands_in_front() -> None:
    """Else every visitor has one address: the proxy's."""
    listens = {**URL, "OPSCHAALGIDS_WEB_LISTEN": "0.0.0.0:8090"}
    told("WEB_PROXY", "", listens)
    found = web({**listens, "OPSCHAALGIDS_WEB_PROXY": "10.0.0.2,192.0.2.0/24 2001:db8::/32"})
    assert found
    assert found.proxy == (("10.0.0.2/32",), ("192.0.2.0/24", "2001:db8::/32"))
    found = web({**listens, "OPSCHAALGIDS_WEB_PROXY": "none"})
    assert found
    assert found.proxy == ()


def test_frames_are_origins() -> None:
    found = web(
        {**URL, "OPSCHAALGIDS_WEB_FRAMES": "https://www.example.nl, https://intranet.example.nl/"}
    )
    assert found
    assert found.frames == ("https://www.example.nl", "https://intranet.example.nl")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("smtp://gids%40a.nl@mail.a.nl", ("mail.a.nl", 587, "starttls", "gids@a.nl")),
        ("smtp://gids@a.nl@mail.a.nl:2587", ("mail.a.nl", 2587, "starttls", "gids@a.nl")),
        ("smtps://gids@mail.a.nl", ("mail.a.nl", 465, "tls", "gids")),
    ],
)  # fmt: skip
def test_a_mail_server_is_spoken_to_under_tls(said: str, found: tuple[object, ...]) -> None:
    there = mail({**MAIL, "OPSCHAALGIDS_MAIL": said, "OPSCHAALGIDS_MAIL_PASSWORD": "kaas"})
    assert there
    assert (there.host, there.port, there.tls, there.user) == found
    assert there.sender == "Opschaalgids <gids@example.nl>"
    assert "kaas" not in repr(there)


def test_a_relay_on_this_computer_needs_no_tls() -> None:
    there = mail({**MAIL, "OPSCHAALGIDS_MAIL": "smtp://localhost:25"})
    assert there == MailSettings("localhost", 25, "Opschaalgids <gids@example.nl>", "")


def test_mails_may_be_written_here() -> None:
    there = mail({**URL, "OPSCHAALGIDS_MAIL": "stderr:"})
    assert there
    assert there.host == ""


@pytest.mark.parametrize(
    ("name", "said", "others"),
    [
        ("MAIL", "mail.example.nl:587", MAIL),
        ("MAIL", "smtp://", MAIL),
        ("MAIL", "smtp://gids:kaas@mail.example.nl", MAIL),
        ("MAIL", "smtp://mail.example.nl:70000", MAIL),
        ("MAIL", "smtp://mail.example.nl", {"OPSCHAALGIDS_MAIL_FROM": "gids@example.nl"}),
        ("MAIL_PASSWORD", "", {**MAIL, "OPSCHAALGIDS_MAIL": "smtp://gids@mail.example.nl"}),
        ("MAIL_PASSWORD", "kaas", {**MAIL, "OPSCHAALGIDS_MAIL": "smtp://mail.example.nl"}),
        ("MAIL_FROM", "", {**URL, "OPSCHAALGIDS_MAIL": "smtp://mail.example.nl"}),
        ("MAIL_FROM", "Gids", {**URL, "OPSCHAALGIDS_MAIL": "smtp://mail.example.nl"}),
        ("MAIL_FROM", "Gids gids@a.nl", {**URL, "OPSCHAALGIDS_MAIL": "smtp://mail.example.nl"}),
        ("MAIL_FROM", "Gids <gids@a.nl", {**URL, "OPSCHAALGIDS_MAIL": "smtp://mail.example.nl"}),
        ("MAIL_FROM", "g@a.nl\nBcc: b@c.nl", {**URL, "OPSCHAALGIDS_MAIL": "smtp://a.nl"}),
    ],
)
def test_a_setting_of_mail_that_is_no_good_is_refused(
    name: str, said: str, others: dict[str, str]
) -> None:
    assert "kaas" not in told(name, said, others)


# ---------------------------------------------------------------- what is handed out

ROOT = Path(__file__).parent.parent
EXAMPLE = (ROOT / "deploy" / "env.example").read_text(encoding="utf-8")
SET = dict(re.findall(r"^#?((?:OPSCHAALGIDS|TELEGRAM)_\w+)=(.*)$", EXAMPLE, re.MULTILINE))


def test_the_example_has_every_setting_and_no_other() -> None:
    files = [ROOT / "bot" / f"{name}.py" for name in ("config", "channel_settings")]
    read = "".join(path.read_text(encoding="utf-8") for path in files)
    named = set(re.findall(r"\b(?:OPSCHAALGIDS|TELEGRAM)_[A-Z_]*[A-Z]\b", read))
    named |= {f"OPSCHAALGIDS_WEBHOOK_{name}" for name in ("URL", "SECRET")}
    named |= {f"OPSCHAALGIDS_KEEP_{one.name.upper()}" for one in fields(Keep)}
    assert set(SET) == named, "say it in deploy/env.example, the chart's schema and README.md"


def test_the_example_can_be_used_as_it_is() -> None:
    """But for the secrets, which it cannot hold."""
    secret = {"OPSCHAALGIDS_WEBHOOK_SECRET": "x" * 16, "OPSCHAALGIDS_MAIL_PASSWORD": "kaas"}
    found = settings_from({**SET, **secret, "TELEGRAM_BOT_TOKEN": "1:a"})
    assert found.web
    assert found.mail
    assert found.webhook
    bare = settings_from({"OPSCHAALGIDS_WEB_URL": SET["OPSCHAALGIDS_WEB_URL"]})
    for name in ("keep", "pace", "language", "timezone", "api_url"):
        assert getattr(found, name) == getattr(bare, name), "it shows what is where nothing is said"
    assert bare.web
    for name in ("listen", "open", "keepers", "days"):
        assert getattr(found.web, name) == getattr(bare.web, name)


@pytest.mark.parametrize("name", SET)
def test_the_readme_says_what_a_setting_is(name: str) -> None:
    said = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Settings")[2]
    short = name.removeprefix("OPSCHAALGIDS").replace("_KEEP", "")
    assert f"`{name}`" in said or f"`{short}`" in said or f"`{name[12:]}`" in said
