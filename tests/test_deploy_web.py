"""The proxies that docs/deploy.md hands out for the web, in front of the real program."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from tests.program import free_port
from tests.sheet import Sheet
from tests.test_deploy import certificate, needs
from tests.web import Serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

DEPLOY = Path(__file__).parent.parent / "deploy"
SECRET = "s0123456789abcdefghijklmnopqrstuv"  # noqa: S105 - nobody's
DOORS = ("u", "in", "mail", "adres", "geen-mail")
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def nginx(folder: Path, outside: int, inside: int) -> list[str | Path]:
    """The example with this machine's ports and files; nothing else of it is changed."""
    said = (DEPLOY / "web.nginx.conf").read_text(encoding="utf-8")
    for line in ("    listen [::]:80;\n", "    listen [::]:443 ssl;\n"):
        said = said.replace(line, "")
    said = said.replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
    said = said.replace("listen 443 ssl;", f"listen 127.0.0.1:{outside} ssl;")
    said = said.replace("127.0.0.1:8090;", f"127.0.0.1:{inside};")
    said = said.replace("/var/log/nginx/gids", f"{folder}/seen")
    for name, own in (("fullchain.pem", "cert.pem"), ("privkey.pem", "key.pem")):
        said = said.replace(f"/etc/letsencrypt/live/gids.example.nl/{name}", f"{folder}/{own}")
    kinds = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in TEMPORARY)
    path = folder / "nginx.conf"
    path.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/log crit;\n"
        f"events {{}}\nhttp {{\n{kinds}{said}}}\n"
    )
    return ["nginx", "-e", folder / "log", "-c", path]


def caddy(folder: Path, outside: int, inside: int) -> list[str | Path]:
    said = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    own = f"https://localhost:{outside} {{\n\ttls {folder}/cert.pem {folder}/key.pem"
    said = said.replace("gids.example.nl {", own).replace("127.0.0.1:8090", f"127.0.0.1:{inside}")
    said = said.replace("/var/log/caddy/gids.log", f"{folder}/seen.log")
    path = folder / "Caddyfile"
    path.write_text(
        f"{{\n\tadmin off\n\tauto_https off\n\tstorage file_system {folder}\n}}\n{said}"
    )
    return ["caddy", "run", "--config", path, "--adapter", "caddyfile"]


EXAMPLES = pytest.mark.parametrize(
    "example", [pytest.param(one, marks=needs(one.__name__, "openssl")) for one in (nginx, caddy)]
)


@asynccontextmanager
async def behind(
    folder: Path, example: Callable[[Path, int, int], list[str | Path]]
) -> AsyncIterator[tuple[Serving, aiohttp.ClientSession, str]]:
    """The program, a browser, and where the proxy stands in front of it."""
    certificate(folder)
    outside = free_port()
    site = f"https://localhost:{outside}"
    program = Serving(folder, OPSCHAALGIDS_WEB_URL=site)
    command = example(folder, outside, program.port)
    proxy = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    try:
        async with (
            program,
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=False), cookie_jar=aiohttp.CookieJar(unsafe=True)
            ) as browser,
        ):
            await answers(browser, site)
            yield program, browser, site
            assert await program.stop() == 0
    finally:
        proxy.terminate()
        await proxy.wait()


async def answers(browser: aiohttp.ClientSession, site: str) -> None:
    for _ in range(200):
        try:
            async with browser.get(site):
                return
        except aiohttp.ClientConnectionError:
            await asyncio.sleep(0.05)
    raise AssertionError("the proxy does not listen")


async def asks(browser: aiohttp.ClientSession, url: str, **how: Any) -> Sheet:
    method = "POST" if "data" in how else "GET"
    async with browser.request(method, url, allow_redirects=False, **how) as told:
        return Sheet(str(told.url), told.status, told.headers, await told.text())


@EXAMPLES
async def test_somebody_begins_through_the_proxy(example: Any, tmp_path: Path) -> None:
    """And what they say of their own address counts for nothing."""
    async with behind(tmp_path, example) as (_, browser, site):
        front = await asks(browser, site, headers={"X-Forwarded-For": "192.0.2.7, 192.0.2.8"})
        assert front.status == 200
        assert front.headers["Strict-Transport-Security"].startswith("max-age=63072000")
        assert "aiohttp" not in front.headers["Server"]
        form = front.forms[0]
        same = {"Sec-Fetch-Site": "same-origin", "Origin": site}
        came = await asks(browser, f"{site}/begin", data=form.sends(form.buttons[0]), headers=same)
        assert came.status == 303
        assert came.headers["Set-Cookie"].startswith("__Host-gids=")
        assert "Secure" in came.headers["Set-Cookie"]
        assert (await asks(browser, f"{site}/gesprek")).status == 200


@EXAMPLES
async def test_what_opens_something_stands_in_no_log(example: Any, tmp_path: Path) -> None:
    async with behind(tmp_path, example) as (_, browser, site):
        for path in (*(f"/{door}/{SECRET}?k=concreet" for door in DOORS), "/hulp"):
            await asks(browser, f"{site}{path}")
        await asyncio.sleep(0.2)
    logs = "".join(p.read_text() for p in tmp_path.glob("*log") if p.is_file())  # noqa: ASYNC240 - the program has ended
    assert "/u/-" in logs
    assert "/hulp" in logs
    assert not [word for word in (SECRET, "concreet", "User-Agent") if word in logs]


@EXAMPLES
async def test_nobody_else_is_believed_about_an_address(example: Any, tmp_path: Path) -> None:
    """Expected: who comes in without the proxy gets nowhere."""
    async with behind(tmp_path, example) as (program, browser, _):
        assert (await asks(browser, f"http://127.0.0.1:{program.port}/")).status == 400


@needs("caddy")
def test_caddy_takes_the_example(tmp_path: Path) -> None:
    found = subprocess.run(
        ["caddy", "adapt", "--config", DEPLOY / "Caddyfile", "--adapter", "caddyfile"],
        capture_output=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr.decode()[-300:]
    assert json.loads(found.stdout)["apps"]["http"]
    assert shutil.which("caddy")
