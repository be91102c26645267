"""A child process that kills itself (SIGKILL) just before its n-th step on a folder's files."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

STEPS = {"open", "os.mkdir", "os.remove", "os.rename", "os.rmdir"}
"""Of Python's audit events; a replaced file is a rename."""


def killed_before_step(number: int, work: Callable[[], object], folder: Path) -> bool:
    """Run `work` in a forked child that dies before step `number`; False if it came to its end.

    Raises AssertionError where the work failed by itself.
    """
    child = os.fork()
    if child == 0:
        _die_before(number, str(folder))
        try:
            work()
        except BaseException:
            os._exit(1)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -signal.SIGKILL), "the work failed by itself"
    return status != 0


def _die_before(number: int, folder: str) -> None:
    left = number

    def count(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        if event in STEPS and str(arguments[0]).startswith(folder):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
