"""What is known of the data sets that weights may be trained on: manifests and model cards say it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DataSet:
    """`shows`: the lesions, for the sentence on what a network was trained on; '' where there are none."""

    name: str
    about: str
    licence: str
    shows: str
    is_non_commercial: bool = False


KNOWN = (
    DataSet(
        name="t1ce-primary",
        about="T1 contrast-enhanced slices of meningioma, glioma and pituitary tumour, axial, coronal and sagittal "
        "(Cheng, figshare 10.6084/m9.figshare.1512427; Cheng et al., PLoS ONE 2015)",
        licence="CC BY 4.0",
        shows="meningioma, glioma and pituitary tumour",
    ),
    DataSet(
        name="t1ce-glioma",
        about="T1 contrast-enhanced slices of BraTS gliomas, skull-stripped; mask: enhancing and necrotic core",
        licence="BraTS terms of use; six of its patients CC BY-NC-SA 3.0",
        shows="glioma",
        is_non_commercial=True,
    ),
    DataSet(
        name="t1post-negative",
        about="T1 post-contrast slices of TCGA-LGG patients without tumour, chosen by Buda's masks",
        licence="CC BY 3.0",
        shows="",
    ),
    DataSet(
        name="t1post-ms-negative",
        about="T1 post-contrast slices of multiple-sclerosis patients, skull-stripped, without tumour "
        "(open_ms_data; Lesjak et al., 2017)",
        licence="CC BY",
        shows="",
    ),
    DataSet(
        name="flair-lgg",
        about="FLAIR slices of low-grade glioma (LGG Segmentation Dataset; Buda 2019, Mazurowski 2017; TCGA-LGG)",
        licence="CC BY-NC-SA 4.0",
        shows="low-grade glioma",
        is_non_commercial=True,
    ),
    DataSet(
        name="flair-glioma",
        about="FLAIR slices of BraTS gliomas, skull-stripped; mask: the whole abnormality",
        licence="BraTS terms of use; six of its patients CC BY-NC-SA 3.0",
        shows="glioma",
        is_non_commercial=True,
    ),
)

RESEARCH_ONLY = "Research use only: not a medical device, not for diagnosis or treatment."


def data_set(name: str) -> DataSet:
    """A known data set, or one of the user's own, of which nothing is claimed."""
    for known in KNOWN:
        if known.name == name:
            return known
    return DataSet(name, about="a data set of whoever trained these weights", licence="not stated", shows=name)


def trained_on(names: tuple[str, ...], sequence: str) -> str:
    """One sentence: "T1-CE slices of …, and tumour-free slices. No metastasis was among them."."""
    sets = [data_set(name) for name in names]
    shown = list(dict.fromkeys(s.shows for s in sets if s.shows))
    # "glioma" is already said where it stands beside others.
    shown = [lesion for lesion in shown if not any(lesion != other and lesion in other for other in shown)]
    free = ", and tumour-free slices" if any(not s.shows for s in sets) else ""
    sentence = f"{'T1-CE' if sequence == 't1ce' else 'FLAIR'} slices of {'; '.join(shown)}{free}."
    return f"{sentence} No metastasis was among them." if _are_all_known(names) else sentence


def notice(names: tuple[str, ...]) -> str:
    sentences = [RESEARCH_ONLY]
    if _are_all_known(names):
        sentences.append("These weights were trained on primary tumours, NOT on metastases.")
    limited = [name for name in names if data_set(name).is_non_commercial]
    if limited:
        sentences.append(f"Non-commercial use only: {' and '.join(limited)} is in part or whole under such terms.")
    return " ".join(sentences)


def _are_all_known(names: tuple[str, ...]) -> bool:
    return all(any(known.name == name for known in KNOWN) for name in names)
