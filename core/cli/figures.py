"""Commands that write or print what pages and README show: figures, floors, indexes, logs."""

import json
from typing import Annotated

import typer

from core.cli.errors import one_sentence

app = typer.Typer()


@app.command()
def log() -> None:
    """Write docs/experiments.md and .csv, adding the runs that have ended since."""
    with one_sentence():
        from core.training import run_log

        known = run_log.update()
    typer.echo(f"{len(known)} runs in {run_log.LOG}")


@app.command()
def learning_curve(
    names: Annotated[
        list[str],
        typer.Argument(help="Checkpoints of one network, trained on different --patients."),
    ],
) -> None:
    """Write docs/learning_curve.json: validation AUROC by number of films, and what more bring.

    Train the runs with `--teacher none`: a teacher has seen all patients.
    """
    with one_sentence():
        from core.evaluation import learning_curve

        content = learning_curve.write(names)
    typer.echo(learning_curve.in_words(content))


@app.command()
def seeds(
    names: Annotated[
        list[str],
        typer.Argument(help="Evaluated checkpoints: all seeds of a network, or of several."),
    ],
) -> None:
    """Write docs/seeds.json: what the training seed moves, and what is left between networks.

    Their scores go to docs/seeds.csv.gz, so that the runs' weights need not be kept.
    """
    with one_sentence():
        from core.evaluation import seeds

        content = seeds.write(names)
    typer.echo("\n".join(seeds.sentences(content)))


@app.command()
def floor() -> None:
    """Fit the metadata floor on the NIH table and write its scores of the official test list."""
    with one_sentence():
        from core.evaluation import metadata_floor

        metadata_floor.write()
        whole = metadata_floor.whole_list()
    typer.echo(
        f"Age, sex, view and follow-up alone, {whole.n_films:,} test films: mean AUROC "
        f"{whole.macro_auroc_13:.3f} of 13 findings, {whole.macro_auroc_14:.3f} of 14"
    )


@app.command()
def compare(
    first: Annotated[str, typer.Argument(help="A folder in checkpoints/.")],
    second: Annotated[str, typer.Argument(help="Another one, scored on the same films.")],
) -> None:
    """Print the paired difference of two networks, per finding and in the mean, as CSV."""
    with one_sentence():
        from core.checkpoints import store
        from core.evaluation import comparison
        from core.evaluation.verdict import difference_sentence

        one, other = store.load_scores(first), store.load_scores(second)
        table = comparison.by_finding(one, other)
        paired = comparison.paired_difference(one, other)
        words = difference_sentence(
            store.load_card(first).title, store.load_card(second).title, paired
        )
    typer.echo(table.to_csv(index=False, float_format="%.4f"), nl=False)
    typer.echo(words, err=True)


@app.command()
def index(
    name: Annotated[str, typer.Argument(help="A folder in checkpoints/, such as mobilenet_v2.")],
) -> None:
    """Place the starter set's train_val films in NAME's feature space, for "films like this one".

    Writes checkpoints/NAME/neighbours.npz; to be run anew when NAME was trained anew.
    """
    with one_sentence():
        from core.nih.film_set import open_starter
        from core.reading import neighbours

        path = neighbours.write(name, open_starter("train_val"))
    typer.echo(f"{path.name} of {name}: {path.stat().st_size / 1e6:.2f} MB.")


@app.command()
def gate() -> None:
    """Fit the gate that refuses what is no frontal chest film, on the starter set's training films.

    Writes core/data/gate.npz and gate.json; the same films and seed give the same files.
    """
    with one_sentence():
        from core.gate import fit

        facts = fit.write()
    typer.echo(json.dumps(facts, indent=1))


@app.command()
def results() -> None:
    """Print the results table of README from the files that `evaluate` wrote."""
    with one_sentence():
        from core.checkpoints import store
        from core.evaluation import learning_curve, readme_table, seeds

        cards = [store.load_card(name) for name in store.names()]
        paragraphs = [
            readme_table.table(cards),
            " ".join(seeds.sentences(seeds.of_these(cards))),
            readme_table.difference_in_words(cards),
            "\n".join(map(readme_table.made, cards)),
            learning_curve.in_words(curve) if (curve := learning_curve.load()) else "",
        ]
    typer.echo("\n\n".join(filter(None, paragraphs)))
