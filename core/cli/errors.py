"""What goes wrong on the command line, in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer


@contextmanager
def one_sentence(stopped: str = "") -> Iterator[None]:
    """What `core` refuses becomes one line and exit code 2, not a traceback.

    stopped: what to do after Ctrl-C.
    """
    try:
        yield
    except (ValueError, OSError) as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(2) from error
    except KeyboardInterrupt as stop:
        typer.echo(f"Stopped. {stopped}".rstrip(), err=True)
        raise typer.Exit(130) from stop
