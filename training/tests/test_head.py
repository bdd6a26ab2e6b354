"""Where the brain is: drawn heads, and the real sets where they are at hand."""

import cv2
import numpy as np
import pytest

from metsight.data import read_index
from metsight.head import find_brain, head_depth
from metsight.phantom import draw_head
from metsight.samples import load


@pytest.fixture(scope="module")
def head():
    return draw_head(8)[0]


def cut_out(head: np.ndarray) -> np.ndarray:
    """The drawn brain without scalp and skull: within 0.84 of the head's half axes."""
    depth = head_depth(head)
    return np.where(depth > 20, head, 0).astype(np.uint8)


def test_inside_the_skull_of_a_drawn_head(head):
    depth = head_depth(head)
    brain = find_brain(head, depth)
    assert brain.is_sure
    assert not (brain.mask & (depth <= 16)).any()
    assert brain.mask.sum() > 0.5 * (depth > 0).sum()


def test_a_brain_that_was_cut_out_is_brain_up_to_its_rim(head):
    alone = cut_out(head)
    brain = find_brain(alone, head_depth(alone))
    assert brain.is_sure
    assert brain.mask.sum() > 0.85 * (alone > 0).sum()


def test_a_face_is_not_taken_for_brain(head):
    """Air cavities and fat all over the head, as in a slice through the sinuses."""
    rng = np.random.default_rng(4)
    face = head.copy()
    for _ in range(60):
        centre = tuple(int(at) for at in rng.integers(50, 206, 2))
        cv2.circle(face, centre, int(rng.integers(6, 14)), int(rng.choice([5, 230])), cv2.FILLED)
    brain = find_brain(face, head_depth(face))
    assert not brain.is_sure
    assert brain.mask.sum() < 0.2 * (head_depth(face) > 0).sum()


def test_in_an_empty_picture_there_is_none():
    empty = np.zeros((256, 256), np.uint8)
    assert not find_brain(empty, head_depth(empty)).mask.any()


def test_the_skull_stripped_sets_are_all_brain(real_data):
    for name, stripped in (("t1post-ms-negative", True), ("t1ce-glioma", True), ("t1post-negative", False)):
        images, _ = load(read_index(real_data / name, ["train"])[::20])
        shares = []
        for image in images:
            depth = head_depth(image)
            brain = find_brain(image, depth)
            shares.append(brain.is_sure and brain.mask.sum() > 0.6 * (depth > 0).sum())
        assert (np.mean(shares) > 0.8) == stripped
