"""Rows of a table as its columns' own types: pandas' stubs give every cell the union of all."""

from collections.abc import Iterator
from typing import Any

import pandas as pd


def each_row(table: pd.DataFrame) -> Iterator[Any]:
    """`DataFrame.itertuples`, a named tuple a row."""
    yield from table.itertuples()


def highest(values: pd.Series) -> str:
    """The label of the highest value, of a series that is labelled by words."""
    return str(values.idxmax())


def lowest(values: pd.Series) -> str:
    """The label of the lowest value, as `highest`."""
    return str(values.idxmin())


def row_of(table: pd.DataFrame, label: str) -> dict[str, Any]:
    """The row with this label, by column."""
    return {str(column): value for column, value in table.loc[label].items()}


def dicts(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Every row by column."""
    return [dict(zip(map(str, table.columns), row, strict=True)) for row in table.to_numpy(object)]
