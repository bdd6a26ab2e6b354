"""Losses, metrics, scores and thresholds against numbers worked out by hand."""

import math

import numpy as np
import pytest
import torch

from metsight import thresholds
from metsight.losses import soft_dice, soft_dice_of_slices, supervised
from metsight.metrics import Overlap, counts, dice_from_counts, drop_small, found_lesions, size_class
from metsight.postprocess import delineate, min_pixels_for, restore
from metsight.preprocess import place
from metsight.scores import SliceScore, score_slice, summarize


def drawn(*rows: str) -> np.ndarray:
    return np.array([[pixel == "#" for pixel in row] for row in rows])


def test_binary_cross_entropy_of_two_pixels():
    logits, target = torch.tensor([[[[0.0, 2.0]]]]), torch.tensor([[[[1.0, 0.0]]]])
    by_hand = (math.log(2) + math.log(1 + math.exp(2))) / 2
    assert supervised([logits], target, dice_weight=0.0).item() == pytest.approx(by_hand, rel=1e-6)


def test_dice_of_slices_is_the_mean_of_each_for_itself():
    one, other = torch.zeros(1, 1, 1, 2), torch.full((1, 1, 1, 2), 20.0)
    target, empty = torch.tensor([[[[1.0, 0.0]]]]), torch.zeros(1, 1, 1, 2)
    both = soft_dice_of_slices(torch.cat([one, other]), torch.cat([target, empty]))
    # p is 0.5 twice, of which one is lesion; then 1 twice, where there is none.
    assert both.item() == pytest.approx(((1 - (2 * 0.5 + 16) / (1 + 1 + 16)) + (1 - 16 / (2 + 16))) / 2)


def test_soft_dice_of_two_pixels():
    logits, target = torch.tensor([[[[0.0, 0.0]]]]), torch.tensor([[[[1.0, 0.0]]]])
    assert soft_dice(logits, target).item() == pytest.approx(1 - (2 * 0.5 + 1) / (1 + 1 + 1))


def test_heads_count_alike_and_the_dice_term_is_added():
    target = torch.tensor([[[[1.0, 0.0]]]])
    one, other = torch.tensor([[[[0.0, 0.0]]]]), torch.tensor([[[[3.0, -3.0]]]])
    both = supervised([one, other], target, dice_weight=0.5)
    each = [supervised([head], target, dice_weight=0.0) + 0.5 * soft_dice(head, target) for head in (one, other)]
    assert both.item() == pytest.approx(sum(each).item() / 2)


def test_dice_of_drawn_masks():
    predicted, truth = drawn("##..", "##.."), drawn(".##.", ".##.")
    assert counts(predicted, truth) == (2, 2, 2)
    assert dice_from_counts(2, 2, 2) == 0.5
    assert math.isnan(dice_from_counts(0, 0, 0))
    assert dice_from_counts(0, 0, 5) == 0


def test_small_components_are_dropped_and_corners_join():
    mask = drawn("#....", ".#...", "....#")
    assert np.array_equal(drop_small(mask, 2), drawn("#....", ".#...", "....."))
    assert np.array_equal(drop_small(mask, 1), mask)
    assert not drop_small(mask, 3).any()


def test_a_lesion_is_found_by_all_components_that_touch_it_together():
    truth = drawn("##########.", "...........")
    assert found_lesions(drawn("#..........", "..........."), truth) == [(10, False)]  # IoU is 0.1, not above
    assert found_lesions(drawn("#.#........", "..........."), truth) == [(10, True)]
    assert found_lesions(drawn("..........#", "..........#"), truth) == [(10, False)]


def test_an_islet_of_a_found_lesion_is_no_false_positive_and_neither_is_a_mark_far_too_large():
    truth = drawn("##########.........", "...................")
    islet = Overlap.of(drawn("########.#.......###", "....................")[:, :19], truth)
    assert islet.lesions() == [(10, True)]
    assert islet.detections() == [(8, True), (1, True), (2, False)], "the islet's IoU is 0.1"
    assert Overlap.of(np.ones((2, 19), bool), drawn("##.................", "." * 19)).detections() == [(38, True)]


def test_false_positives_of_the_curve_do_not_rise_where_a_found_lesion_falls_apart():
    truth = drawn("##########..", "............")
    probability = np.where(truth, np.float32(0.9), np.float32(0))
    probability[0, 8] = 0.3  # above 0.3 the last pixel is an islet of IoU 0.1
    rows = {row["threshold"]: row for row in thresholds.froc([("A", probability, truth)], lambda truth: 1)}
    assert [rows[t]["falsePositivesPerSlice"] for t in (0.2, 0.5)] == [0, 0]
    assert [rows[t]["sensitivity"] for t in (0.2, 0.5)] == [1, 1]


