"""The real program at a time of the test's own choosing; the stand-in has the same time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import clock
from tests.crossing import Launched

if TYPE_CHECKING:
    from datetime import datetime


@dataclass
class Dated(Launched):
    """Time goes on by itself from where it was put."""

    def puts(self, at: datetime) -> None:
        """It is then, for the running program and for all that it hears."""
        ahead = (at - clock.now("UTC")).total_seconds()
        self.standin.world.ahead = ahead
        path = self.folder / "clock"
        path.write_text(str(ahead))
        self.settings["CLOCK"] = str(path)

    async def wakes(self, at: datetime) -> None:
        """Killed as by a power cut, and started again at that moment."""
        if self.process and self.process.returncode is None:
            await self.kill()
        self.puts(at)
        await self.start()
