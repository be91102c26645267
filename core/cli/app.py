"""The command line: from films to networks, from networks to figures, and reading films.

Other programs call it: keep it stable.
"""

import json
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.cli import data as data_commands
from core.cli import figures as figure_commands
from core.cli.errors import one_sentence
from core.cli.memory import keep_freed_memory
from core.cli.train_help import TrainCommand

if TYPE_CHECKING:
    from core.checkpoints.figures import TestFigures

app = typer.Typer(
    help="Train, evaluate and use the networks of the chest X-ray dashboard. "
    "Research software, not a medical device.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(data_commands.app)
app.add_typer(figure_commands.app)


class Split(StrEnum):
    """The official NIH lists."""

    test = "test"
    train_val = "train_val"


Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        help="Folder of NIH films: as `prepare` wrote it, or as NIH ships it (images_001/images/"
        "*.png ... or flat). Default: the variable HEAILTH_DATA, else the starter set of 9,433 "
        "films in this repository.",
    ),
]


@app.command(cls=TrainCommand)
def train(
    network: Annotated[str, typer.Argument(help="A registered network.")],
    data: Data = None,
    init: Annotated[
        str | None,
        typer.Option(
            help="Where the trunk starts: a safetensors file in torchvision's layout, `imagenet` "
            "(through torchvision, needs the network once), `shipped` or `none`. Default: the "
            "recipe's; for mobilenet_v2 the ImageNet trunk in core/data/imagenet."
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a run that was stopped or killed.")
    ] = False,
    restart: Annotated[
        bool, typer.Option("--restart", help="Drop an unfinished run and start anew.")
    ] = False,
    name: Annotated[
        str | None,
        typer.Option(help="Folder name in runs/ and checkpoints/. Default: the network's name."),
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Passes over the films.")] = None,
    size: Annotated[int | None, typer.Option(min=64, help="Input side in px.")] = None,
    batch: Annotated[int | None, typer.Option(min=2, help="Films a step.")] = None,
    learning_rate: Annotated[
        float | None, typer.Option("--lr", min=0, help="Peak learning rate of AdamW.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of everything random.")] = None,
    output_stride: Annotated[
        int | None,
        typer.Option(help="Pixels a cell of the heat map's grid (mobilenet_v2): 16 or 32."),
    ] = None,
    mixup: Annotated[float | None, typer.Option(min=0, help="Mixup's alpha; 0 is none.")] = None,
    teacher: Annotated[
        str | None,
        typer.Option(
            help="Checkpoint whose probabilities soften the labels (distillation), `shipped` "
            "(core/data/teacher) or `none` for the labels alone."
        ),
    ] = None,
    source_offset: Annotated[
        bool | None,
        typer.Option(
            "--source-offset/--no-source-offset",
            help="Explain each source's mix of findings in the loss, so that telling sources apart "
            "wins nothing.",
        ),
    ] = None,
    bfloat16: Annotated[
        bool | None,
        typer.Option("--bfloat16/--float32", help="Which is faster depends on the processor."),
    ] = None,
    patients: Annotated[
        float | None,
        typer.Option(min=0.01, max=1, help="Share of the training patients: for learning curves."),
    ] = None,
    films: Annotated[
        int | None,
        typer.Option(min=2, help="Use only this many films, drawn by patient: for a quick try."),
    ] = None,
    note: Annotated[str, typer.Option(help="Why this run: for the log of experiments.")] = "",
) -> None:
    """Train NETWORK on the official train_val films, by the recipe that made the shipped weights.

    Without options this repeats the shipped run. Each epoch adds a line to runs/NAME/history.csv,
    which the dashboard's compare page follows. The best epoch by validation AUROC goes to
    checkpoints/NAME; a checkpoint that was there moves to runs/NAME/replaced-*. Then run
    `evaluate NAME`: until then the test films have not been looked at.
    """
    with one_sentence("After its first epoch, a run goes on with the same options and --resume."):
        from core.nih.film_set import draw_patients, open_films
        from core.training import recipes
        from core.training import run as training_run

        keep_freed_memory()
        changes: dict[str, Any] = {
            "init": init,
            "epochs": epochs,
            "size": size,
            "batch": batch,
            "learning_rate": learning_rate,
            "seed": seed,
            "mixup": mixup,
            "teacher": "" if teacher == "none" else teacher,
            "source_offset": source_offset,
            "bfloat16": bfloat16,
            "patients": patients,
        }
        asked = {key: value for key, value in changes.items() if value is not None}
        recipe = replace(recipes.recipe(network), **asked)
        if output_stride is not None:
            recipe = replace(recipe, arguments={**recipe.arguments, "output_stride": output_stride})
        known = open_films(data, "train_val")
        if films is not None:
            known = draw_patients(known, films, recipe.seed)
        typer.echo(f"{network}: {len(known):,} films, {recipe.epochs} epochs, seed {recipe.seed}")
        card = training_run.train(recipe, known, _safe_name(name or network), resume, restart, note)
    auroc = card.training.val_auroc
    reached = "has too few films for an AUROC" if auroc is None else f"AUROC {auroc:.3f}"
    typer.echo(
        f"{card.id}: best epoch {card.training.best_epoch}, validation {reached}. "
        f"Next: python -m core evaluate {card.name}"
    )


def _safe_name(name: str) -> str:
    if not name.replace("-", "_").isidentifier():
        raise ValueError(f"'{name}' cannot name a folder: use letters, digits, - and _.")
    return name


@app.command()
def evaluate(
    name: Annotated[str, typer.Argument(help="A folder in checkpoints/, such as mobilenet_v2.")],
    data: Data = None,
    split: Annotated[Split, typer.Option(help="Official list to score.")] = Split.test,
    boxes: Annotated[
        bool,
        typer.Option(
            "--boxes",
            help="Instead of scoring films, hold the heat maps against the radiologists' boxes.",
        ),
    ] = False,
) -> None:
    """Score films and write the figures that README and pages show.

    Writes checkpoints/NAME/scores.csv (label and logit of every film) and, for the test split, the
    figures with 95 % intervals (bootstrap over patients), the metadata floor and the shortcuts
    into card.json. With --boxes, writes localisation.csv, .npz and .json there, and scores
    nothing.
    """
    if boxes:
        _evaluate_boxes(name, data, split)
        return
    with one_sentence():
        from core.evaluation import evaluate

        card = evaluate.evaluate(name, data, split.value)
    if split is Split.test:
        _print_test(card.id, card.figures)


def _evaluate_boxes(name: str, data: Path | None, split: Split) -> None:
    with one_sentence():
        from core.box_evaluation import evaluate as box_evaluation
        from core.nih.film_set import open_films

        content = box_evaluation.evaluate(name, open_films(data, split.value))
    typer.echo(box_evaluation.in_words(content))


def _print_test(checkpoint: str, test: "TestFigures") -> None:
    typer.echo(
        f"{checkpoint}, official test list: {test.n_films:,} films of {test.n_patients} "
        "patients; AUROC [95 % interval]"
    )
    for finding, row in test.findings.items():
        typer.echo(f"  {finding:<20} {_figure(row.auroc, row.interval)}  n+ {row.n_positive}")
    for label, mean in (("mean of 13", test.macro_auroc_13), ("mean of 14", test.macro_auroc_14)):
        typer.echo(f"  {label:<20} {_figure(mean.value, mean.interval)}")


def _figure(value: float | None, interval: list[float] | None) -> str:
    if value is None:
        return "cannot be measured"
    return f"{value:.3f} " + (
        "[no interval]" if interval is None else "[{:.3f}, {:.3f}]".format(*interval)
    )


@app.command()
def predict(
    paths: Annotated[list[Path], typer.Argument(help="Films (PNG, JPEG, DICOM) and folders.")],
    model: Annotated[str, typer.Option(help="A folder in checkpoints/.")] = "mobilenet_v2",
    out: Annotated[
        Path | None, typer.Option(help="CSV to write; without it the table goes to the screen.")
    ] = None,
    maps: Annotated[
        Path | None, typer.Option(help="Folder for one .npz a film with its 14 heat maps.")
    ] = None,
    dicom: Annotated[
        Path | None,
        typer.Option(
            help="Folder for two files a DICOM film: its heat maps (secondary capture) and its "
            "numbers (structured report), filed with its patient and study."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of CSV.")] = False,
) -> None:
    """Read films: the calibrated probability of each of the 14 findings, a row a file.

    Every file is answered with a status: ok, refused (readable, but no frontal chest film) or error
    (unreadable), with the reason; the reason of an ok film holds warnings, such as that it seems to
    be upside down. Exit code 0 when all were answered.
    """
    with one_sentence():
        from core.reading import batch

        rows = batch.predict(paths, model, maps, dicom)
        if out is not None:
            batch.write_csv(rows, out)
        elif not as_json:
            typer.echo(batch.table(rows).to_csv(index=False, float_format="%.6f"), nl=False)
        if as_json:
            typer.echo(json.dumps(batch.as_json(rows, model), indent=1))
