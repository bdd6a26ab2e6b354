"""Augmentation of one slice: uint8 image and 0/1 mask, both (rows, cols), before CLAHE. Every step draws from `rng`."""

from dataclasses import dataclass

import cv2
import numpy as np

from metsight.head import find_brain, head_depth

Rng = np.random.Generator


@dataclass(frozen=True)
class Augmentation:
    """How far each change may go; a probability of 0 turns it off."""

    rotation_degrees: float = 20.0
    scale: tuple[float, float] = (0.8, 1.2)
    shift: float = 0.08
    flip_left_right: float = 0.5
    flip_up_down: float = 0.15
    quarter_turn: float = 0.1
    gamma: float = 0.3
    gain: float = 0.2
    bias_field: float = 0.3
    noise: float = 0.3
    blur: float = 0.15
    skull_strip: float = 0.2
    drawn_lesions: float = 0.3
    #: Share of samples bent elastically, by 2 to 8 pixels over a sixth to a quarter of the picture.
    elastic: float = 0.0
    #: Share of samples into which lesions of other training slices are set (`paste`).
    pasted_lesions: float = 0.0


def augment(image: np.ndarray, mask: np.ndarray, rng: Rng, how: Augmentation) -> tuple[np.ndarray, np.ndarray]:
    """A changed copy of the slice, of the same size and types."""
    if rng.random() < how.drawn_lesions:
        image, mask = draw_lesions(image, mask, rng)
    image, mask = warp(image, mask, rng, how)
    if rng.random() < how.skull_strip:
        image = strip_skull_like(image, mask, rng)
    return change_intensities(image, rng, how), mask


def warp(image: np.ndarray, mask: np.ndarray, rng: Rng, how: Augmentation) -> tuple[np.ndarray, np.ndarray]:
    """Rotation, scale, shift, bending and flips: the image bilinear, the mask nearest neighbour, outside 0."""
    rows, cols = mask.shape
    angle = rng.uniform(-1, 1) * how.rotation_degrees
    if rng.random() < how.quarter_turn:
        angle += 90 * rng.integers(1, 4)
    matrix = cv2.getRotationMatrix2D(((cols - 1) / 2, (rows - 1) / 2), angle, rng.uniform(*how.scale))
    matrix[:, 2] += rng.uniform(-1, 1, 2) * how.shift * (cols, rows)
    image = cv2.warpAffine(image, matrix, (cols, rows), flags=cv2.INTER_LINEAR)
    mask = cv2.warpAffine(mask, matrix, (cols, rows), flags=cv2.INTER_NEAREST)
    if how.elastic and rng.random() < how.elastic:
        image, mask = bend(image, mask, rng)
    if rng.random() < how.flip_left_right:
        image, mask = image[:, ::-1], mask[:, ::-1]
    if rng.random() < how.flip_up_down:
        image, mask = image[::-1], mask[::-1]
    return np.ascontiguousarray(image), np.ascontiguousarray(mask)


def bend(image: np.ndarray, mask: np.ndarray, rng: Rng) -> tuple[np.ndarray, np.ndarray]:
    """Moves each pixel along a smooth field (Simard et al., ICDAR 2003, with splines in place of a Gaussian)."""
    knots, reach = int(rng.integers(4, 7)), rng.uniform(2, 8)
    rows, cols = np.mgrid[: mask.shape[0], : mask.shape[1]].astype(np.float32)
    down = (rows + reach * smooth_field(mask.shape, rng, knots)).astype(np.float32)
    right = (cols + reach * smooth_field(mask.shape, rng, knots)).astype(np.float32)
    return (
        cv2.remap(image, right, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT),
        cv2.remap(mask, right, down, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT),
    )


def smooth_field(shape: tuple[int, int], rng: Rng, knots: int) -> np.ndarray:
    """(rows, cols) float32 in about [-1, 1] that varies over 1/knots of the picture."""
    return cv2.resize(rng.uniform(-1, 1, (knots, knots)).astype(np.float32), shape[::-1], interpolation=cv2.INTER_CUBIC)


