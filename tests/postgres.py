"""A PostgreSQL of its own for a test: made in a folder, gone with it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING
from urllib.parse import quote

from storage.database.dialect import translated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
"""Where Debian puts what is not on the path."""

LACKS = "there is no PostgreSQL here (Debian's package postgresql has it)"

ERROR = re.compile(r"ERROR: +(.*)")


def tool(name: str) -> str | None:
    return shutil.which(name, path=os.pathsep.join([os.defpath, *map(str, FOLDERS)]))


class Cluster:
    """`folder`: where it lives, and its socket."""

    port = 5432

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.as_whom: Mapping[str, str] = {"user": "postgres"} if os.geteuid() == 0 else {}

    def url(self, schema: str) -> str:
        """Of a database of this name, made where there is none."""
        self.sql(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        found = f"-csearch_path={schema}"
        return f"postgresql://postgres@/postgres?host={self.folder}&options={quote(found)}"

    def run(self, name: str, *words: str, said: str = "") -> str:
        """What it said, errors too."""
        heard: subprocess.CompletedProcess[str] = subprocess.run(
            [tool(name) or name, *words], input=said, capture_output=True, text=True, check=False,
            cwd=self.folder, **self.as_whom,  # type: ignore[call-overload]
        )  # fmt: skip
        return heard.stdout

    def sql(self, said: str) -> str:
        where = ("-h", str(self.folder), "-p", str(self.port), "-d", "postgres")
        words = (*where, "-qAt", "-v", "VERBOSITY=terse")
        return self.run("sh", "-c", 'exec "$0" "$@" 2>&1', tool("psql") or "", *words, said=said)

    def refusals(self, statements: Sequence[str], schema: str) -> dict[str, str]:
        """What it says of those that it does not take."""
        said = [
            f"\\echo >>>{n}\nPREPARE s{n} AS {translated(one)[0]};"
            for n, one in enumerate(statements)
        ]
        heard = self.sql("\n".join([f"SET search_path TO {schema};", *said])).split(">>>")[1:]
        found = [(one.partition("\n")[0], ERROR.search(one)) for one in heard]
        assert len(found) == len(statements), heard[-1:]
        return {statements[int(n)]: error[1] for n, error in found if error}


@contextmanager
def server(*, durable: bool = False) -> Iterator[Cluster]:
    """A running one, empty, gone afterwards."""
    folder = home()
    try:
        yield started(folder, durable=durable)
    finally:
        ends(folder)


def home() -> Path:
    """Not pytest's: a socket's name has 107 characters."""
    return Path(mkdtemp(prefix="postgres"))


def started(folder: Path, *, durable: bool = False) -> Cluster:
    """It needs no network: a socket in its own folder.

    `durable`: it waits for the disk, as it does unless told otherwise.
    """
    assert tool("initdb"), LACKS
    if os.geteuid() == 0:  # it refuses to run as root
        shutil.chown(folder, "postgres")
    one = Cluster(folder)
    one.run("initdb", "-D", "data", "-A", "trust", "-E", "UTF8", "--no-sync")
    how = f"-k {folder} -h '' -N 300" + ("" if durable else " -F")
    one.run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", how, "start")
    return one


def ends(folder: Path) -> None:
    """What runs there, if anything."""
    if (folder / "data").is_dir():
        Cluster(folder).run("pg_ctl", "-D", "data", "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)
