"""The card's tables of figures, and the sentences that they make about where a network fails."""

from typing import Any

from metsight.bootstrap import FEWEST_PATIENTS
from metsight.calibration import QUIET
from metsight.manifest import Results, metrics
from metsight.scores import CLASSES
from metsight.worst import sentences as sentences_on

#: A share over fewer is not worth a sentence.
FEWEST = 5
BY_COLUMNS = ("set", "of which", "mean slice Dice", "n", "mean patient Dice", "n")
INTERVALS = f"95 %, bootstrap over patients; – where fewer than {FEWEST_PATIENTS} of them have part in a figure"
FROC_SHOWN = (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98)


def figures(manifest: dict[str, Any], results: Results) -> str:
    threshold, smallest = manifest["threshold"], manifest["minLesionPx"]
    parts = [
        "## Figures",
        f"Threshold {threshold['value']}, smallest lesion {smallest} px of the network's picture. "
        f"Chosen on {threshold['chosenOn']}.",
    ]
    if results.validation is None:
        return "\n\n".join([*parts, "These weights were not evaluated."])
    splits = results.validation["splits"]
    if results.test is not None:
        parts += [
            "Test patients, of whom nothing was chosen; looked at once, when these weights were finished. "
            f"Intervals: {INTERVALS}.",
            _metrics(results.test),
            _by_size(results.test["splits"]),
        ]
    parts += [
        "Validation patients: threshold and temperature were chosen on them, so these figures flatter a little. "
        f"Intervals: {INTERVALS}.",
        _metrics(results.validation),
        _by_size(splits),
    ]
    by = [
        (
            s["set"],
            f"{facet} {value}",
            _dice(own),
            own["sliceDice"]["n"],
            *_patient_dice(own),
            _found(own),
            f"{own['tumourFree']['withFalsePositive']} of {own['tumourFree']['n']}",
        )
        for s in splits
        for facet, values in s["by"].items()
        for value, own in values.items()
    ]
    if by:
        parts.append(_table((*BY_COLUMNS, "lesions found", "slices without a lesion marked"), by))
    parts += [*_calibration(manifest), *_froc(manifest, results), *_proofs(results), *_stress(results)]
    return "\n\n".join(parts)


def _metrics(evaluation: dict[str, Any]) -> str:
    return _table(
        ("figure", "value", "95 %", "n", "over"),
        [(m["name"], _number(m["value"]), _bounds(m.get("interval")), m["n"], m["over"]) for m in metrics(evaluation)],
    )


def _dice(summary: dict[str, Any]) -> str:
    return _number(summary["sliceDice"]["mean"])


def _patient_dice(summary: dict[str, Any]) -> tuple[str, int]:
    """Mean and n; over patients none of whom has a lesion it would only say that something was marked."""
    if summary["lesionSensitivity"]["all"]["n"] == 0:
        return "–", 0
    return _number(summary["patientDice"]["mean"]), summary["patientDice"]["n"]


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _bounds(interval: list[float] | None) -> str:
    return "–" if interval is None else f"{interval[0]:.3f} to {interval[1]:.3f}"


def _found(summary: dict[str, Any]) -> str:
    lesions = summary["lesionSensitivity"]["all"]
    return f"{lesions['found']} of {lesions['n']}"


