"""Published results: the tables that ship, and a reader's own CSV."""

import io

import numpy as np
import pandas as pd
import pytest

from core.findings import NAMES
from core.literature import published
from core.nih.table import load_boxes


def _csv(*rows: str, header: str = "work,year,split,mean") -> bytes:
    return "\n".join([header, *rows]).encode()


def test_the_fourteen_values_of_a_work_average_to_its_quoted_mean():
    table = published.load_auroc()
    whole = table[table[list(NAMES)].notna().all(axis=1)]
    assert len(whole) >= 17
    # Published means were rounded to three decimals, some from values rounded to two.
    assert (whole[list(NAMES)].mean(axis=1) - whole["mean"]).abs().max() < 0.0025


def test_every_published_row_says_its_split_and_how_far_it_was_checked():
    table = published.load_auroc()
    assert set(table["split"]) <= set(published.SPLITS)
    assert set(table["checked"]) <= set(published.CHECKED) - {"reader"}
    assert (table["work"].str.len() > 0).all()
    assert (table["reference"].str.len() > 0).all()


def test_values_known_from_the_papers():
    table = published.load_auroc().set_index(["work", "split"])
    assert table.loc[("Wang et al.", "official"), "Cardiomegaly"].item() == 0.810  # Table 17
    assert table.loc[("Rajpurkar et al. (CheXNet)", "random-patient"), "Pneumonia"].item() == 0.7680
    boxes = published.load_localisation().set_index(["work", "measure", "threshold"])
    assert boxes.loc[("Wang et al. 2017, 8-class model", "IoBB", 0.1), "Cardiomegaly"] == 0.993


def test_localisation_has_the_findings_that_have_boxes():
    assert set(published.BOXED) == set(load_boxes()["finding"])
    shares = published.load_localisation()[list(published.BOXED)]
    assert shares.notna().all(axis=None)
    assert ((shares >= 0) & (shares <= 1)).all(axis=None)


def test_the_template_can_be_read_back():
    row = published.read_rows(published.template().encode()).iloc[0]
    assert (row["work"], row["year"], row["split"], row["mean"]) == (
        "Example et al.",
        2026,
        "official",
        0.8,
    )
    assert row["checked"] == "reader"
    assert np.isnan(row["Hernia"])


def test_a_readers_rows_join_the_published_ones():
    rows = published.read_rows(_csv("Ours,2026,random-image,", header="work,year,split,mean,Mass")
                               .replace(b"image,", b"image,,.7"))  # fmt: skip
    table = pd.concat([published.load_auroc(), rows])
    assert table.iloc[-1]["Mass"] == 0.7
    assert table["Mass"].dtype == float
    assert set(rows.columns) == set(published.load_auroc().columns)


def test_files_of_spreadsheets_are_read():
    text = '"Müller, A.",2026,official,0.81\r\n,,,\r\n'
    row = published.read_rows(b"\xef\xbb\xbf" + _csv(text)).iloc[0]
    assert row["work"] == "Müller, A."


def test_names_are_kept_as_text_without_control_characters():
    rows = published.read_rows(_csv("<b>x</b>\u202e\x07 **y**,2026,official,0.8"))
    assert rows["work"].item() == "<b>x</b> **y**"


def _excel() -> bytes:
    target = io.BytesIO()
    pd.DataFrame({"work": ["a"]}).to_pickle(target)
    return b"PK\x03\x04" + target.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n\n , \n", "is empty"),
        (_csv(), "no row"),
        (_csv("a,0.8", header="work,mean"), "no column year and no column split"),
        (_csv("a;2026;official;0.8", header="work;year;split;mean"), "separated by commas"),
        (_csv("a,2026,official,good"), "mean of row 2 is 'good', which is no number"),
        (_csv("a,2026,official,0.8", "b,2026,official,81.1"), "mean of row 3 is 81.1"),
        (_csv("a,2026,official,-0.1"), "between 0 and 1"),
        (_csv("a,2026,official,nan"), "between 0 and 1"),
        (_csv("a,2026,official,inf"), "between 0 and 1"),
        (_csv("a,2026,official,"), "no AUROC"),
        (_csv("a,2026,official,0,81"), "5 cells where the header has 4"),
        (_csv("a,2026,oficial,0.8"), "write one of official, random-patient"),
        (_csv("a,soon,official,0.8"), "year of row 2 is 'soon'"),
        (_csv(",2026,official,0.8"), "does not name its work"),
        (_csv("a" * 301 + ",2026,official,0.8"), "too long"),
        (_csv("a,2026,official,0.8,1", header="work,year,split,mean,Plague"), "'Plague'"),
        (_csv("a,2026,official,0.8,1", header="work,year,split,mean,mean"), "mean is there twice"),
        (_csv(*["a,2026,official,0.8"] * 101), "101 rows"),
        (_csv('"a,2026,official,0.8'), "not a CSV table"),
        ("work,year,split,mean\nMüller,2026,official,0.8".encode("latin-1"), "UTF-8"),
        (_csv("a,2026,official,0.8").decode().encode("utf-16"), "UTF-8"),
        (_excel(), "UTF-8"),
        (b"x" * 200_001, "200 kB"),
    ],
)
def test_what_is_no_such_table_is_refused_in_one_sentence(content, words):
    with pytest.raises(ValueError) as refused:
        published.read_rows(content)
    sentence = str(refused.value)
    assert words in sentence
    assert sentence.endswith(".") and "\n" not in sentence