def test_size_classes_part_at_diameters_of_6_10_and_20_millimetres():
    classes = ["<6", "6-10", "6-10", "10-20", "10-20", ">20"]
    assert [size_class(area, 1.0) for area in (28, 29, 78, 79, 314, 315)] == classes
    assert [size_class(area, 0.5) for area in (113, 114, 314, 315, 1256, 1257)] == classes


def test_f1_is_0_where_there_are_lesions_and_nothing_is_marked():
    truth, empty = drawn("####", "...."), drawn("....", "....")
    figures = summarize([score_slice(f"P{n}", empty, truth, 1.0) for n in range(5)])
    assert figures["lesionF1"] == {"<6": 0, "6-10": None, "10-20": None, ">20": None, "all": 0}
    assert figures["intervals"]["lesionF1"] == [0, 0]
    assert figures["intervals"]["lesionPrecision"] is None, "there is no mark"
    assert summarize([score_slice("P", truth, empty, 1.0)])["lesionF1"]["all"] is None, "there is no lesion"


def test_an_interval_needs_five_patients_who_have_part_in_the_figure_not_five_in_the_split():
    lesion, empty = drawn("##"), drawn("..")

    def intervals(with_lesion: int):
        truths = [lesion if n < with_lesion else empty for n in range(8)]
        return summarize([score_slice(f"P{n}", lesion, truth, 1.0) for n, truth in enumerate(truths)])["intervals"]

    four, five = intervals(4), intervals(5)
    assert four["sliceDiceMean"] is four["sliceDiceMedian"] is four["lesionSensitivity"] is four["lesionF1"] is None
    assert four["lesionPrecision"] and four["patientDiceMean"]
    assert five["sliceDiceMean"] == five["lesionSensitivity"] == [1, 1]
    assert five["tumourFreeShare"] is five["falsePositivesPerTumourFreeSlice"] is None, "three patients"
    assert summarize([score_slice("A", lesion, lesion, 1.0)])["intervals"] is None


def test_the_figures_of_a_split_of_four_slices():
    truth, empty = drawn("####", "...."), drawn("....", "....")
    scores = [
        score_slice("A", drawn("##..", "...."), truth, 1.0),  # tp 2, fn 2: Dice 2/3, found (IoU 1/2)
        score_slice("A", empty, truth, 1.0),  # missed: Dice 0
        score_slice("A", drawn("....", "...#"), empty, 1.0),  # tumour-free, touched
        score_slice("B", empty, empty, 1.0),  # no lesion, nothing predicted: undefined
    ]
    none = {"found": 0, "n": 0}
    figures = summarize(scores)
    assert figures.pop("intervals") is None, "two patients"
    unmarked = {"touching": 0, "n": 0}
    assert figures == {
        "slices": 4,
        "patients": 2,
        "sliceDice": {"mean": pytest.approx(1 / 3), "median": pytest.approx(1 / 3), "n": 2},
        # A: tp 2, fp 1, fn 6
        "patientDice": {"mean": pytest.approx(4 / 11), "median": pytest.approx(4 / 11), "n": 1, "undefined": 1},
        "tumourFree": {
            "withFalsePositive": 1,
            "n": 2,
            "share": 0.5,
            "falsePositives": 1,
            "falsePositivesPerSlice": 0.5,
        },
        "lesionPrecision": {"<6": {"touching": 1, "n": 2}, "6-10": unmarked, "10-20": unmarked, ">20": unmarked}
        | {"all": {"touching": 1, "n": 2}},
        "lesionF1": {"<6": 0.5, "6-10": None, "10-20": None, ">20": None, "all": 0.5},
        "lesionSensitivity": {"<6": {"found": 1, "n": 2}, "6-10": none, "10-20": none, ">20": none}
        | {"all": {"found": 1, "n": 2}},
    }


def test_figures_over_nothing_are_null_not_one():
    figures = summarize([SliceScore("A", 0, 0, 0, ())])
    assert figures["sliceDice"] == {"mean": None, "median": None, "n": 0}
    assert figures["patientDice"] == {"mean": None, "median": None, "n": 0, "undefined": 1}


def test_a_voxel_at_the_threshold_is_lesion_and_0_7_is_compared_as_float32():
    probability = np.array([[0.7, np.nextafter(np.float32(0.7), np.float32(0))]], np.float32)
    assert delineate(probability, 0.7, 1).tolist() == [[True, False]]


def test_smallest_lesions_scale_with_the_slice():
    assert [min_pixels_for(10, *shape) for shape in ((256, 256), (512, 300), (128, 128), (16, 16))] == [10, 40, 3, 1]


