"""What the data set page says, computed from the films that it shows."""

import pandas as pd

from core import census
from core.findings import NAMES, TITLES

ENOUGH = 20
"""Films with a finding below which its share is too uncertain for a headline."""

WHY_SHORTCUTS_MATTER = (
    "AP films are mostly taken at the bedside, of patients too ill to stand. A network that learns "
    "to tell AP from PA is right about such findings without having seen the disease."
)


def about_the_set(is_starter: bool) -> str:
    """Which films are counted and how they were chosen."""
    if is_starter:
        return (
            "The 9,433 films that ship with this project: a convenience sample, not a random draw. "
            "Prevalence is not NIH's, Pneumonia is over-represented, No Finding was thinned."
        )
    return (
        "All films of NIH ChestX-ray14 (Wang et al. 2017, table of 2020). Labels were text-mined "
        "from radiology reports."
    )


def most_frequent(counts: pd.DataFrame) -> str:
    """The headline of the case counts."""
    if counts["images"].iloc[0] == 0:
        return "None of these films carries a finding"
    first, last = counts.iloc[0], counts.iloc[-1]
    return (
        f"{TITLES[counts.index[0]]} is the most frequent label ({_films(first['images'])}), "
        f"{TITLES[counts.index[-1]]} the rarest ({last['images']:,.0f})"
    )


def what_single_labels_cost(films: pd.DataFrame) -> str:
    """How many films with findings a single-label data set would drop."""
    several, some = int((films["n_findings"] > 1).sum()), int((films["n_findings"] > 0).sum())
    if not some:
        return "Every one of these films is labelled No Finding."
    return (
        f"A network that takes one label a film would drop {several:,} of {some:,} films with a "
        f"finding ({several / some:.0%}): they carry several. Films with several findings are "
        "counted under each."
    )


def labels_per_film(films: pd.DataFrame) -> str:
    """The headline of the labels per film."""
    return f"Up to {films['n_findings'].max()} findings on one film; n = {len(films):,} films"


def lists_differ(films: pd.DataFrame) -> str:
    """The headline of the prevalence in the official lists."""
    sizes = films["split"].value_counts()
    if (sizes.reindex(["train_val", "test"]).fillna(0) == 0).any():
        return "Only one of the official lists is left by the filters"
    shares = census.prevalence_by_split(films)
    ratio = (shares["test"] / shares["train_val"])[_frequent(films, "split")]
    if ratio.empty:
        return (
            f"Too few films to set the official lists against each other: {sizes['test']:,} of the "
            f"test list, {sizes['train_val']:,} of the training list"
        )
    name = ratio.idxmax()
    return (
        f"{TITLES[name]} is {ratio[name]:.1f} times as frequent in the official test list "
        f"({sizes['test']:,} films) as in the training list ({sizes['train_val']:,})"
    )


def who(films: pd.DataFrame) -> str:
    """The headline of age and sex."""
    women = (films["sex"] == "F").mean()
    return f"Median age {films['age'].median():.0f} years; {women:.0%} of the films are of women"


def shortcut(films: pd.DataFrame) -> str:
    """The headline of the view by finding."""
    if films["view"].nunique() < 2:
        return f"All of these films are {films['view'].iloc[0]}"
    shares = census.ap_share(films)
    shares = shares[shares.index.isin(_frequent(films))]
    if len(shares) < 2:
        return f"{(films['view'] == 'AP').mean():.0%} of {_films(len(films))} are AP"
    first, last = shares.index[0], shares.index[-1]
    return (
        f"The view gives findings away: {shares[first]:.0%} of {TITLES[first]} films are AP, "
        f"{shares[last]:.0%} of {TITLES[last]} films"
    )


def label_noise(read: int, ill: int) -> str:
    """What the labels are worth: of `read` No Finding films, the panel found `ill` of them ill."""
    return f"""\
Labels were text-mined from reports, not read from the films.

- A panel of radiologists read part of the test films again (Majkowska et al., Radiology 2020): of
  {read:,} films that NIH labels *No Finding*, {ill:,} ({ill / read:.0%}) do have one of the panel's
  findings.
- NIH gives an accuracy of its text mining above 90 % (Wang et al. 2017); a visual audit found the
  labels of most findings less reliable than that (Oakden-Rayner, Acad Radiol 2020).
"""


def pictures(films: pd.DataFrame, finding: str) -> str:
    """How many films there are to look at."""
    drawn = " Those with a radiologist's box come first." if finding in NAMES else ""
    return (
        f"{_films(len(films))} of the starter set at 128 px, of {films['patient'].nunique():,} "
        f"patients.{drawn}"
    )


def _frequent(films: pd.DataFrame, within: str | None = None) -> list[str]:
    """Findings with enough films for a headline; with `within`, in each of its groups."""
    counts = films[list(NAMES)].sum()
    if within:
        counts = films.groupby(within, observed=True)[list(NAMES)].sum().min()
    return list(counts.index[counts >= ENOUGH])


def _films(count: float) -> str:
    return f"{count:,.0f} film{'' if count == 1 else 's'}"