def change_intensities(image: np.ndarray, rng: Rng, how: Augmentation) -> np.ndarray:
    """Gamma, gain, coil bias, blur and noise, inside the head only: air stays 0 as in the data."""
    inside = image > 0
    x = image.astype(np.float32) / 255
    x = x ** np.exp(rng.uniform(-1, 1) * how.gamma)
    x *= 1 + rng.uniform(-1, 1) * how.gain
    if rng.random() < how.bias_field:
        x *= 1 + rng.uniform(0.1, 0.4) * smooth_field(image.shape, rng, int(rng.integers(3, 5)))
    if rng.random() < how.blur:
        x = cv2.GaussianBlur(x, (0, 0), rng.uniform(0.4, 1.0))
    if rng.random() < how.noise:
        x += rng.normal(0, rng.uniform(0.005, 0.04), x.shape).astype(np.float32)
    return np.where(inside, np.clip(x * 255 + 0.5, 0, 255), 0).astype(np.uint8)


def strip_skull_like(image: np.ndarray, mask: np.ndarray, rng: Rng) -> np.ndarray:
    """Blanks a band along the head's outline, as brain extraction does; not where that would cut into a lesion."""
    kept = head_depth(image) > rng.uniform(8, 24)
    if mask.any() and (mask.astype(bool) & ~kept).sum() > 0.02 * mask.sum():
        return image
    return np.where(kept, image, 0).astype(np.uint8)


def draw_lesions(image: np.ndarray, mask: np.ndarray, rng: Rng) -> tuple[np.ndarray, np.ndarray]:
    """Draws one to four enhancing lesions of metastasis size: solid when small, often rings when large.

    Diameters 3 to 22 px (about 0.94 mm a pixel), log-normal about 7: the part of `metastasis-statistics` that a
    2-D slice of this resolution can show. Rims 2 to 5 px. Half are as bright as the brightest of the head (vessels,
    mucosa), half 1.3 to 2.6 times the tissue around: enhancement is often faint.
    """
    depth = head_depth(image)
    inner = np.argwhere(find_brain(image, depth).mask)
    if len(inner) == 0:
        return image, mask
    x, out = image.astype(np.float32), mask.copy()
    bright = float(np.percentile(image[depth > 0], 97))
    rows, cols = np.mgrid[: image.shape[0], : image.shape[1]].astype(np.float32)
    for _ in range(int(rng.choice([1, 2, 3, 4], p=[0.5, 0.25, 0.15, 0.1]))):
        radius = float(np.clip(np.exp(rng.normal(np.log(7), 0.5)), 3, 22)) / 2
        row, col = inner[rng.integers(len(inner))]
        if out[int(row), int(col)]:
            continue
        angle, flat = rng.uniform(0, np.pi), rng.uniform(0.75, 1.0)
        along = (cols - col) * np.cos(angle) + (rows - row) * np.sin(angle)
        across = -(cols - col) * np.sin(angle) + (rows - row) * np.cos(angle)
        wobble = 1 + 0.15 * smooth_field(image.shape, rng, 24)
        distance = np.hypot(along * np.sqrt(flat), across / np.sqrt(flat)) * wobble
        soft = np.clip(radius - distance + 0.5, 0, 1)
        around = float(x[int(row), int(col)])
        if rng.random() < 0.5:
            rim_value = min(255.0, max(bright, around + 40) * rng.uniform(0.8, 1.25))
        else:
            rim_value = min(255.0, around * rng.uniform(1.3, 2.6))
        if rim_value - around < 15:
            continue
        value = np.full_like(x, rim_value)
        if radius > 4 and rng.random() < 0.12 * radius:
            core = np.clip(radius - rng.uniform(2, 5) - distance + 0.5, 0, 1)
            value = value * (1 - core) + core * around * rng.uniform(0.3, 0.9)
        texture = 1 + 0.08 * smooth_field(image.shape, rng, 48)
        x = x * (1 - soft) + soft * value * texture
        out[soft >= 0.5] = 1
    return np.clip(x + 0.5, 0, 255).astype(np.uint8), out
