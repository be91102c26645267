"""What the related work page says; figures of ours come from the cards."""

import pandas as pd

from core.checkpoints.card import Card
from core.findings import NAMES, TITLES
from core.nih import census
from core.wording import decimal, with_interval
from ui.shared.networks import network_title
from ui.shared.rows import highest, lowest, row_of

PRIOR = "Location prior"
"""How the floor of the localisation table begins its name."""

DID = {
    ("Wang et al.", 2017): "The data set's own paper: ImageNet features, mostly frozen, "
    "class-weighted cross-entropy and LSE pooling, a soft maximum over the image.",
    ("Wang et al. (first arXiv version)", 2017): "The same work as first posted, on a split "
    "by image.",
    ("Guan & Huang", 2020): "Residual attention for each finding on top of a DenseNet.",
    ("Ma et al.", 2019): "Two DenseNets joined by multi-attention (cross-attention).",
    ("Hermoza et al.", 2020): "Proposes regions to refine its saliency map.",
    ("Kim et al. (XProtoNet)", 2021): "XProtoNet, on a DenseNet at 512 px.",
    ("Wang et al. (A3Net)", 2021): "Triple attention on a DenseNet.",
    ("Taslimi et al. (SwinCheX)", 2022): "A large Swin transformer from ImageNet.",
    ("Yao et al.", 2018): "A ResNet joined with a DenseNet, without any pre-training.",
    ("Guendel et al. (DNetLoc)", 2018): "Adds the location boxes and the films of PLCO; the same "
    "network reaches .841 on a random split by patient.",
    ("Baltruschat et al.", 2019): "Reads age, sex and view beside the film; .822 over random "
    "re-splits.",
    ("Xiao et al.", 2023): "Pre-trains on chest films without labels: masked patches (MAE) for "
    "the transformer, contrasts (MoCo) for the DenseNet.",
    ("Goel et al.", 2024): "A vision transformer; the DenseNet-121 of the same paper reaches .820.",
    ("Yao et al.", 2017): "A DenseNet with an LSTM, trained from scratch.",
    ("Li et al.", 2018): "Learns from image patches and from the boxes; five-fold "
    "cross-validation.",
    ("Kumar et al.", 2018): "A boosted cascade of DenseNets.",
    ("Guan et al. (AG-CNN)", 2018): "A global and a local branch.",
    ("Rajpurkar et al. (CheXNet)", 2017): "DenseNet-121 fine-tuned from ImageNet; its list of the "
    "70/10/20 split was never published.",
    ("Zech (reproduction of CheXNet)", 2018): "CheXNet again, with its split published.",
    ("Weng (reproduction of CheXNet)", 2017): "CheXNet again, averaged over ten crops of a film.",
    ("DacNet", 2025): "DenseNet-121 with focal loss, split 80/10/10 by patient; mean F1 .386.",
    ("Ashraf et al. (SynthEnsemble)", 2024): "An ensemble; its best single network, CoAtNet, "
    "reaches .842.",
    ("Souid et al.", 2021): "MobileNetV2 with metadata, on resampled data. Two re-runs by others "
    "reached about .72.",
    ("TorchXRayVision", 2022): "One network for several sets of chest films; 20 % of NIH held out.",
}
"""What each published work did, in a line."""

SPLIT_MATTERS = (
    "**Mind the split: its choice alone moves the mean by about .03.** The same network reaches "
    "&#46;807 on the official split and .841 on a random split by patient (Guendel et al. 2018). "
    "A split by image also lets films of one patient into training and test."
)
SPLIT_HELP = (
    "Official: NIH's own lists, no patient in both. Random by patient or by image: drawn by the "
    "authors. Unpublished: the work does not say."
)
CHECKED_HELP = (
    "In the paper: read there. In the authors' repository: read there. Quoted: read only in "
    "another work that quotes it; where it gives all 14, they average to the quoted mean."
)
MEASURES_HELP = (
    "IoU: overlap of the predicted box and the radiologist's, over the area of both. IoBB: the "
    "same overlap over the predicted box alone. Pointing game: the map's strongest point lies in "
    "the box."
)
LOCALISATION_NOTE = (
    "Share of the radiologists' boxes that were found (984 boxes on 880 films of the official test "
    "list). Wang et al. count a box as found when any of their predicted boxes passes, at about .4 "
    "to 1.0 false positives a film. The location prior is one fixed map a finding, made from the "
    "boxes of all other patients: a heat map that does not beat it shows little. It was made "
    "from boxes, which a network trained on labels never saw."
)
OWN_NOTE = (
    "A CSV in UTF-8, a line a work: `work`, `year`, `split` and `mean` are needed, the other "
    "columns of the template are optional. AUROCs lie between 0 and 1; `split` is one of "
    "`official`, `random-patient`, `random-image`, `unpublished`. Your rows stay in this session's "
    "memory and are never written to disk."
)


def headline(works: pd.DataFrame, cards: dict[str, Card]) -> str:
    """The range of published means on the official split, and our best network."""
    published = works[(works["whose"] == "published") & (works["split"] == "official")]["mean"]
    words = (
        f"On the official split, {len(published)} published means run from "
        f"{decimal(published.min())} to {decimal(published.max())}"
    )
    measured = {n: c for n, c in cards.items() if c.figures.macro_auroc_14.value is not None}
    if not measured:
        return words
    best = max(measured.values(), key=lambda card: card.figures.macro_auroc_14.value or 0)
    macro = best.figures.macro_auroc_14
    return f"{words}; {network_title(best)} here: {with_interval(macro.value, macro.interval)}"


