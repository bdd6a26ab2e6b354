"""`card.md` of a model folder: the manifest's facts and what was measured, in words and tables."""

from typing import Any

from metsight.card_figures import figures
from metsight.config import Config
from metsight.manifest import Results, started_from
from metsight.provenance import data_set

NAMES = {"nested-unet": "Nested U-Net (U-Net++)", "attention-unet": "Attention U-Net"}
PAPERS = {
    "nested-unet": "Zhou et al., DLMIA 2018",
    "attention-unet": "Oktay et al., MIDL 2018",
}
CURVE_ROWS = 10


def make_card(manifest: dict[str, Any], config: Config, state: dict[str, Any], results: Results) -> str:
    parts = [_what(manifest, config), _data(manifest), _curve(config, state), figures(manifest, results)]
    return "\n\n".join([*parts, _limits(manifest), _reproduce(manifest, config, state, results)]) + "\n"


def _what(manifest: dict[str, Any], config: Config) -> str:
    sequence = "T1 contrast-enhanced (T1-CE)" if config.sequence == "t1ce" else "FLAIR"
    architecture = config.architecture
    fine = (
        f" under a sixth level of {config.fine} channels at full size (the five see the slice at half size)"
        if config.fine
        else ""
    )
    rows, cols = manifest["preprocess"]["inputSize"]
    weights = manifest["files"][1]
    return (
        f"# {manifest['id']}\n\n{manifest['provenance']['notice']}\n\n"
        f"{NAMES[architecture]} ({PAPERS[architecture]}), widths {config.base}·{{1, 2, 4, 8, 16}}{fine}, "
        f"for single slices of {sequence} brain MRI. Input: one slice of {rows}×{cols} pixels after the recipe in "
        f"`manifest.json`; output: the probability of lesion in each pixel{_flips(manifest)}. Weights are float16 "
        f"({weights['bytes'] / 1e6:.1f} MB, sha256 `{weights['sha256'][:12]}…`), batch norm folded in."
    )


def _flips(manifest: dict[str, Any]) -> str:
    """Left out where there are none."""
    flips = ", ".join(manifest.get("flips", ()))
    if not flips:
        return ""
    return f", the mean of what the network says of the slice and of its mirror image ({flips}), mirrored back"


def _data(manifest: dict[str, Any]) -> str:
    provenance = manifest["provenance"]
    lines = []
    for stated in provenance["dataSets"]:
        citation = data_set(stated["name"]).citation
        cite = f" Cite: {citation}." if citation else ""
        lines.append(f"- `{stated['name']}`: {stated['about']}. Licence: {stated['licence']}.{cite}")
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
    shown = sorted({round(n * (len(history) - 1) / (CURVE_ROWS - 1)) for n in range(CURVE_ROWS)})
    table = [
        "| epoch | step | size | training loss | validation DICE | minutes |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    table += [
        f"| {row['epoch']} | {row['step']} | {row['size']}² | {row['loss']:.4f} | {row['validation_dice']:.3f} | "
        f"{row['minutes']:.0f} |"
        for row in (history[n] for n in shown)
    ]
    return (
        f"{text} {len(history)} epochs in {history[-1]['minutes']:.0f} minutes; best validation DICE "
        f"{best['validation_dice']:.3f}, epoch {best['epoch']} (n = {best['validation_n']} slices with a lesion; "
        f"averaged weights, threshold 0.5). What ships are the averaged weights of the last step.\n\n"
        + "\n".join(table)
    )


def _limits(manifest: dict[str, Any]) -> str:
    lines = (f"- {sentence}" for sentences in manifest["limits"].values() for sentence in sentences)
    return "\n".join(["## Where it fails, and what it must not be used for\n", *lines])


def _reproduce(manifest: dict[str, Any], config: Config, state: dict[str, Any], results: Results) -> str:
    name, start = manifest["id"], started_from(state)
    commit = state["commit"]
    train = f"python -m metsight.train training/configs/{state.get('config_file') or f'{name}.toml'}"
    train += f" --data <folder> --run-folder runs/{name}"
    if start:
        train += f" --start-from runs/{start['run']}/last.pt"
    commands = [
        # The program of then, the configurations of now: a run may begin before its configuration is committed.
        *(
            []
            if commit == "unknown"
            else [f"git checkout {commit.removesuffix('-dirty')}", "git checkout @{-1} -- training/configs"]
        ),
        train,
        " ".join(
            [
                f"python -m metsight.ship --checkpoint runs/{name}/last.pt --data <folder>",
                *(f"--flip {flip}" for flip in manifest.get("flips", ())),
            ]
        ),
        *([] if results.test is None else [_test_command(name, config, results.test)]),
    ]
    text = "## Made by\n\n```\n" + "\n".join(commands) + "\n```\n\n"
    if commit.endswith("-dirty"):
        text += "The files of that commit had been changed when training began. "
    if start:
        text += f"It started from the averaged weights of `{start['run']}`"
        text += f" (sha256 `{start['sha256']}`). " if "sha256" in start else ". "
    if results.test is not None:
        text += "The last command gave the figures of the test patients; it was run once. "
    return text + (
        "The configuration, seed included, is in the manifest's `provenance.training` and in the checkpoint; nothing "
        "here is written by hand."
    )


def _test_command(name: str, config: Config, test: dict[str, Any]) -> str:
    """Without --set it takes what the network was trained on."""
    sets = list(dict.fromkeys(figures["set"] for figures in test["splits"]))
    others = set(sets) != {source.name for source in config.sources}
    chosen = "".join(f" --set {one}" for one in sets) if others else ""
    return (
        f"npm run --silent metsight -- evaluate --data <folder>{chosen} --split test --model {name} "
        f"--json training/results/{name}/test.json"
    )
