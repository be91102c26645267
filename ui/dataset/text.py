"""What the data set page says, computed from the films that it shows."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.findings import NAMES, NO_FINDING, TITLES, title_of
from core.nih import census
from ui.dataset.film_filter import SEXES, SPLITS, Chosen
from ui.shared.rows import highest, lowest, row_of

ENOUGH = 20
"""Films with a finding below which its share is too uncertain for a headline."""

WHY_SHORTCUTS_MATTER = (
    "AP films are mostly taken at the bedside, of patients too ill to stand. A network that learns "
    "to tell AP from PA is right about such findings without having seen the disease."
)


WHY_LISTS_MATTER = (
    "The test list is richer in disease than the training list. Figures that depend on prevalence "
    "(PPV, average precision, calibration) do not carry over from one to the other; no patient is "
    "on both."
)


def about_the_set(is_starter: bool) -> str:
    """Which films are counted and how they were chosen."""
    if is_starter:
        return (
            "The 9,433 films that ship with this project: a convenience sample, not a random draw. "
            "Prevalence is not NIH's, Pneumonia is over-represented, No Finding was thinned."
        )
    return (
        "NIH ChestX-ray14 (Wang et al. 2017, table of 2020). Labels were text-mined from radiology "
        "reports."
    )


def kept(chosen: Chosen, films: int, of: int) -> str:
    """What the filters say, and how many films fit."""
    wanted = chosen.filter
    parts = []
    if wanted.findings:
        joint = {"any": " or ", "all": " and ", "exactly": " and "}[wanted.match]
        names = joint.join(title_of(name) for name in wanted.findings)
        parts.append(f"{names} and nothing else" if wanted.match == "exactly" else names)
    parts += [SPLITS[wanted.split]] if wanted.split else []
    parts += [wanted.view] if wanted.view else []
    parts += [SEXES[wanted.sex]] if wanted.sex else []
    parts += [f"{wanted.ages[0]} to {wanted.ages[1]} years"] if wanted.ages else []
    if wanted.follow_ups:
        parts.append(f"follow-up {wanted.follow_ups[0]} to {wanted.follow_ups[1]}")
    parts += [f"patient {wanted.patient}"] if wanted.patient else []
    if not parts:
        return f"All {of:,} films are counted."
    return f"**{films:,} of {of:,} films ({films / of:.1%}) fit:** {', '.join(parts)}."


def most_frequent(counts: pd.DataFrame) -> str:
    """The headline of the case counts."""
    if counts["images"].iloc[0] == 0:
        return "None of these films carries a finding"
    first, last = counts.iloc[0], counts.iloc[-1]
    return (
        f"{TITLES[counts.index[0]]} is the most frequent label ({_films(first['images'])}), "
        f"{TITLES[counts.index[-1]]} the rarest ({last['images']:,.0f})"
    )


def single_label_cost(films: pd.DataFrame) -> str:
    """The headline of what a single-label data set would drop."""
    several, some = int((films["n_findings"] > 1).sum()), int((films["n_findings"] > 0).sum())
    if not some:
        return "Every one of these films is labelled No Finding"
    return (
        f"Single-label training would drop {several:,} of {some:,} films with a finding "
        f"({several / some:.0%})"
    )


SINGLE_LABEL_REASON = (
    "A network that picks one class a film cannot learn from films that carry several findings. "
    "Those are often the sickest patients. Here every finding is a question of its own, and every "
    "film is used."
)


def labels_per_film(films: pd.DataFrame) -> str:
    """The headline of the labels per film."""
    several, most = (films["n_findings"] > 1).mean(), films["n_findings"].max()
    return f"{several:.0%} of {_films(len(films))} carry several findings, up to {most}"


def combinations(counts: pd.DataFrame, different: int) -> str:
    """The headline of the label combinations."""
    if counts.empty:
        return "None of these films carries several findings"
    first = counts.iloc[0]
    return (
        f"{different:,} different combinations; {joined(first['findings'])} is the most frequent "
        f"({_films(first['films'])})"
    )


def pairs(counts: pd.DataFrame, lift: pd.DataFrame) -> str:
    """The headline of the pairs: the one that meets most often against chance."""
    upper = np.triu(counts.to_numpy() >= ENOUGH, 1)
    usable = lift.where(upper).stack().dropna()
    if usable.empty:
        return f"No two findings share {ENOUGH} of these films"
    first, second = (str(name) for name in usable.index[int(usable.to_numpy().argmax())])
    return (
        f"{TITLES[first]} and {TITLES[second]} meet {usable.max():.1f} times as often as chance "
        f"({_films(row_of(counts, first)[second])})"
    )


PAIRS = {
    "lift": "Times as often as if the two findings had nothing to do with each other; 1 is chance.",
    "films": "Films that carry both findings.",
    "share": "Of the films with the row's finding, how many also carry the column's.",
}


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
    name = highest(ratio)
    return (
        f"{TITLES[name]} is {ratio[name]:.1f} times as frequent in the official test list "
        f"({sizes['test']:,} films) as in the training list ({sizes['train_val']:,})"
    )


def who(some: pd.DataFrame, every: pd.DataFrame, finding: str | None) -> str:
    """The headline of age and sex: of a finding against all films kept, or of all."""
    women, age = (some["sex"] == "F").mean(), some["age"].median()
    if finding is None:
        return f"Median age {age:.0f} years; {women:.0%} of {_films(len(some))} are of women"
    return (
        f"{title_of(finding)}: median age {age:.0f} years, {women:.0%} women "
        f"({_films(len(some))}); all films kept: {every['age'].median():.0f} years, "
        f"{(every['sex'] == 'F').mean():.0%}"
    )


def women(profile: pd.DataFrame, overall: float) -> str:
    """The headline of the sexes by finding."""
    shares = profile.loc[profile["films"] >= ENOUGH, "women"].drop(NO_FINDING, errors="ignore")
    if len(shares) < 2:
        return f"{overall:.0%} of these films are of women"
    first, last = highest(shares), lowest(shares)
    return (
        f"{shares[first]:.0%} of {TITLES[first]} films are of women, {shares[last]:.0%} of "
        f"{TITLES[last]} films"
    )


def per_patient(counts: pd.DataFrame) -> str:
    """The headline of the films per patient."""
    patients, films = counts["patients"].sum(), counts["films"].sum()
    one = row_of(counts, "1")["patients"]
    return (
        f"{one / patients:.0%} of {patients:,} patients have one film; on average "
        f"{films / patients:.1f}"
    )


PER_PATIENT_REASON = (
    "Films of one patient look alike: a split by film instead of by patient would test a network "
    "on people it has seen."
)


def follow_up(counts: pd.DataFrame) -> str:
    """The headline of the follow-up."""
    known = counts[counts["films"] >= ENOUGH]
    if len(known) < 2:
        return "Too few films to compare follow-up numbers"
    first, last = known.iloc[0], known.iloc[-1]
    return (
        f"Follow-up {known.index[0]}: {first['ill']:.0%} of {_films(first['films'])} carry a "
        f"finding; {known.index[-1]}: {last['ill']:.0%} of {last['films']:,.0f}"
    )


def patient(films: pd.DataFrame) -> str:
    """The headline of one patient's films."""
    ages = films["age"]
    span = f"at {ages.min()}" if ages.min() == ages.max() else f"from {ages.min()} to {ages.max()}"
    ill = int((films["n_findings"] > 0).sum())
    return (
        f"Patient {films['patient'].iloc[0]}: {_films(len(films))} {span} years of age, {ill:,} "
        "with a finding"
    )


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