def _table(heading: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    lines = [heading, ("---",) * len(heading), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def _by_size(splits: list[dict[str, Any]]) -> str:
    rows = []
    kinds = (("found", "lesionSensitivity", "found"), ("marks touching a lesion", "lesionPrecision", "touching"))
    for s in splits:
        for title, key, hit in kinds:
            by_class = s[key]
            if by_class["all"]["n"]:
                cells = (f"{by_class[c][hit]} of {by_class[c]['n']}" for c in (*CLASSES, "all"))
                rows.append((f"{s['set']}, {title}", *cells))
    return _table(("lesions by diameter", "<6 mm", "6–10 mm", "10–20 mm", ">20 mm", "all"), rows)


def _calibration(manifest: dict[str, Any]) -> list[str]:
    fitted = manifest.get("calibration")
    if fitted is None:
        return []
    sentence = (
        f"Calibration: logits divided by {fitted['temperature']} (folded into the heads). Expected calibration error "
        f"{fitted['eceBefore']:.3f} before, {fitted['eceAfter']:.3f} after (n = {fitted['n']} {fitted['over']})."
    )
    if fitted["temperature"] < fitted["boundaryTemperature"]:
        sentence += (
            f" Near boundaries alone {fitted['boundaryTemperature']} would be best; it is held down so that the median "
            f"pixel of heads in slices without a lesion says no more than {QUIET}."
        )
    rows = [(_number(b["probability"]), _number(b["lesionShare"]), b["n"]) for b in fitted["bins"]]
    return [sentence, _table(("mean probability", "share that is lesion", "pixels"), rows)]


def _froc(manifest: dict[str, Any], results: Results) -> list[str]:
    if not manifest.get("froc") or results.thresholds is None:
        return []
    shown = [row for row in manifest["froc"] if row["threshold"] in (*FROC_SHOWN, manifest["threshold"]["value"])]
    rows = [(r["threshold"], _number(r["sensitivity"]), _number(r["falsePositivesPerSlice"])) for r in shown]
    over = results.thresholds["frocOver"]
    return [f"FROC, over {over}:", _table(("threshold", "lesions found", "false positives a slice"), rows)]


def _proofs(results: Results) -> list[str]:
    if results.parity is None:
        return []
    lines = [
        f"{row['backend']} differs from PyTorch with the same float16 weights by at most {row['maxAbsDiff']:.1e} "
        f"(n = {row['n']} slices)."
        for row in results.parity["parity"]
    ]
    cost = results.parity.get("float16")
    if cost is not None:
        lines.append(
            f"float16 against float32 weights: mean change of slice Dice {cost['meanDiceDifference']:+.5f}, of a "
            f"single slice at most {cost['maxAbsDiceDifference']:.4f} (n = {cost['n']} slices)."
        )
    return lines


def _stress(results: Results) -> list[str]:
    if results.stress is None:
        return []
    stress = results.stress
    headings = [f"{point['name']} (threshold {point['threshold']})" for point in stress["points"]]

    def row(title: str, key: str, n: int) -> tuple[str, ...]:
        return (title, *(_share(point[key][n]) for point in stress["points"]))

    first = stress["points"][0]
    rows = [
        *(row(f"{own['diameterMm']} mm", "diameters", n) for n, own in enumerate(first["diameters"])),
        *(row(f"{own['contrast']} times as bright", "contrasts", n) for n, own in enumerate(first["contrasts"])),
        *(row(f"{own['kind']}, from 8 mm on", "kinds", n) for n, own in enumerate(first["kinds"])),
        ("sizes as in BraTS-METS, 3–20 mm", *(_number(point["weighted"]) for point in stress["points"])),
        ("found by chance", *(str(point["foundBeforeDrawn"]) for point in stress["points"])),
        *(
            (f"`{name}`: slices touched undrawn", *(_number(point["touched"][name]) for point in stress["points"]))
            for name in first["touched"]
        ),
    ]
    return [
        f"**Synthetic** lesions, up to three drawn into each of {stress['slices']} tumour-free {stress['split']} "
        f"slices: {stress['about']} No patient's lesion is among them.",
        _table(("synthetic lesions found", *headings), rows),
    ]


def _share(tally: dict[str, Any]) -> str:
    return f"{tally['found']} of {tally['n']}" + (f" ({tally['found'] / tally['n']:.2f})" if tally["n"] else "")


def weaknesses(evaluation: dict[str, Any]) -> list[str]:
    """Sentences on the weakest size class, set, view, type and site, on slices marked without a lesion, and examples.

    `evaluation`: of validation or of test patients; each sentence says of whom it is.
    """
    splits = evaluation["splits"]
    sentences = []
    for s in splits:
        classes = {c: s["lesionSensitivity"][c] for c in CLASSES if s["lesionSensitivity"][c]["n"] >= FEWEST}
        if classes:
            worst = min(classes, key=lambda c: classes[c]["found"] / classes[c]["n"])
            found, n = classes[worst]["found"], classes[worst]["n"]
            if found < n:
                sentences.append(f"{_whose(s)}: lesions {worst} mm across are missed most: {n - found} of {n}.")
        for facet, values in s["by"].items():
            enough = {value: own for value, own in values.items() if own["sliceDice"]["n"] >= FEWEST}
            if len(enough) > 1:
                worst, best = (
                    pick(enough, key=lambda value: enough[value]["sliceDice"]["mean"]) for pick in (min, max)
                )
                sentences.append(
                    f"{_whose(s)}, by {facet}: worst {worst} (mean slice Dice {_dice(enough[worst])}, "
                    f"n = {enough[worst]['sliceDice']['n']}), best {best} ({_dice(enough[best])})."
                )
        free = s["tumourFree"]
        if free["withFalsePositive"]:
            kind = "slices without a lesion" if s["lesionSensitivity"]["all"]["n"] else "tumour-free slices"
            sentences.append(
                f"{_whose(s)}: something is marked on {free['withFalsePositive']} of {free['n']} {kind} "
                f"({free['share']:.1%})."
            )
    scored = [s for s in splits if s["sliceDice"]["n"] >= FEWEST]
    if len(scored) > 1:
        worst = min(scored, key=lambda s: s["sliceDice"]["mean"])
        sentences.append(
            f"Of the sets with lesions it does worst on {_whose(worst)}: mean slice Dice {_dice(worst)}, "
            f"{_found(worst)} lesions found."
        )
    return [*sentences, *(sentences_on(evaluation["worst"]) if "worst" in evaluation else ())]


def _whose(split: dict[str, Any]) -> str:
    return f"`{split['set']}`, {split['split']} patients"