@pytest.mark.parametrize("shape", [(256, 256), (300, 512), (512, 300), (100, 61)])
def test_restore_puts_a_box_back_where_it_was(shape):
    rows, cols = shape
    image = np.zeros(shape, np.uint8)
    box = np.s_[rows // 4 : rows // 2, cols // 3 : 2 * cols // 3]
    image[box] = 255
    back = restore(place(image).astype(np.float32) / 255, *shape)
    assert back.shape == shape
    mask, truth = back >= 0.5, image > 0
    assert 2 * np.count_nonzero(mask & truth) / (mask.sum() + truth.sum()) > 0.97


def test_the_sweep_counts_dice_and_touched_slices():
    truth = np.zeros((8, 8), bool)
    truth[1:5, 1:5] = True
    hit = np.where(truth, np.float32(0.65), np.float32(0.05))
    free = np.zeros((8, 8), np.float32)
    free[0, :3] = 0.35  # a spot of 3 pixels
    rows = thresholds.sweep([("A", hit, truth), ("B", free, np.zeros((8, 8), bool))], ["tumour", "free"], "tumour")
    at = {(row["threshold"], row["minSize"]): row for row in rows}
    assert at[0.6, 0]["sliceDice"] == at[0.6, 0]["patientDice"] == at[0.6, 0]["sensitivity"] == 1
    assert [at[t, 0]["falsePositivesPerSlice"] for t in (0.3, 0.4)] == [0.5, 0]
    assert at[0.7, 0]["sliceDice"] == 0
    assert (at[0.3, 0]["tumourFreeTouched"], at[0.3, 5]["tumourFreeTouched"], at[0.4, 0]["tumourFreeTouched"]) == (
        1,
        0,
        0,
    )
    assert at[0.3, 20]["sliceDice"] == 0, "the lesion has 16 pixels"
    assert {(row["slicesWithLesion"], row["tumourFree"]) for row in rows} == {(1, 1)}
    assert [at[t, 0]["touchedOfSet"] for t in (0.3, 0.4)] == [{"free": 1}, {"free": 0}]
    assert thresholds.choose(rows)["threshold"] == 0.5
    froc = {row["threshold"]: row["sensitivity"] for row in thresholds.froc([("A", hit, truth)], lambda truth: 20)}
    assert froc[0.6] == 0, "the lesion has 16 pixels"


def row(threshold, min_size, dice, touched):
    return {
        "threshold": threshold, "minSize": min_size, "sliceDice": dice, "tumourFreeTouched": touched, "tumourFree": 100,
        "touchedOfSet": {"free": touched / 100},
    }  # fmt: skip


def test_the_rule_takes_the_best_dice_at_the_operating_point():
    rows = [row(0.3, 0, 0.700, 30), row(0.5, 0, 0.690, 5), row(0.7, 0, 0.680, 2), row(0.6, 10, 0.685, 6)]
    assert thresholds.choose(rows) == rows[1]


def test_every_tumour_free_set_counts_by_itself():
    calm = row(0.6, 0, 0.68, 4) | {"touchedOfSet": {"one": 0.05, "other": 0.03}}
    loud = row(0.5, 0, 0.69, 4) | {"touchedOfSet": {"one": 0.06, "other": 0.0}}
    assert thresholds.choose([loud, calm]) == calm


def test_without_a_tumour_free_set_the_patients_dice_decides():
    truth = np.zeros((8, 8), bool)
    truth[1:5, 1:5] = True
    large = np.where(truth, np.float32(0.9), np.float32(0))
    beside = np.where(np.roll(truth, 4), np.float32(0.5), np.float32(0))
    slices = [("A", large, truth), ("A", beside, np.zeros((8, 8), bool))]
    rows = thresholds.sweep(slices, ["tumours", "tumours"], "tumours")
    chosen = thresholds.choose(rows)
    assert rows[0]["touchedOfSet"] == {}
    assert thresholds.rule(rows) == thresholds.RULE_WITHOUT_FREE_SETS
    # The slice beside the tumour counts against the patient's Dice, not against that of slices with a lesion.
    assert (chosen["threshold"], chosen["patientDice"]) == (0.55, 1)


def test_where_the_operating_point_costs_too_much_it_takes_the_fewest_touched_near_the_best():
    rows = [row(0.3, 0, 0.700, 30), row(0.5, 0, 0.692, 20), row(0.6, 0, 0.689, 12), row(0.9, 0, 0.640, 5)]
    assert thresholds.choose(rows) == rows[1]


def test_the_rule_never_chooses_to_drop_lesions_of_the_size_of_a_metastasis():
    assert thresholds.choose([row(0.5, 40, 0.71, 0), row(0.5, 10, 0.70, 4)])["minSize"] == 10


def test_dropped_components_count_as_never_marked():
    overlap = Overlap.of(drawn("##..#", "....."), drawn("###..", "....."))
    assert overlap.counts() == (2, 1, 1)
    assert overlap.lesions() == [(3, True)]
    assert overlap.detections() == [(2, True), (1, False)]
    assert overlap.without_small(2).counts() == (2, 0, 1)
    assert overlap.without_small(3).counts() == (0, 0, 3)
    assert overlap.without_small(3).detections() == []
