"""`card.md` of a model folder: the manifest's facts in words."""

from typing import Any

from metsight.config import Config
from metsight.manifest import Results

NAMES = {"nested-unet": "Nested U-Net (U-Net++)", "attention-unet": "Attention U-Net"}
PAPERS = {
    "nested-unet": "Zhou et al., DLMIA 2018",
    "attention-unet": "Oktay et al., MIDL 2018",
}


def make_card(manifest: dict[str, Any], config: Config, state: dict[str, Any], results: Results) -> str:
    parts = [_what(manifest, config), _data(manifest), _curve(config, state), _figures(manifest, results)]
    return "\n\n".join([*parts, _limits(manifest), _reproduce(manifest, state)]) + "\n"


def _what(manifest: dict[str, Any], config: Config) -> str:
    sequence = "T1 contrast-enhanced (T1-CE)" if config.sequence == "t1ce" else "FLAIR"
    architecture = config.architecture
    rows, cols = manifest["preprocess"]["inputSize"]
    weights = manifest["files"][1]
    return (
        f"# {manifest['id']}\n\n{manifest['provenance']['notice']}\n\n"
        f"{NAMES[architecture]} ({PAPERS[architecture]}), widths {config.base}·{{1, 2, 4, 8, 16}}, for single slices "
        f"of {sequence} brain MRI. Input: one slice of {rows}×{cols} pixels after the recipe in `manifest.json`; "
        f"output: the probability of lesion in each pixel. Weights are float16 ({weights['bytes'] / 1e6:.1f} MB, "
        f"sha256 `{weights['sha256'][:12]}…`), batch norm folded in."
    )


def _data(manifest: dict[str, Any]) -> str:
    provenance = manifest["provenance"]
    lines = [f"- `{d['name']}`: {d['about']}. Licence: {d['licence']}." for d in provenance["dataSets"]]
    return (
        f"## Trained on\n\n{provenance['trainedOn']}\n\n" + "\n".join(lines) + "\n\nSplit by patient; "
        f"sha256 of the split `{provenance['splitSha256'][:12]}…`. Training began from commit `{provenance['commit']}` "
        f"and ended on {provenance['date']}."
    )


def _curve(config: Config, state: dict[str, Any]) -> str:
    history = state["history"]
    total = sum(stage.steps for stage in config.stages)
    stages = ", then ".join(f"{s.steps} steps of {s.batch} at {s.size}²" for s in config.stages)
    dice = f" and {config.dice_weight} · soft Dice" if config.dice_weight else ""
    text = f"## Learning curve\n\nAdam, binary cross-entropy{dice}; {stages}."
    if state["step"] < total:
        text += f" **Unfinished: {state['step']} of {total} steps.**"
    if not history:
        return text + " No epoch was finished."
    best = max(history, key=lambda row: row["validation_dice"])
    first, last = history[0], history[-1]
    return (
        f"{text} {len(history)} epochs in {last['minutes']:.0f} minutes: training loss from {first['loss']:.3f} to "
        f"{last['loss']:.3f}; validation DICE from {first['validation_dice']:.3f} to {last['validation_dice']:.3f}, "
        f"best {best['validation_dice']:.3f}, epoch {best['epoch']} (n = {best['validation_n']} slices with a lesion; "
        f"averaged weights, threshold 0.5)."
    )


def _figures(manifest: dict[str, Any], results: Results) -> str:
    threshold, smallest = manifest["threshold"], manifest["minLesionPx"]
    lines = [
        "## Figures",
        f"Threshold {threshold['value']}, smallest lesion {smallest} px of the network's picture. "
        f"Chosen on {threshold['chosenOn']}.",
    ]
    if results.validation is None:
        return "\n\n".join([*lines, "These weights were not evaluated."])
    table = ["| figure | value | n | over |", "| --- | --- | --- | --- |"]
    table += [f"| {m['name']} | {m['value']:.3f} | {m['n']} | {m['over']} |" for m in manifest["metrics"]]
    classes = [
        "| lesions found, by diameter | <6 px | 6–10 px | 10–20 px | >20 px |",
        "| --- | --- | --- | --- | --- |",
    ]
    for figures in results.validation["splits"]:
        by_class = figures["lesionSensitivity"]
        if by_class["all"]["n"]:
            cells = " | ".join(f"{by_class[c]['found']} of {by_class[c]['n']}" for c in ("<6", "6-10", "10-20", ">20"))
            classes.append(f"| {figures['set']}, {figures['split']} | {cells} |")
    lines += ["\n".join(table), "\n".join(classes)]
    for row in manifest["parity"]:
        lines.append(
            f"{row['backend']} differs from PyTorch with the same float16 weights by at most "
            f"{row['maxAbsDiff']:.1e} (n = {row['n']} slices)."
        )
    return "\n\n".join(lines)


def _limits(manifest: dict[str, Any]) -> str:
    return (
        "## Where it fails, and what it must not be used for\n\n"
        "- Not for diagnosis, treatment planning, or any decision about a patient; not as a second reader.\n"
        f"- {manifest['provenance']['trainedOn']} Its figures are not figures of metastasis segmentation, and a small "
        "lesion is found less often than a large one: see the table by diameter.\n"
        "- It sees one slice at a time: vessels, plexus, pituitary, dura and other normally enhancing structures may "
        "be marked, and the shares of tumour-free slices above say how often.\n"
        "- Other sequences, images without contrast agent, cropped heads, resections and children are outside of what "
        "it has seen; an empty mask there means nothing.\n"
        "- Probabilities are not calibrated."
    )


def _reproduce(manifest: dict[str, Any], state: dict[str, Any]) -> str:
    name, start = manifest["id"], state.get("started_from")
    encoder = f" --start-from runs/{start}/last.pt" if start else ""
    return (
        "## Made by\n\n```\n"
        f"python -m metsight.train training/configs/{name}.toml --data <folder> --run-folder runs/{name}{encoder}\n"
        f"python -m metsight.ship --checkpoint runs/{name}/last.pt --data <folder>\n```\n\n"
        "The configuration and the facts of this file are in the checkpoint; nothing here is written by hand."
    )
