"""Bootstrap, HD95 and calibration against numbers worked out by hand or by another library."""

import numpy as np
import pytest
import torch
from scipy import ndimage, optimize

from metsight import bootstrap, calibration
from metsight.networks import build_network
from metsight.scores import SliceScore, summarize
from metsight.surface import hd95_px, outline


def test_draws_take_each_patient_once_on_average_and_are_the_same_every_time():
    taken = bootstrap.draw(5)
    assert taken.shape == (bootstrap.DRAWS, 5)
    assert (taken.sum(1) == 5).all()
    assert taken.mean(0) == pytest.approx(np.ones(5), abs=0.1)
    assert np.array_equal(taken, bootstrap.draw(5))


def test_a_drawn_median_is_that_of_the_values_repeated():
    taken = np.array([[2, 0, 1], [0, 0, 3], [1, 1, 1], [0, 0, 0]])
    values, owners = [0.5, 0.1, 0.9, 0.7], [0, 0, 2, 1]
    expected = [np.median(np.repeat(values, taken[n, owners])) for n in range(3)]
    drawn = bootstrap.medians(taken, values, owners)
    assert drawn[:3].tolist() == expected
    assert np.isnan(drawn[3])


def test_drawn_ratios_are_sums_over_sums():
    ratios = bootstrap.ratios(np.array([[2, 0], [0, 2], [1, 1]]), [1, 0], [4, 0])
    assert ratios[[0, 2]].tolist() == [0.25, 0.25]
    assert np.isnan(ratios[1])
    assert bootstrap.interval(np.full(3, np.nan), 5) is None
    assert bootstrap.interval(np.array([np.nan, 1, 3]), 5) == [1.05, 2.95]
    assert bootstrap.interval(np.array([np.nan, 1, 3]), 4) is None


def test_a_drawn_calibration_error_is_that_of_the_patients_pixels_repeated():
    rng = np.random.default_rng(3)
    own = [(rng.random(n), rng.random(n) < 0.4) for n in (40, 70, 0)]
    taken = np.array([[2, 0, 1], [1, 1, 1], [0, 0, 3]])
    off = np.array([calibration.offsets(*pixels) for pixels in own])
    drawn = bootstrap.calibration_errors(taken, off, np.array([40, 70, 0]))
    for n in (0, 1):
        repeated = [pixels for pixels, times in zip(own, taken[n], strict=True) for _ in range(times)]
        whole = calibration.reliability(*(np.concatenate(part) for part in zip(*repeated, strict=True)))
        assert drawn[n] == pytest.approx(whole["ece"])
    assert np.isnan(drawn[2])


def test_an_interval_holds_the_figure_and_narrows_with_more_patients():
    rng = np.random.default_rng(0)

    def scores(patients: int) -> list[SliceScore]:
        return [SliceScore(f"P{n // 3}", int(rng.integers(20, 80)), 20, 20, ((90, True),)) for n in range(3 * patients)]

    few, many = summarize(scores(6)), summarize(scores(60))
    for figures in (few, many):
        low, high = figures["intervals"]["sliceDiceMean"]
        assert low < figures["sliceDice"]["mean"] < high
    low, high = few["intervals"]["sliceDiceMean"]
    assert high - low > 2 * (many["intervals"]["sliceDiceMean"][1] - many["intervals"]["sliceDiceMean"][0])


def test_hd95_is_that_of_scipy():
    rng = np.random.default_rng(1)
    for _ in range(4):
        one, other = (ndimage.gaussian_filter(rng.normal(size=(60, 50)), 5) > 0.03 for _ in range(2))

        def far(a: np.ndarray, b: np.ndarray) -> np.ndarray:
            edges = [mask & ~ndimage.binary_erosion(mask) for mask in (a, b)]
            return ndimage.distance_transform_edt(~edges[1])[edges[0]]

        expected = np.percentile(np.concatenate([far(one, other), far(other, one)]), 95)
        assert hd95_px(one, other) == pytest.approx(expected, abs=1e-4)
    assert np.isnan(hd95_px(one, np.zeros_like(one)))
    assert hd95_px(one, one) == 0
    assert outline(np.ones((3, 3), bool)).sum() == 8


