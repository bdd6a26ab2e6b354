"""The recipe: a slice of any depth and size → the network's input. Mirrors `src/preprocess` name for name.

Both languages give the same bytes, which `training/golden/recipe` holds them to. So every step is either integer or
float64 arithmetic in a stated order, or OpenCV's own CLAHE, which is equal in cv2 5.0 and OpenCV.js 5.0.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from metsight.slice_frame import SliceFrame, slice_frame_of, spacing_of

INPUT_SIZE = 256
WINDOW_PERCENTILES = (0.5, 99.5)
SPACING_MM = 0.94
AIR_BELOW = 24
MARGIN_PX = 4
OVERLAP_PX = 32
CLAHE_CLIP_LIMIT = 2.0
CLAHE_TILES = (8, 8)

#: The recipe as a manifest states it.
RECIPE = {
    "inputSize": [INPUT_SIZE, INPUT_SIZE],
    "intensity": {
        "kind": "percentile",
        "low": WINDOW_PERCENTILES[0],
        "high": WINDOW_PERCENTILES[1],
        "over": "non-zero",
    },
    "grid": {
        "kind": "physical",
        "spacingMm": SPACING_MM,
        "withoutSpacing": "longer-side",
        "interpolation": "triangle",
        "padding": "zero",
        "placement": "centre",
        "airBelow": AIR_BELOW,
        "marginPx": MARGIN_PX,
        "overlapPx": OVERLAP_PX,
    },
    "clahe": {"clipLimit": CLAHE_CLIP_LIMIT, "tiles": list(CLAHE_TILES)},
}


def order_statistic(values: np.ndarray, percent: float) -> float:
    """The floor(percent/100 · (n − 1))-th smallest of `values`: a value that occurs, so equal in both languages."""
    k = int(np.floor(percent / 100 * (values.size - 1)))
    return float(np.partition(values.ravel(), k)[k])


def window_to_bytes(intensities: np.ndarray, percentiles: tuple[float, float] = WINDOW_PERCENTILES) -> np.ndarray:
    """Step 1 for images deeper than 8 bit: linear window between two percentiles of the finite non-zero voxels.

    Any shape, any real type → uint8 of the same shape. NaN and infinities become 0. A volume without two different
    values in the window becomes 0 up to the low value and 255 above.
    """
    values = np.asarray(intensities, np.float32)
    finite = np.isfinite(values)
    counted = values[finite & (values != 0)]
    if counted.size == 0:
        return np.zeros(values.shape, np.uint8)
    low, high = (order_statistic(counted, p) for p in percentiles)
    filled = np.where(finite, values, 0).astype(np.float64)
    if high <= low:
        return np.where(finite & (filled > low), 255, 0).astype(np.uint8)
    scaled = np.floor((filled - low) / (high - low) * 255 + 0.5)
    return np.where(finite, np.clip(scaled, 0, 255), 0).astype(np.uint8)


def resample_weights(source: int, target: int) -> list[list[tuple[int, float]]]:
    """For each target pixel the (source index, weight) pairs of a triangle filter.

    Half-pixel centres; the triangle is one pixel of the coarser grid to each side, so enlarging is bilinear and
    reducing is anti-aliased (as Pillow's BILINEAR). Weights are divided by their sum, taken in rising index order.
    """
    scale = source / target
    support = max(scale, 1.0)
    rows = []
    for t in range(target):
        centre = (t + 0.5) * scale
        first = max(0, int(np.floor(centre - support)))
        last = min(source - 1, int(np.ceil(centre + support)) - 1)
        raw = [(i, max(0.0, 1.0 - abs((i + 0.5 - centre) / support))) for i in range(first, last + 1)]
        total = 0.0
        for _, w in raw:
            total += w
        rows.append([(i, w / total) for i, w in raw if w > 0])
    return rows


def _resample_axis0(values: np.ndarray, target: int) -> np.ndarray:
    weights = resample_weights(values.shape[0], target)
    longest = max(len(row) for row in weights)
    out = np.zeros((target, *values.shape[1:]), np.float64)
    for tap in range(longest):
        index = np.array([row[tap][0] if tap < len(row) else 0 for row in weights])
        weight = np.array([row[tap][1] if tap < len(row) else 0.0 for row in weights])
        out += weight.reshape(-1, *[1] * (values.ndim - 1)) * values[index]
    return out


def resample(values: np.ndarray, rows: int, cols: int) -> np.ndarray:
    """(rows, cols) of any real type → float64 of the asked size: along columns first, then along rows."""
    across = _resample_axis0(values.astype(np.float64).T, cols).T
    return _resample_axis0(across, rows)


def fit_size(rows: int, cols: int, size: int) -> tuple[int, int]:
    """The size at which the longer side is `size`; the shorter is rounded half up and at least 1."""
    longer = max(rows, cols)
    return max(1, int(np.floor(rows * size / longer + 0.5))), max(1, int(np.floor(cols * size / longer + 0.5)))


def place(image: np.ndarray, size: int = INPUT_SIZE) -> np.ndarray:
    """Step 2 without spacing: longer side to `size`, centred (the odd pixel goes after), zero-padded. uint8 → uint8."""
    rows, cols = fit_size(*image.shape, size)
    fitted = image if image.shape == (rows, cols) else np.floor(resample(image, rows, cols) + 0.5).astype(np.uint8)
    out = np.zeros((size, size), np.uint8)
    top, left = (size - rows) // 2, (size - cols) // 2
    out[top : top + rows, left : left + cols] = fitted
    return out


def equalize(image: np.ndarray) -> np.ndarray:
    """Step 3: contrast-limited adaptive histogram equalisation. (rows, cols) uint8 → the same."""
    return cv2.createCLAHE(CLAHE_CLIP_LIMIT, CLAHE_TILES).apply(image)


def preprocess(image: np.ndarray) -> np.ndarray:
    """One slice without spacing → (256, 256) float32 in [0, 1]. uint8 passes step 1 unchanged."""
    as_bytes = image if image.dtype == np.uint8 else window_to_bytes(image)
    return equalize(place(as_bytes)).astype(np.float32) / np.float32(255)


@dataclass(frozen=True)
class Placement:
    """Where a volume's pictures came from: all that `postprocess.restore_volume` needs to undo it."""

    dims: tuple[int, int, int]
    frame: SliceFrame
    #: Rows and columns of a slice on the network's pixel grid, before it is cut into windows.
    plane: tuple[int, int]
    #: (top, left) of the windows on that plane, the same for every slice; negative where there is padding.
    windows: tuple[tuple[int, int], ...]
    #: Which slices, in the frame's order, have pictures; the others are air.
    slices: tuple[int, ...]


def window_starts(first: int, end: int, size: int, margin: int, overlap: int) -> list[int]:
    """Along one axis of the plane: one window with the content, first to end − 1, in its middle if that and its margin
    fit, else as few as keep the overlap, evenly spread from margin to margin."""
    extent = end - first + 2 * margin
    if extent <= size:
        return [first - (size - (end - first)) // 2]
    count = int(np.ceil((extent - overlap) / (size - overlap)))
    return [first - margin + int(np.floor(n * (extent - size) / (count - 1) + 0.5)) for n in range(count)]


def placement_of(as_bytes: np.ndarray, affine: np.ndarray | None, recipe: dict = RECIPE) -> Placement:
    """Step 2: (ni, nj, nk) uint8, after step 1 → where its slices come to lie in the network's pictures.

    With an affine: the slice plane at the recipe's millimetres a pixel, windows around its content, which is the box,
    over the whole volume, around every voxel of at least `airBelow`. Without: the longer side to the input's size.
    """
    grid, size = recipe["grid"], recipe["inputSize"][0]
    frame = slice_frame_of(as_bytes.shape, affine)
    slices = frame.to_slices(as_bytes)
    count, rows, cols = slices.shape
    if affine is None:
        plane = fit_size(rows, cols, size)
        window = tuple(-((size - side) // 2) for side in plane)
        return Placement(as_bytes.shape, frame, plane, (window,), tuple(range(count)))

    spacing = spacing_of(affine)
    voxels = {"rows": (1, rows, spacing[frame.axes[1]]), "cols": (2, cols, spacing[frame.axes[0]])}
    plane = tuple(max(1, int(np.floor(n * mm / grid["spacingMm"] + 0.5))) for _, n, mm in voxels.values())
    held = slices >= grid["airBelow"]
    holding = tuple(int(index) for index in np.flatnonzero(held.any((1, 2))))
    if not holding:
        return Placement(as_bytes.shape, frame, plane, (), ())

    starts = []
    for (axis, n, _), pixels in zip(voxels.values(), plane, strict=True):
        indices = np.flatnonzero(held.any(tuple({0, 1, 2} - {axis})))
        first, end = int(indices[0]) * pixels // n, -(-(int(indices[-1]) + 1) * pixels // n)
        starts.append(window_starts(first, end, size, grid["marginPx"], grid["overlapPx"]))
    windows = tuple((top, left) for top in starts[0] for left in starts[1])
    return Placement(as_bytes.shape, frame, plane, windows, holding)


def to_plane(image: np.ndarray, plane: tuple[int, int]) -> np.ndarray:
    """A slice on the network's pixel grid, rounded half up. uint8 → uint8."""
    return image if image.shape == plane else np.floor(resample(image, *plane) + 0.5).astype(np.uint8)


def cut_window(image: np.ndarray, top: int, left: int, size: int) -> np.ndarray:
    """What of the plane lies in a window: (size, size), zero where the plane does not reach."""
    window = np.zeros((size, size), image.dtype)
    rows, cols = slice(max(0, top), max(0, top + size)), slice(max(0, left), max(0, left + size))
    inside = image[rows, cols]
    row, col = max(0, -top), max(0, -left)
    window[row : row + inside.shape[0], col : col + inside.shape[1]] = inside
    return window


def preprocess_volume(
    values: np.ndarray, affine: np.ndarray | None, recipe: dict = RECIPE
) -> tuple[np.ndarray, Placement]:
    """(ni, nj, nk), any real type, and its affine → pictures (n, 256, 256) float32 in [0, 1], slice by slice, within a
    slice in the order of the placement's windows. A volume that is all air has none."""
    as_bytes = window_to_bytes(values, (recipe["intensity"]["low"], recipe["intensity"]["high"]))
    placement = placement_of(as_bytes, affine, recipe)
    slices, size = placement.frame.to_slices(as_bytes), recipe["inputSize"][0]
    pictures = np.zeros((len(placement.slices) * len(placement.windows), size, size), np.float32)
    n = 0
    for index in placement.slices:
        on_plane = to_plane(np.ascontiguousarray(slices[index]), placement.plane)
        for top, left in placement.windows:
            pictures[n] = equalize(cut_window(on_plane, top, left, size)).astype(np.float32) / np.float32(255)
            n += 1
    return pictures, placement
