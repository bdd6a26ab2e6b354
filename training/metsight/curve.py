"""The learning curve of a run: a CSV row an epoch, and a picture of it."""

import csv
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

COLUMNS = ("epoch", "step", "size", "lr", "loss", "validation_dice", "validation_n", "minutes")


def write_curve(run: Path, history: Sequence[dict[str, Any]]) -> None:
    with (run / "curve.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(history)

    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, loss_axis = plt.subplots(figsize=(7, 4))
    steps = [row["step"] for row in history]
    loss_axis.plot(steps, [row["loss"] for row in history], color="#777777", label="training loss")
    loss_axis.set(xlabel="step", ylabel="training loss", yscale="log")
    dice_axis = loss_axis.twinx()
    dice_axis.plot(steps, [row["validation_dice"] for row in history], color="#e69f00", label="validation DICE")
    dice_axis.set(ylabel="mean slice DICE (validation patients)", ylim=(0, 1))
    for before, after in itertools.pairwise(history):
        if before["size"] != after["size"]:
            loss_axis.axvline(before["step"], color="#bbbbbb", linestyle=":")
    figure.legend(loc="upper center", ncol=2)
    figure.savefig(run / "curve.png", dpi=120, bbox_inches="tight")
    plt.close(figure)
