import dataclasses

import cv2
import numpy as np
import pytest

from metsight.augment import Augmentation, augment, draw_lesions, strip_skull_like, warp
from metsight.config import Config, Source, Stage
from metsight.paste import paste_lesions
from metsight.phantom import draw_head
from metsight.samples import TrainingSamples, view

NONE = Augmentation(
    rotation_degrees=0, scale=(1, 1), shift=0, flip_left_right=0, flip_up_down=0, quarter_turn=0, gamma=0, gain=0,
    bias_field=0, noise=0, blur=0, skull_strip=0, drawn_lesions=0, elastic=0, pasted_lesions=0,
)  # fmt: skip


@pytest.fixture(scope="module")
def head():
    return draw_head(7, lesion_radii=(14.0, 5.0))


def test_with_every_range_zero_nothing_changes(head):
    image, mask = augment(*head, np.random.default_rng(1), NONE)
    assert np.array_equal(image, head[0])
    assert np.array_equal(mask, head[1])


@pytest.mark.parametrize(
    "how",
    [
        {"flip_left_right": 1.0}, {"flip_up_down": 1.0}, {"quarter_turn": 1.0}, {"rotation_degrees": 20.0},
        {"scale": (0.8, 1.2)}, {"shift": 0.08}, {"elastic": 1.0},
    ],
    ids=str,
)  # fmt: skip
def test_image_and_mask_move_together(head, how):
    """The image is the mask itself, drawn bright: after the move they still cover the same pixels."""
    _, mask = head
    rng = np.random.default_rng(3)
    image, moved = warp(200 * mask, mask, rng, dataclasses.replace(NONE, **how))
    assert moved.any()
    assert not np.array_equal(moved, mask)
    overlap = np.count_nonzero((image >= 100) & (moved > 0))
    assert 2 * overlap / (np.count_nonzero(image >= 100) + moved.sum()) > 0.93


def test_a_flip_is_exact(head):
    image, mask = warp(*head, np.random.default_rng(1), dataclasses.replace(NONE, flip_left_right=1.0))
    assert np.array_equal(image, head[0][:, ::-1])
    assert np.array_equal(mask, head[1][:, ::-1])


def test_types_and_size_stay_and_air_stays_black(head):
    for seed in range(12):
        image, mask = augment(*head, np.random.default_rng(seed), Augmentation(noise=1.0, bias_field=1.0, blur=1.0))
        assert image.dtype == mask.dtype == np.uint8
        assert image.shape == mask.shape == (256, 256)
        assert mask.max() <= 1
    still = dataclasses.replace(NONE, noise=1.0, gain=0.2)
    assert not augment(*head, np.random.default_rng(0), still)[0][head[0] == 0].any()


def test_drawn_lesions_are_bright_in_the_image_and_set_in_the_mask():
    image, mask = draw_head(8)
    drawn, with_lesions = draw_lesions(image, mask, np.random.default_rng(2))
    assert with_lesions.any()
    added = with_lesions > 0
    assert np.percentile(drawn[added], 75) > image[added].mean() + 25
    assert not mask.any(), "the given mask is left as it was"


def test_pasted_lesions_are_bright_where_the_mask_says_so(head):
    image, mask = draw_head(8)
    before = image.copy()
    set_in = 0
    for seed in range(10):
        pasted, with_lesion = paste_lesions(image, mask, [head, head], np.random.default_rng(seed))
        added = with_lesion > 0
        set_in += added.any()
        assert pasted.dtype == with_lesion.dtype == np.uint8
        assert not added.any() or pasted[added].mean() > image[added].mean() + 8
        far = cv2.dilate(with_lesion, np.ones((9, 9), np.uint8)) == 0
        assert np.array_equal(pasted[far], image[far])
    assert set_in >= 8
    assert np.array_equal(image, before)
    assert not mask.any(), "the given mask is left as it was"


def test_pasted_lesions_keep_clear_of_those_there(head):
    image, mask = draw_head(8)
    mask[:, :140] = 1  # half of the head: where a lesion lands at random, it would often be here
    for seed in range(10):
        pasted, with_lesion = paste_lesions(image, mask, [head], np.random.default_rng(seed))
        # The soft edge of one beside them may reach over.
        assert np.abs(pasted[mask > 0].astype(int) - image[mask > 0]).max() <= 30
        assert np.array_equal(with_lesion[mask > 0], mask[mask > 0])


def test_a_donor_without_an_enhancing_lesion_gives_none(head):
    image, mask = head
    target = draw_head(8)
    for donor in ((image, np.zeros_like(mask)), (np.where(mask > 0, 10, image).astype(np.uint8), mask)):
        assert not paste_lesions(*target, [donor], np.random.default_rng(1))[1].any()


def test_stripping_the_skull_never_cuts_into_a_lesion(head):
    image, mask = head
    for seed in range(10):
        stripped = strip_skull_like(image, mask, np.random.default_rng(seed))
        lost = (stripped == 0) & (image > 0) & (mask > 0)
        assert lost.sum() <= 0.02 * mask.sum()


@pytest.fixture(scope="module")
def samples(data):
    stages = (Stage(size=128, batch=2, steps=1, lr=1e-3, crop_share=0.5), Stage(size=256, batch=2, steps=1, lr=1e-3))
    sources = (Source("heads", 0.6), Source("free", 0.4))
    return TrainingSamples(Config("attention-unet", "t1ce", sources, stages, ("heads",)), data)


def test_a_sample_depends_on_its_index_alone(samples):
    stage = samples.config.stages[1]
    first = samples.sample(stage, 11)
    samples.sample(stage, 12)
    again = samples.sample(stage, 11)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], samples.sample(stage, 12)[0])


def test_samples_with_pasted_lesions_depend_on_their_index_alone_too(samples, data):
    pasting = dataclasses.replace(samples.config, augmentation=Augmentation(pasted_lesions=1.0, elastic=1.0))
    drawn = [TrainingSamples(pasting, data).sample(pasting.stages[1], 5) for _ in range(2)]
    assert all(np.array_equal(a, b) for a, b in zip(*drawn, strict=True))


def test_two_processes_together_draw_the_samples_of_one(samples):
    stage = samples.config.stages[0]
    alone = [samples.sample(stage, index)[0] for index in range(4)]
    for rank in (0, 1):
        images, _ = samples.batch(stage, rank, stride=2)
        for n in range(2):
            assert np.array_equal((images[n, 0].numpy() * 255).round(), alone[rank + 2 * n])


def test_halves_and_crops_show_the_same_place_in_image_and_mask(head):
    image, mask = 200 * head[1], head[1]
    for share in (0.0, 1.0):
        stage = Stage(size=128, batch=1, steps=1, lr=1.0, crop_share=share)
        for seed in range(6):
            seen, truth = view(image, mask, stage, np.random.default_rng(seed))
            assert seen.shape == truth.shape == (128, 128)
            assert np.count_nonzero((seen >= 100) != (truth > 0)) <= 0.02 * seen.size
