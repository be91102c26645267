"""A child process that kills itself (SIGKILL) just before its n-th change to the file system."""

import os
import signal
from collections.abc import Callable

CHANGES = ("rename", "replace", "mkdir", "rmdir", "unlink", "open")


def killed_before_change(number: int, work: Callable[[], object]) -> bool:
    """Run `work` in a forked child that dies before change `number`; False if it came to its end.

    Raises AssertionError where the work failed by itself.
    """
    child = os.fork()
    if child == 0:
        _die_before(number)
        try:
            work()
        except BaseException:
            os._exit(1)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the work failed by itself"
    return False


def _die_before(number: int) -> None:
    left = number

    def counted(change: Callable[..., object]) -> Callable[..., object]:
        def change_or_die(*args: object, **kwargs: object) -> object:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return change(*args, **kwargs)

        return change_or_die

    for name in CHANGES:
        setattr(os, name, counted(getattr(os, name)))
