"""Commands that bring the full data set: NIH's archives, and their films in one memory map."""

from pathlib import Path
from typing import Annotated

import typer

from core.cli.errors import one_sentence

app = typer.Typer()


@app.command()
def download(
    target: Annotated[Path, typer.Option("--to", help="Folder for images_001.tar.gz and so on.")],
    part: Annotated[
        list[int] | None,
        typer.Option(min=1, max=12, help="One of the twelve; may be given again. Default: all."),
    ] = None,
) -> None:
    """Fetch NIH's archives of films (45 GB in all) and verify them by the MD5s that NIH publishes.

    Run it again to go on where it stopped, or to verify what is there.
    """
    with one_sentence("The same command goes on where this one stopped."):
        from core.nih import download

        there = download.fetch(download.archives(part or ()), target)
    typer.echo(
        f"Whole and verified in {target}: {', '.join(path.name for path in there)}. Next, without "
        f"unpacking: python -m core prepare --from '{target}' --to prepared"
    )


@app.command()
def prepare(
    source: Annotated[
        Path, typer.Option("--from", help="Folder of NIH films: PNG files, NIH's archives or both.")
    ],
    target: Annotated[Path, typer.Option("--to", help="Folder for films.npy and index.csv.")],
) -> None:
    """Read every NIH film once and keep it at 128 px in one memory map, ready for --data.

    Films that cannot be read are named and left out.
    """
    with one_sentence():
        from core.nih.prepare import prepare as make

        done = make(source, target)
    for name, reason in done.unreadable.items():
        typer.echo(f"{name} is left out: {reason}", err=True)
    typer.echo(
        f"{done.count:,} films in {target}. Train on them: python -m core train mobilenet_v2 "
        f"--data '{target}' --teacher none"
    )