def not_a_race(cards: dict[str, Card], lists: pd.Series) -> str:
    """How much of the official lists our networks saw; lists: films by split."""
    said = [
        f"{network_title(card)}: trained on {card.data.train.n_films:,} of the official "
        f"{lists['train_val']:,} training films "
        f"({100 * card.data.train.n_films / lists['train_val']:.0f} %), tested on "
        f"{card.figures.n_films:,} of {lists['test']:,} test films "
        f"({card.figures.n_patients:,} patients), input {card.input_px} px.{_left_out(card)}"
        for card in cards.values()
    ]
    if any(card.figures.n_films < lists["test"] for card in cards.values()):
        said.insert(
            0,
            "**Not directly comparable:** published figures on the official split cover all "
            f"{lists['test']:,} test films, ours only the films in the starter set.",
        )
    return "\n- ".join(said)


def positives(cards: dict[str, Card], finding: str) -> str:
    """On how many positive films our AUROCs of a finding stand; "" for the mean."""
    if finding not in TITLES:
        return ""
    counts = [
        f"{network_title(card)} {card.figures.findings[finding].n_positive:,} of "
        f"{card.figures.n_films:,}"
        for card in cards.values()
    ]
    return f" Test films with {TITLES[finding]}: {', '.join(counts)}."


def _left_out(card: Card) -> str:
    """Findings that the mean of 14 could not take in, for want of positive films."""
    without = [TITLES[name] for name in card.figures.macro_auroc_14.without]
    return f" Its mean leaves out {', '.join(without)}: no positive film." if without else ""


def gaps(works: pd.DataFrame, cards: dict[str, Card]) -> str:
    """Where our best network is nearest to, and farthest from, the published median."""
    official = works[works["split"] == "official"].set_index("whose")
    n = int(official.loc[["published"], "Mass"].notna().sum())
    if not cards:
        return f"Finding by finding, {n} works on the official split"
    best = max(cards, key=lambda name: cards[name].figures.macro_auroc_14.value or 0)
    middle = official.loc[["published"], list(NAMES)].median()
    own = pd.Series(row_of(official[list(NAMES)], best), dtype=float)
    gap: pd.Series = (own - middle).dropna()
    if gap.empty:
        return f"Finding by finding, {n} works on the official split"
    near, far = highest(gap), lowest(gap)
    return (
        f"{network_title(cards[best])} is nearest to the median of {n} published works in "
        f"{TITLES[near]} ({_signed(gap[near])}), farthest in {TITLES[far]} ({_signed(gap[far])})"
    )


def _signed(value: float) -> str:
    return f"{'+' if value >= 0 else '−'}{decimal(abs(value))}"


def localisation_says(rows: pd.DataFrame, findings: tuple[str, ...]) -> str:
    """In how many findings the prior that reads no film does as well as the best network."""
    is_prior = rows["work"].str.startswith(PRIOR)
    if is_prior.all() or not is_prior.any():
        return "What published heat maps find of the radiologists' boxes"
    prior, best = rows.loc[is_prior, list(findings)].iloc[0], rows.loc[~is_prior, list(findings)]
    even = int((prior >= best.max()).sum())
    return (
        f"In {even} of {len(findings)} findings, a fixed map that reads no film finds as many "
        "boxes as the best published network here"
    )


def critics_of_the_data(read: int, ill: int, films: pd.DataFrame) -> str:
    """With sources; counts as `census.panel_on_no_finding`; films: the whole NIH table."""
    test = films[films["split"] == "test"]
    rarest = test[list(NAMES)].sum().astype(int)
    shares = census.prevalence_by_split(films)
    ratio = (shares["test"] / shares["train_val"]).max()
    return f"""\
- **The labels are text-mined.** NIH gives more than 90 % accuracy. A visual audit found the share
  of right positives 10 to 30 points lower for most findings, and judged the set unfit for training
  diagnostic systems (Oakden-Rayner, blog 2017; Acad Radiol 2020).
- **"No Finding" is not "normal"**, as NIH says itself. Of {read:,} such test films, a panel of
  radiologists found something on {ill:,}, {100 * ill / read:.0f} % (Majkowska et al., Radiology
  2020; counted here from the panel's file).
- **Rare findings.** Of {len(test):,} test films, {rarest.min()} carry {TITLES[lowest(rarest)]}
  (counted here from NIH's files): its AUROC is uncertain whatever the network.
- **The two official lists differ.** Prevalence in the test list is up to {ratio:.1f} times that of
  the training list (counted here), so calibration and average precision do not carry over.
"""


CRITICS_OF_SYSTEMS = """\
- **Shortcuts.** Networks learn the hospital, the view, chest drains (Zech et al. 2018; DeGrave et
  al. 2021; Oakden-Rayner's hidden stratification).
- **"Radiologist level"** of CheXNet is an F1 score for pneumonia on 420 films: .435 [.387, .481]
  against .387 [.330, .442] of four radiologists, who saw neither history nor earlier films
  (Rajpurkar et al. 2017). The intervals overlap.
- **Accuracy above 90 %** is what predicting nothing reaches: 92 to 95 % of the labels are negative.
- **Heat maps mislead.** Every method tested failed at least one check of Arun et al. 2021; Saporta
  et al. 2022 found all of them behind people, most so for small findings.
- **Pre-training on photographs** gives little on large sets, where small networks match a ResNet-50
  (Raghu et al. 2019).
"""
