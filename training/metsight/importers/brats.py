"""BraTS-METS folders, `BraTS-MET-#####-###/BraTS-MET-#####-###-{t1c,t2f,seg}.nii.gz`, and gliomas named alike.

Slices come as the recipe takes them from a volume: turned to its frame, windowed over the whole volume, on its pixel
grid. The mask follows by nearest neighbour. A patient's time points (the last three digits) are one patient.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from metsight.importers.found_slice import FoundSlice, ImportFailure
from metsight.preprocess import INPUT_SIZE, SPACING_MM, Placement, cut_window, placement_of, to_plane, window_to_bytes

SUFFIXES = {"t1c": ("t1c", "t1ce"), "t2f": ("t2f", "flair"), "seg": ("seg",)}
#: BraTS 2023 and later: 1 necrosis, 2 oedema, 3 enhancing. Until 2021 enhancing was 4, which is a cavity since 2024.
CORE, WHOLE = (1, 3), (1, 2, 3)
TIME_POINT = re.compile(r"^(BraTS-[A-Z]+-\d+)-\d{3}$")


def read_brats(source: Path, sequence: str, labels: Sequence[int] | None) -> Iterator[FoundSlice]:
    """`sequence`: 't1c', lesion is the tumour core; or 't2f', lesion is all that is abnormal."""
    wanted = tuple(labels) if labels else {"t1c": CORE, "t2f": WHOLE}[sequence]
    for folder in sorted(path for path in [source, *source.rglob("*")] if path.is_dir()):
        image_path = _file(folder, sequence)
        if image_path is not None:
            yield from _read_case(folder, image_path, wanted, has_default_labels=not labels)


def _file(folder: Path, kind: str) -> Path | None:
    for suffix in SUFFIXES[kind]:
        for name in (f"{folder.name}-{suffix}", f"{folder.name}_{suffix}"):
            for path in (folder / f"{name}.nii.gz", folder / f"{name}.nii"):
                if path.exists():
                    return path
    return None


def _read_case(
    folder: Path, image_path: Path, wanted: tuple[int, ...], *, has_default_labels: bool
) -> Iterator[FoundSlice]:
    seg_path = _file(folder, "seg")
    if seg_path is None:
        raise ImportFailure(f"{folder}: has no segmentation, {folder.name}-seg.nii.gz.")
    (image, affine), (seg, seg_affine) = _volume(image_path), _volume(seg_path)
    if image.shape != seg.shape or not np.allclose(affine, seg_affine, atol=1e-3):
        raise ImportFailure(f"{folder}: image and segmentation do not lie on one grid.")
    unknown = sorted(set(np.unique(seg).tolist()) - {0, *WHOLE})
    if unknown and has_default_labels:
        raise ImportFailure(
            f"{seg_path}: holds labels {unknown} beside 1, 2 and 3. Say with --labels which are lesion."
        )
    patient = TIME_POINT.sub(r"\1", folder.name)
    as_bytes = window_to_bytes(image)
    placement = placement_of(as_bytes, affine)
    slices, lesion = placement.frame.to_slices(as_bytes), placement.frame.to_slices(np.isin(seg, wanted))
    for index in placement.slices:
        on_plane = to_plane(np.ascontiguousarray(slices[index]), placement.plane)
        mask = _nearest(lesion[index], placement)
        for n, (top, left) in enumerate(placement.windows):
            window = f"_w{n}" if len(placement.windows) > 1 else ""
            yield FoundSlice(
                f"{folder.name}_z{index:03d}{window}",
                patient,
                cut_window(on_plane, top, left, INPUT_SIZE),
                cut_window(mask, top, left, INPUT_SIZE),
                {"slice": str(index), "view": placement.frame.plane, "spacing_mm": str(SPACING_MM)},
            )


def _nearest(mask: np.ndarray, placement: Placement) -> np.ndarray:
    """A slice's mask on the plane: each pixel takes the voxel its centre lies in."""
    rows, cols = (
        np.floor((np.arange(target) + 0.5) * source / target).astype(int)
        for source, target in zip(mask.shape, placement.plane, strict=True)
    )
    return mask[np.ix_(rows, cols)]


def _volume(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """(ni, nj, nk) float32 and the affine to RAS millimetres."""
    try:
        import nibabel
    except ImportError as error:
        raise ImportFailure("NIfTI files need nibabel: pip install 'training[import]'") from error
    try:
        image = nibabel.load(path)
        values = image.get_fdata(dtype=np.float32)
    except (OSError, EOFError, ValueError, nibabel.filebasedimages.ImageFileError) as error:
        raise ImportFailure(f"{path} is not a NIfTI volume: {error}") from error
    if values.ndim != 3:
        raise ImportFailure(f"{path}: must be one volume; received {values.shape}.")
    return values, image.affine
