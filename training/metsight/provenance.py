"""What is known of the data sets that weights may be trained on: manifests and model cards say it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class DataSet:
    """`shows`: the lesions, for the sentence on what a network was trained on; '' where there are none.

    `spacing_mm`: millimetres a pixel of its 256×256 slices, None where it differs or is not known.
    """

    name: str
    about: str
    licence: str
    shows: str
    is_non_commercial: bool = False
    citation: str = ""
    spacing_mm: float | None = None


BRATS = (
    "B. H. Menze et al., The multimodal brain tumor image segmentation benchmark (BRATS), IEEE TMI 34(10), 2015; "
    "U. Baid et al., arXiv:2107.02314, 2021"
)
TCGA_LGG = (
    "N. Pedano et al., The Cancer Genome Atlas Low Grade Glioma Collection (TCGA-LGG), The Cancer Imaging Archive, 2016"
)

KNOWN = (
    DataSet(
        name="t1ce-primary",
        about="T1 contrast-enhanced slices of meningioma, glioma and pituitary tumour, axial, coronal and sagittal "
        "(Cheng, figshare 10.6084/m9.figshare.1512427; Cheng et al., PLoS ONE 2015)",
        licence="CC BY 4.0",
        shows="meningioma, glioma and pituitary tumour",
        citation="J. Cheng et al., Enhanced performance of brain tumor classification via tumor region augmentation "
        "and partition, PLoS ONE 10(10):e0140381, 2015",
        spacing_mm=0.98,
    ),
    DataSet(
        name="t1ce-glioma",
        about="T1 contrast-enhanced slices of BraTS gliomas, skull-stripped; mask: enhancing and necrotic core",
        licence="BraTS terms of use; six of its patients CC BY-NC-SA 3.0",
        shows="glioma",
        is_non_commercial=True,
        citation=BRATS,
        spacing_mm=1.0,
    ),
    DataSet(
        name="t1post-negative",
        about="T1 post-contrast slices of TCGA-LGG patients without tumour, chosen by Buda's masks",
        licence="CC BY 3.0",
        shows="",
        citation=TCGA_LGG,
    ),
    DataSet(
        name="t1post-ms-negative",
        about="T1 post-contrast slices of multiple-sclerosis patients, skull-stripped, without tumour "
        "(open_ms_data; Lesjak et al., 2017)",
        licence="CC BY",
        shows="",
        citation="Z. Lesjak et al., A novel public MR image dataset of multiple sclerosis patients with lesion "
        "segmentations based on multi-rater consensus, Neuroinformatics 16, 2018",
    ),
    DataSet(
        name="flair-lgg",
        about="FLAIR slices of low-grade glioma (LGG Segmentation Dataset; Buda 2019, Mazurowski 2017; TCGA-LGG)",
        licence="CC BY-NC-SA 4.0",
        shows="low-grade glioma",
        is_non_commercial=True,
        citation=f"M. Buda et al., Association of genomic subtypes of lower-grade gliomas with shape features "
        f"automatically extracted by a deep learning algorithm, Comput. Biol. Med. 109, 2019; {TCGA_LGG}",
    ),
    DataSet(
        name="flair-glioma",
        about="FLAIR slices of BraTS gliomas, skull-stripped; mask: the whole abnormality",
        licence="BraTS terms of use; six of its patients CC BY-NC-SA 3.0",
        shows="glioma",
        is_non_commercial=True,
        citation=BRATS,
        spacing_mm=1.0,
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
    return f"{sentence} No metastasis was among them." if hold_no_metastasis(names) else sentence


def notice(names: tuple[str, ...]) -> str:
    sentences = [RESEARCH_ONLY]
    if hold_no_metastasis(names):
        sentences.append("These weights were trained on primary tumours, NOT on metastases.")
    limited = [name for name in names if data_set(name).is_non_commercial]
    if limited:
        verb = "is" if len(limited) == 1 else "are"
        sentences.append(f"Non-commercial use only: {' and '.join(limited)} {verb} in part or whole under such terms.")
    return " ".join(sentences)


def is_known(name: str) -> bool:
    return any(known.name == name for known in KNOWN)


def hold_no_metastasis(names: Iterable[str]) -> bool:
    """True of the known sets; of anyone's own it is not said."""
    return all(is_known(name) for name in names)
