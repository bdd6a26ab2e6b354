"""Drawn heads: slices without any patient, for goldens and tests."""

import cv2
import numpy as np

from metsight.augment import smooth_field

SIZE = 256


def draw_head(seed: int, *, lesion_radii: tuple[float, ...] = ()) -> tuple[np.ndarray, np.ndarray]:
    """A slice that looks roughly like T1-CE, and the mask of its lesions: (256, 256) uint8 and 0/1 uint8.

    Scalp, skull, brain with two grey levels and ventricles; lesions bright, the larger ones rings. The same seed always
    draws the same head.
    """
    rng = np.random.default_rng(seed)
    rows, cols = np.mgrid[:SIZE, :SIZE].astype(np.float32)
    centre_row, centre_col = 128 + rng.uniform(-6, 6), 128 + rng.uniform(-6, 6)
    across, along = rng.uniform(82, 92), rng.uniform(98, 110)
    from_centre = np.hypot((cols - centre_col) / across, (rows - centre_row) / along)

    picture = np.zeros((SIZE, SIZE), np.float32)
    for edge, grey in ((1.0, 150), (0.94, 25), (0.86, 55), (0.84, 95)):
        picture = np.where(from_centre < edge, np.float32(grey), picture)
    folds = smooth_field((SIZE, SIZE), rng, 22)
    picture = np.where((from_centre < 0.84) & (folds > 0.1 + 0.9 * (0.7 - from_centre)), picture - 22, picture)
    for side in (-1, 1):
        ventricle = np.hypot((cols - centre_col - side * 11) / 8, (rows - centre_row + 6) / 26) < 1
        picture = np.where(ventricle, np.float32(35), picture)

    mask = np.zeros((SIZE, SIZE), np.uint8)
    for radius in lesion_radii:
        turn, out = rng.uniform(0, 2 * np.pi), rng.uniform(0.35, 0.62)
        row, col = centre_row + out * along * np.sin(turn), centre_col + out * across * np.cos(turn)
        distance = np.hypot(rows - row, cols - col) * (1 + 0.12 * smooth_field((SIZE, SIZE), rng, 16))
        picture = np.where(distance < radius, np.float32(200), picture)
        if radius > 7:
            picture = np.where(distance < radius - 4, np.float32(60), picture)
        mask[distance < radius] = 1

    picture = cv2.GaussianBlur(picture, (0, 0), 0.9)
    picture += 3 * rng.standard_normal(picture.shape, np.float32) * (from_centre < 1.02)
    return np.clip(picture + 0.5, 0, 255).astype(np.uint8), mask
