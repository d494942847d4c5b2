"""`opschaalgids doctor`: what is wrong, and what to do about it."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from bot.clock import now
from bot.commands.base import as_it_is
from bot.commands.mistake import FOUND, refuse_none
from bot.config import read_settings
from bot.engine.conversation import Conversation
from bot.engine.sweep import sweep
from bot.operators import data
from bot.operators.diagnosis import erasures, examine, retry
from bot.output import write
from storage.privacy import watermark

if TYPE_CHECKING:
    import argparse


def add(doctor: argparse.ArgumentParser) -> None:
    doctor.add_argument("--retry", action="store_true", help="take again what was set aside")
    doctor.add_argument("--sweep", action="store_true", help="delete what is overdue, once")
    doctor.set_defaults(run=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    settings = read_settings()
    refuse_none(settings)
    with as_it_is(settings) as store:
        logging.getLogger("opschaalgids.erased").disabled = True  # it is among the findings
        lost = [*erasures(store, settings)]
        if not watermark.settled(store):
            data.complete(Conversation(store), now(settings.timezone))
        if options.retry:
            write(sys.stdout, retry(Conversation(store), now(settings.timezone)))
        if options.sweep:
            sweep(Conversation(store), now(settings.timezone))
        report, findings = examine(store, settings, now(settings.timezone))
    write(sys.stdout, report)
    for finding in [*lost, *findings]:
        write(sys.stderr, f"{finding}\n")
    return FOUND if lost or findings else 0
