"""What docs/deploy.md hands out: the unit, the proxy, the container file, as far as here."""

from __future__ import annotations

import asyncio
import io
import re
import shutil
import subprocess
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.channels.telegram.webhook import LARGEST, SECRET
from bot.cli import FOR_NOW, TO_MEND
from bot.config import settings_from
from tests.program import free_port
from tests.test_webhook import KEY, UPDATE
from tests.walkers import answers_every_press_once, problems, stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.walkers import Stage

ROOT = Path(__file__).parent.parent
UNIT = ROOT / "deploy" / "opschaalgids.service"
PROXY = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
CONTAINER = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
EXPOSED = 20
"""Tenths on the scale of `systemd-analyze security`, where 100 is without any protection."""


def needs(*programs: str) -> pytest.MarkDecorator:
    missing = [name for name in programs if shutil.which(name) is None]
    return pytest.mark.skipif(bool(missing), reason=f"not installed here: {', '.join(missing)}")


# ---------------------------------------------------------------- the unit


def unit() -> dict[str, list[str]]:
    """Every setting with all its values."""
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def test_the_unit_may_write_where_its_settings_point() -> None:
    told = dict(setting.split("=", 1) for setting in unit()["Environment"])
    settings = settings_from(told)
    folders = {f"/var/lib/{name}" for name in unit()["StateDirectory"][0].split()}
    assert {str(settings.database.parent), str(settings.key_file.parent)} == folders
    assert unit()["ExecStart"] == [f"{unit()['WorkingDirectory'][0]}/.venv/bin/opschaalgids serve"]


def test_only_what_somebody_must_mend_keeps_it_down() -> None:
    """A full disk or a lock may pass: the service starts again until it does."""
    assert unit()["RestartPreventExitStatus"] == [str(TO_MEND)]
    assert FOR_NOW != TO_MEND
    assert unit()["Restart"] == ["on-failure"]


def test_commands_use_the_same_user_files_and_program_as_the_unit() -> None:
    gids = ROOT / "deploy" / "gids"
    script = gids.read_text(encoding="utf-8")
    assert subprocess.run(["sh", "-n", gids], check=False).returncode == 0
    assert all(setting in script.splitlines() for setting in unit()["Environment"])
    assert f"done < {unit()['EnvironmentFile'][0]}\n" in script
    program = unit()["ExecStart"][0].removesuffix(" serve")
    assert f'runuser -u {unit()["User"][0]} -- {program} "$@"' in script


def test_commands_read_the_settings_as_the_unit_does(tmp_path: Path) -> None:
    """A sender in brackets and an address with & are no words of a shell; what is said counts."""
    said = "OPSCHAALGIDS_MAIL_FROM=Opschaalgids <gids@example.nl>\n# no setting\n"
    said += "OPSCHAALGIDS_DATABASE=postgresql://gids@db/gids?sslmode=verify-full&a=$HOME"
    (tmp_path / "env").write_text(said)
    script = (ROOT / "deploy" / "gids").read_text(encoding="utf-8")
    script = script.replace("/etc/opschaalgids/env", f"{tmp_path}/env").replace(
        "cd /var/lib/opschaalgids", f"cd {tmp_path}"
    )
    script = re.sub(r"^exec .*", "env", script, flags=re.MULTILINE)
    told = subprocess.run(["sh", "-c", script], check=True, capture_output=True, text=True).stdout
    assert {line for line in said.splitlines() if "=" in line} <= {*told.splitlines()}
    assert unit()["Environment"][1] in told.splitlines()


@needs("systemd-analyze")
def test_systemd_understands_the_unit_and_counts_it_as_protected(tmp_path: Path) -> None:
    """Without the program, which is installed elsewhere."""
    here = tmp_path / "opschaalgids.service"
    text = UNIT.read_text(encoding="utf-8")
    here.write_text(re.sub(r"^ExecStart=.*", "ExecStart=/bin/true", text, flags=re.MULTILINE))
    found = subprocess.run(["systemd-analyze", "verify", here], capture_output=True, check=False)
    assert "opschaalgids.service" not in found.stderr.decode()
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", f"--threshold={EXPOSED}", here],
        capture_output=True, check=False,
    )  # fmt: skip
    assert judged.returncode == 0, judged.stdout.decode()[-200:]


# ---------------------------------------------------------------- the container


def test_the_container_holds_what_the_program_needs() -> None:
    copied = set(re.findall(r"^COPY (.+) \S+$", CONTAINER, re.MULTILINE))
    assert all((ROOT / name).exists() for line in copied for name in line.split())
    assert {"bot", "content", "flows", "storage"} <= copied
    told = dict(re.findall(r"(OPSCHAALGIDS_\w+)=(\S+)", CONTAINER))
    settings = settings_from(told)
    assert [str(settings.database.parent), str(settings.key_file.parent)] == ["/data", "/key"]
    assert 'VOLUME ["/data", "/key"]' in CONTAINER