def label_noise(silent: dict[str, int], panel_set: str) -> str:
    """The headline of the label noise; `silent` as `core.nih.panel.panel_on_silent`."""
    read, ill = silent["read"], silent["ill"]
    if not read:
        return "The panel read none of these films that NIH labels No Finding"
    return (
        f"{ill / read:.0%} of the No Finding films do have a finding: {ill:,} of {read:,} that the "
        f"panel read, {panel_set}"
    )


def silent_in_detail(silent: dict[str, int]) -> str:
    """What the panel saw on No Finding films, and the fracture caveat."""
    return (
        f"The panel saw an airspace opacity on {silent['airspace_opacity']:,} of them, a nodule or "
        f"mass on {silent['nodule_or_mass']:,}, a pneumothorax on {silent['pneumothorax']:,}, a "
        f"fracture on {silent['fracture']:,} (several may be on one film). "
        f"{silent['only_fracture']:,} of the {silent['ill']:,} have a fracture only, which is none "
        f"of NIH's 14 findings: without them it is {silent['ill'] - silent['only_fracture']:,}."
    )


def agreement(rows: pd.DataFrame) -> str:
    """The headline of NIH's labels against the panel."""
    row = rows.loc["pneumothorax"]
    if row["nih"] < ENOUGH or row["panel"] < ENOUGH:
        return "NIH's labels against the panel of radiologists"
    return (
        f"NIH's Pneumothorax is right on {row['ppv']:.0%} of {row['nih']:,} films and finds "
        f"{row['sensitivity']:.0%} of the panel's {row['panel']:,}"
    )


def opacity_widely(rows: pd.DataFrame) -> str:
    """What changes where airspace opacity is taken more widely."""
    row = rows.loc["airspace_opacity"]
    if not row["nih"]:
        return ""
    return (
        f"Counting Atelectasis and Edema as airspace opacity as well, PPV is {row['ppv']:.0%} "
        f"[{row['ppv_low']:.0%}, {row['ppv_high']:.0%}] and sensitivity {row['sensitivity']:.0%} "
        f"[{row['sensitivity_low']:.0%}, {row['sensitivity_high']:.0%}]."
    )


ABOUT_THE_PANEL = (
    "Three radiologists read part of the films again and agreed on four answers (Majkowska et al., "
    "Radiology 2020). The panel is taken as the truth. *PPV*: of the films that carry NIH's label, "
    "the share the panel agrees with. *Sensitivity*: of the films the panel calls positive, the "
    "share that carries the label. *Kappa*: agreement beyond chance, 1 is perfect. Intervals: "
    "95 %, bootstrap over patients. The films were chosen to be rich in findings, so PPV is not "
    "that of the whole data set. The mapping of NIH's labels to the panel's answers is ours; "
    "NIH has no label for a fracture."
)


def joined(names: Sequence[str]) -> str:
    """A combination in words."""
    return " + ".join(TITLES[name] for name in names)


def _frequent(films: pd.DataFrame, within: str | None = None) -> list[str]:
    """Findings with enough films for a headline; with `within`, in each of its groups."""
    counts = films[list(NAMES)].sum()
    if within:
        counts = films.groupby(within, observed=True)[list(NAMES)].sum().min()
    return list(counts.index[counts >= ENOUGH])


def _films(count: float) -> str:
    return f"{count:,.0f} film{'' if count == 1 else 's'}"
