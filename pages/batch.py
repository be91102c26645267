"""Read many films: upload files and ZIP archives, see all readings in a table, save them."""

import streamlit as st

from ui.batch import files as batch_files
from ui.batch import film as batch_film
from ui.batch import reading
from ui.batch import table as batch_table
from ui.batch.reading import Entry, Upload
from ui.reading.text import what_the_numbers_are
from ui.shared.downloads import save
from ui.shared.frame import frame, one_sentence

SAMPLES, STOPPED = "many-samples", "many-stopped"


def main() -> None:
    """Draw the page."""
    frame("batch")
    uploads = choose()
    if not uploads:
        st.info(
            "Nothing to read yet: give films above, or let the networks read our samples.",
            icon=":material/radiology:",
        )
        return
    with one_sentence():
        entries = read(uploads)
    if entries:
        report(entries, uploads)


def choose() -> list[Upload]:
    """Uploaded files, and the samples where they were asked for."""
    with st.container(border=True):
        left, right = st.columns([8, 5], vertical_alignment="center")
        files = left.file_uploader(
            "Films (PNG, JPEG, DICOM), and ZIP archives of films",
            accept_multiple_files=True,
            max_upload_size=reading.MAX_BYTES // 2**20,
            on_change=go_on,
            help="The content decides, not the file's name; nothing is written to disk.",
        )
        with right:
            taken = st.session_state.get(SAMPLES, False)
            st.button(
                "Put our samples away" if taken else "Try it with our 40 sample films",
                key="take-samples",  # one button: with two, the old one stays while films are read
                icon=":material/close:" if taken else ":material/play_arrow:",
                type="secondary" if taken else "primary",
                on_click=take_samples,
                args=(not taken,),
            )
            st.caption(
                f"Up to {reading.MAX_FILMS} films and {reading.MAX_BYTES // 2**30} GB at once. "
                "Files stay in memory until you remove them or close this page."
            )
    if sum(file.size for file in files) > reading.MAX_BYTES:
        st.error("These files have more than 1 GB together: remove some.", icon=":material/error:")
        files = []
    samples = [reading.samples()] if st.session_state.get(SAMPLES) else []
    return samples + reading.uploaded(files)


def take_samples(taken: bool) -> None:
    """Read the samples as well, or forget them."""
    st.session_state[SAMPLES] = taken
    go_on()


def stop() -> None:
    """Read no further for now."""
    st.session_state[STOPPED] = True


def go_on() -> None:
    """Read on."""
    st.session_state[STOPPED] = False


def read(uploads: list[Upload]) -> list[Entry]:
    """All entries in the order of the uploads, after reading what is new."""
    networks, problems = reading.networks()
    for problem in problems:
        st.warning(problem, icon=":material/warning:")
    if not networks:
        return []
    piles = reading.piles(uploads, networks)
    total = min(reading.total(piles), reading.MAX_FILMS)
    if reading.unread(piles) and not st.session_state.get(STOPPED):
        place = st.empty()
        with place.container(horizontal=True, vertical_alignment="center"):
            bar = st.progress(0.0, width="stretch")
            st.button("Stop", icon=":material/stop:", on_click=stop)
            for _ in reading.read(uploads, piles, networks):
                done = total - reading.unread(piles)
                bar.progress(done / total, f"Reading: {done + 1} of {total}")
        place.empty()
    if left := reading.unread(piles):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.info(f"Stopped: {total - left} of {total} read.", icon=":material/pause:")
            st.button("Go on", icon=":material/play_arrow:", on_click=go_on)
    if reading.total(piles) > total:
        st.info(
            f"Only the first {total} of {reading.total(piles):,} films are read: remove some files "
            "to read the others."
        )
    return [entry for pile in piles.values() for entry in pile.entries]


def report(entries: list[Entry], uploads: list[Upload]) -> None:
    """Summary, table, the chosen film, the download."""
    opinions = list(next((e.opinions for e in entries if e.opinions), ()))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"#### {batch_table.summary(entries)}", width="content")
        save(
            "Download all readings (ZIP)",
            "readings.zip",
            lambda: batch_files.as_zip(entries, [opinion.card for opinion in opinions]),
            "application/zip",
        )
    kept, finding = batch_table.choose(entries)
    if not kept:
        st.info("No film passes these filters.")
        return
    passing = [entries[number] for number in kept]
    chosen = passing[batch_table.show(passing, finding)]
    if opinions:
        st.caption(f"{len(kept)} of {len(entries)} files. {batch_table.how_to_read(opinions)}")
        st.caption(what_the_numbers_are(opinions))
    batch_film.show(chosen, finding, batch_film.from_samples(chosen, uploads))


main()