def test_reliability_of_six_pixels():
    probabilities, truths = np.array([0.1, 0.1, 0.9, 0.9, 0.9, 1.0]), np.array([0, 1, 1, 1, 0, 1], bool)
    figures = calibration.reliability(probabilities, truths)
    # Bins: two pixels say 0.1 and half are lesion; three say 0.9, two are; one says 1.0 and is.
    assert figures["ece"] == pytest.approx((2 * 0.4 + 3 * (0.9 - 2 / 3) + 0) / 6)
    assert [entry["n"] for entry in figures["bins"]] == [2, 3, 1]
    assert calibration.reliability(np.zeros(0), np.zeros(0, bool))["ece"] is None


def test_the_band_is_around_the_boundary_on_both_sides():
    truth = np.zeros((256, 256), bool)
    truth[100:140, 100:140] = True
    band = calibration.boundary_band(truth)
    assert band[120, 95] and band[120, 105] and not band[120, 94] and not band[120, 106]
    assert not calibration.boundary_band(np.zeros((8, 8), bool)).any()


def test_the_temperature_undoes_an_over_confidence_and_is_that_of_scipy():
    rng = np.random.default_rng(2)
    honest = rng.normal(0, 2, 20_000)
    truths = rng.random(20_000) < calibration.sigmoid(honest)
    temperature = calibration.fit_temperature(3 * honest[None], truths)
    assert temperature == pytest.approx(3, rel=0.05)
    signed = np.where(truths, -1, 1) * 3 * honest
    best = optimize.minimize_scalar(lambda t: np.logaddexp(0, signed / t).mean(), bounds=(0.2, 10), method="bounded")
    assert temperature == pytest.approx(best.x, rel=1e-3)
    with pytest.raises(ValueError, match="one kind is missing"):
        calibration.fit_temperature(honest[None], np.ones(20_000, bool))


def test_of_mirror_images_the_temperature_is_of_the_mean_of_the_probabilities():
    rng = np.random.default_rng(3)
    answers = np.stack([rng.normal(0, 4, 20_000)] * 2) + rng.normal(0, 3, (2, 20_000))
    truths = rng.random(20_000) < calibration.sigmoid(answers / 3).mean(axis=0)
    temperature = calibration.fit_temperature(answers, truths)

    def loss(t):
        p = (1 / (1 + np.exp(-answers[0] / t)) + 1 / (1 + np.exp(-answers[1] / t))) / 2
        return -np.where(truths, np.log(p), np.log(1 - p)).mean()

    best = optimize.minimize_scalar(loss, bounds=(0.2, 10), method="bounded")
    assert temperature == pytest.approx(best.x, rel=1e-3) == pytest.approx(3, rel=0.05)
    background = np.stack([np.full(999, -9.0), np.full(999, -12.0)])
    held = calibration.calibrate([(answers[:, None], truths[None])], background, "")
    quiet = held["temperature"] if held["temperature"] < temperature else calibration.quiet_temperature(background)
    assert (1 / (1 + np.exp(9 / quiet)) + 1 / (1 + np.exp(12 / quiet))) / 2 <= calibration.QUIET


def test_the_temperature_is_held_down_until_the_background_is_quiet():
    rng = np.random.default_rng(4)
    truth = np.zeros((256, 256), bool)
    truth[80:160, 80:160] = True
    # Over-confident by 4: right in 80 % of the pixels, sure of 98 %.
    right = rng.random(truth.shape) < 0.8
    pairs = [(np.where(truth == right, 5.5, -5.5).astype(np.float32)[None], truth)]
    background = np.full((1, 1000), -9.0, np.float32)
    free = calibration.calibrate(pairs, np.zeros((1, 0), np.float32), "")
    held = calibration.calibrate(pairs, background, "")
    assert (
        free["temperature"] == free["boundaryTemperature"] == held["boundaryTemperature"] == pytest.approx(4, abs=0.4)
    )
    assert free["tumourFreeMedian"] is None
    assert held["temperature"] == pytest.approx(9 / np.log(19), abs=1e-4)
    assert 0.0499 < held["tumourFreeMedian"] <= calibration.QUIET
    assert held["eceAfter"] > free["eceAfter"], "what it costs is stated"
    assert calibration.quiet_temperature(np.full((1, 9), -1.0)) == 1, "never sharpened for it"


def test_logits_are_divided_in_every_head_and_nowhere_else():
    torch.manual_seed(0)
    network = build_network("nested-unet", base=2).eval()
    image = torch.rand(1, 1, 32, 32)
    with torch.no_grad():
        before = network(image)
        calibration.divide_heads(calibration.heads(network), 2.5)
        after = network(image)
    assert len(before) == 4
    assert all(torch.allclose(a, b / 2.5, atol=1e-6) for a, b in zip(after, before, strict=True))
