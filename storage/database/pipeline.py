"""What a server is told in one piece: each journey to it and back costs a turn its time.

A change is answered by a number that hardly anybody asks for, so it waits until something
is read, or until all of it has to be certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.errors import error_from_result
from psycopg.generators import fetch, send
from psycopg.pq import ExecStatus, PipelineStatus

from storage.database.sessions import as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from psycopg.abc import PQGen
    from psycopg.pq.abc import PGconn, PGresult

ENDS = ("FATAL", "PANIC")
"""What the server says last in a session."""
DONE = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)


class Deferred:
    """A cursor over a statement that may still wait. Who asks what came of it has it told.

    Where that was refused, whoever asks first hears why.
    """

    description = None
    """Of columns, which a change has none of."""

    def __init__(self, said: str, values: Sequence[Any], settle: Callable[[], None]) -> None:
        self.said, self.values, self.settle = said, values, settle
        self.result: PGresult | None = None

    @property
    def rowcount(self) -> int:
        return self._found().command_tuples or 0

    @property
    def status(self) -> bytes | None:
        return self._found().command_status

    def fetchall(self) -> list[tuple[int]]:
        """What else than a change is told this way returns one number, or nothing."""
        found = self._found()
        return [(int(found.get_value(row, 0) or b"0"),) for row in range(found.ntuples)]

    def _found(self) -> PGresult:
        if self.result is None:
            self.settle()
        if self.result is None:
            raise psycopg.ProgrammingError("it was undone before the server was told")
        return self.result


@dataclass(frozen=True)
class Prepare:
    """The server reads a statement once, and knows it by its name from then on."""

    name: bytes
    said: str


class Pipeline:
    """What waits for one session."""

    def __init__(self, own: psycopg.Connection[Any]) -> None:
        self.own, self.waiting = own, list[Deferred]()
        self.names: dict[str, bytes] = {}
        """Of the statements that the server has prepared."""
        self.numbers = count()

    def drop(self, since: str) -> bool:
        """Forget what waits since that was said, or all of it; whether that waits itself."""
        said = [one.said for one in self.waiting]
        there = since in said
        del self.waiting[said.index(since) + 1 if there else 0 :]
        return there

    def settle(self) -> None:
        """Have the server told all that waits.

        Raises psycopg's error of what it refused first: nothing that came after that was done.
        """
        told, self.waiting = self.waiting, []
        asked = [step for one in told for step in self._steps(one)]
        try:
            answers = self._answers(asked)
        finally:
            if self.own.pgconn.pipeline_status != PipelineStatus.OFF:
                self.own.close()  # what is under way would be taken for the answer to the next
        for one, answer in zip(asked, answers, strict=False):
            if answer.status not in DONE:
                raise self._refused(answer)
            if isinstance(one, Deferred):
                one.result = answer
        if len(answers) < len(asked):
            raise psycopg.OperationalError("the line was cut while it answered")

    def _refused(self, answer: PGresult) -> psycopg.Error:
        found = error_from_result(answer, self.own.info.encoding)
        if found.diag.severity_nonlocalized in ENDS:
            self.own.close()
        self.names.clear()  # some of what came with it may not be prepared
        return found

    def _steps(self, one: Deferred) -> tuple[Deferred | Prepare, ...]:
        if one.said in self.names:
            return (one,)
        self.names[one.said] = name = f"own{next(self.numbers)}".encode()
        return (Prepare(name, one.said), one)

    def _answers(self, asked: Sequence[Deferred | Prepare]) -> list[PGresult]:
        line = self.own.pgconn
        line.enter_pipeline_mode()
        for one in asked:
            if isinstance(one, Deferred):
                line.send_query_prepared(self.names[one.said], [*map(as_text, one.values)])
            else:
                line.send_prepare(one.name, one.said.encode())
        line.pipeline_sync()
        found = self.own.wait(_received(line, len(asked) + 1))
        if len(found) > len(asked):
            line.exit_pipeline_mode()
        return found[: len(asked)]


def _received(line: PGconn, wanted: int) -> PQGen[list[PGresult]]:
    """So many answers, or fewer where the line is cut after a reason was given."""
    yield from send(line)
    found: list[PGresult] = []
    while len(found) < wanted:
        try:
            answer = yield from fetch(line)
        except psycopg.OperationalError:
            if not found or found[-1].status in DONE:
                raise
            break
        if answer is not None:
            found.append(answer)
    return found