def test_the_containers_base_is_named_to_the_byte() -> None:
    """Nobody can put another image under a name of before; `make base` looks for a newer one."""
    (base,) = re.findall(r"^FROM (\S+)$", CONTAINER, re.MULTILINE)
    assert re.fullmatch(
        r"docker\.io/library/python:3\.13\.\d+-slim-trixie@sha256:[0-9a-f]{64}", base
    )
    made = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "BASE ?= docker.io/library/python:3.13-slim-trixie" in made, "what it looks under"


# ---------------------------------------------------------------- the proxy


def certificate(folder: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
         "-subj", "/CN=127.0.0.1", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip


def configured(folder: Path, outside: int, inside: int, *, telegram: str) -> Path:
    """The example with this machine's ports and files; nothing else of it is changed."""
    certificate(folder)
    server = PROXY.replace("listen [::]:443 ssl;", "")
    server = server.replace("listen 443 ssl;", f"listen 127.0.0.1:{outside} ssl;")
    server = server.replace("127.0.0.1:8080;", f"127.0.0.1:{inside};")
    server = server.replace("allow 149.154.160.0/20;", f"allow {telegram};")
    server = server.replace("/var/log/nginx/opschaalgids.log", f"{folder}/log")
    for name in ("fullchain.pem", "privkey.pem"):
        own = "cert.pem" if name == "fullchain.pem" else "key.pem"
        server = server.replace(f"/etc/letsencrypt/live/gids.example.nl/{name}", f"{folder}/{own}")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    path = folder / "nginx.conf"
    path.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/log crit;\n"
        f"events {{}}\nhttp {{\n{temporary}{server}}}\n"
    )
    return path


@asynccontextmanager
async def proxied(folder: Path, telegram: str = "127.0.0.1") -> AsyncIterator[Stage]:
    """The real program behind the real proxy. `telegram`: the address that may post."""
    outside, inside, watch = free_port(), free_port(), free_port()
    path = configured(folder, outside, inside, telegram=telegram)
    nginx = shutil.which("nginx") or "nginx"
    proxy = await asyncio.create_subprocess_exec(nginx, "-e", folder / "log", "-c", path)
    settings = {
        "OPSCHAALGIDS_WEBHOOK_URL": f"https://127.0.0.1:{outside}/hook",
        "OPSCHAALGIDS_WEBHOOK_SECRET": KEY,
        "OPSCHAALGIDS_LISTEN": f"127.0.0.1:{inside}",
        "OPSCHAALGIDS_WATCH": f"127.0.0.1:{watch}",
    }
    try:
        async with stage(folder, **settings) as here:
            yield here
    finally:
        proxy.terminate()
        await proxy.wait()


async def knocks(here: Stage, path: str, method: str = "POST", **more: Any) -> int:
    """What a stranger's request at the proxy comes to; `secret` as Telegram would send it."""
    url = here.program.settings["OPSCHAALGIDS_WEBHOOK_URL"].replace("/hook", path)
    headers = {SECRET: more.pop("secret", KEY)}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, headers=headers, ssl=False, **more) as response,
    ):
        return response.status


@needs("nginx", "openssl")
def test_nginx_takes_the_example(tmp_path: Path) -> None:
    path = configured(tmp_path, free_port(), free_port(), telegram="127.0.0.1")
    found = subprocess.run(
        ["nginx", "-t", "-q", "-e", tmp_path / "log", "-c", path], capture_output=True, check=False
    )
    assert (found.returncode, found.stderr) == (0, b"")


@needs("nginx", "openssl")
async def test_a_walk_through_the_proxy(tmp_path: Path) -> None:
    async with proxied(tmp_path) as here:
        walker = await here.walker(seed=7).walk()
        assert list(problems(walker.given, await here.canvas())) == []
        answers_every_press_once(here.standin)
        assert await here.program.stop() == 0


@needs("nginx", "openssl")
async def test_only_the_hook_is_reachable_from_outside(tmp_path: Path) -> None:
    async with proxied(tmp_path) as here:
        assert await knocks(here, "/hook", json=UPDATE) == 200
        assert await knocks(here, "/hook", json=UPDATE, secret="wrong") == 403  # noqa: S106
        assert await knocks(here, "/hook", "GET") == 403
        for path in ("/healthz", "/metrics", "/", "/hook/", "/hook/../metrics"):
            assert await knocks(here, path, "GET") == 404
        assert await knocks(here, "/hook", data=io.BytesIO(b" " * LARGEST)) == 400, (
            "read, and no update"
        )
        assert await knocks(here, "/hook", data=io.BytesIO(b" " * (LARGEST + 1))) == 413
        await here.program.stop()
        assert await knocks(here, "/hook", json={"text": "geheim"}) == 502
        assert (tmp_path / "log").read_text() == "", "nothing of a request is written down"


@needs("nginx", "openssl")
async def test_other_addresses_than_telegrams_get_nowhere(tmp_path: Path) -> None:
    async with proxied(tmp_path, telegram="149.154.160.0/20") as here:
        assert await knocks(here, "/hook", json=UPDATE) == 403
