"""TensorFlow.js GraphModels: writes a graph as `model.json` + `weights.bin`, and runs such a folder in PyTorch.

The attribute encodings are those that tfjs-converter 4.22 reads (operation_mapper): strings in base64, 64-bit integers
as decimal strings. Weights are little-endian, float16 on the wire (the heads float32) and float32 when loaded.
"""

import base64
import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from metsight.graph import INPUT, PROBABILITY, Graph, Node

MODEL_FILE, WEIGHTS_FILE = "model.json", "weights.bin"
DTYPES = {np.dtype(np.float16): "DT_FLOAT", np.dtype(np.float32): "DT_FLOAT", np.dtype(np.int32): "DT_INT32"}


def write_graph_model(graph: Graph, folder: Path) -> None:
    """The same graph always gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    constants = [node for node in graph.nodes if node.value is not None]
    picture = _shape([-1, graph.size, graph.size, 1])
    document = {
        "format": "graph-model",
        "generatedBy": "metsight.export",
        "modelTopology": {
            "node": [_encode_node(node) for node in graph.nodes],
            "library": {},
            "versions": {"producer": 0, "minConsumer": 0},
        },
        "signature": {
            "inputs": {INPUT: {"name": f"{INPUT}:0", "dtype": "DT_FLOAT", "tensorShape": picture}},
            "outputs": {PROBABILITY: {"name": f"{PROBABILITY}:0", "dtype": "DT_FLOAT", "tensorShape": picture}},
        },
        "weightsManifest": [{"paths": [WEIGHTS_FILE], "weights": [_weight_entry(node) for node in constants]}],
    }
    (folder / MODEL_FILE).write_text(json.dumps(document, separators=(",", ":")) + "\n", encoding="utf-8")
    little = [node.value.astype(node.value.dtype.newbyteorder("<")).tobytes() for node in constants]
    (folder / WEIGHTS_FILE).write_bytes(b"".join(little))


def _encode_node(node: Node) -> dict[str, Any]:
    attributes = {name: _encode_attribute(value) for name, value in node.attributes.items()}
    if node.op == "Placeholder":
        attributes["shape"] = {"shape": _shape(node.attributes["shape"])}
    elif node.value is not None:
        kind = DTYPES[node.value.dtype]
        attributes["dtype"] = {"type": kind}
        attributes["value"] = {"tensor": {"dtype": kind, "tensorShape": _shape(node.value.shape)}}
    else:
        attributes["T"] = {"type": "DT_FLOAT"}
    encoded: dict[str, Any] = {"name": node.name, "op": node.op}
    if node.inputs:
        encoded["input"] = list(node.inputs)
    return {**encoded, "attr": attributes}


def _encode_attribute(value: object) -> dict[str, Any]:
    if value is np.float32:
        return {"type": "DT_FLOAT"}
    if isinstance(value, bool):
        return {"b": value}
    if isinstance(value, int):
        return {"i": str(value)}
    if isinstance(value, str):
        return {"s": base64.b64encode(value.encode()).decode()}
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        return {"list": {"s": [base64.b64encode(entry.encode()).decode() for entry in value]}}
    if isinstance(value, list) and all(isinstance(entry, int) for entry in value):
        return {"list": {"i": [str(entry) for entry in value]}}
    raise ValueError(f"no encoding for the attribute {value!r}")


def _shape(dimensions: Iterable[int]) -> dict[str, Any]:
    return {"dim": [{"size": str(size)} for size in dimensions]}


def _weight_entry(node: Node) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": node.name, "shape": list(node.value.shape)}
    if node.value.dtype == np.float16:
        return {**entry, "dtype": "float32", "quantization": {"dtype": "float16", "original_dtype": "float32"}}
    return {**entry, "dtype": "float32" if node.value.dtype == np.float32 else "int32"}


class GraphModel(nn.Module):
    """A GraphModel folder, run by PyTorch. Reads the files only: nothing here knows how they were made."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        document = json.loads((folder / MODEL_FILE).read_text(encoding="utf-8"))
        self.nodes: list[dict[str, Any]] = document["modelTopology"]["node"]
        self.constants: dict[str, torch.Tensor] = {}
        for group in document["weightsManifest"]:
            wire, offset = b"".join((folder / path).read_bytes() for path in group["paths"]), 0
            for entry in group["weights"]:
                dtype = np.dtype(entry.get("quantization", entry)["dtype"]).newbyteorder("<")
                count = math.prod(entry["shape"])
                values = np.frombuffer(wire, dtype, count, offset).reshape(entry["shape"])
                self.constants[entry["name"]] = torch.from_numpy(values.astype(entry["dtype"]))
                offset += count * dtype.itemsize
            if offset != len(wire):
                raise ValueError(f"{folder.name}: {WEIGHTS_FILE} has {len(wire)} bytes, the manifest names {offset}")

    @torch.no_grad()
    def forward(self, image: torch.Tensor, names: Iterable[str] = (PROBABILITY,)) -> dict[str, torch.Tensor]:
        """(B, 1, H, W) in [0, 1] → the named nodes' outputs, (B, C, h, w)."""
        values: dict[str, torch.Tensor] = {INPUT: image, **self.constants}
        for node in self.nodes:
            if node["op"] not in ("Placeholder", "Const"):
                values[node["name"]] = _run(node, [values[name] for name in node["input"]])
        return {name: values[name] for name in names}


def _run(node: dict[str, Any], inputs: list[torch.Tensor]) -> torch.Tensor:
    op, attributes = node["op"], node["attr"]
    if op == "_FusedConv2D":
        fused = [base64.b64decode(entry).decode() for entry in attributes["fused_ops"]["list"]["s"]]
        if fused not in (["BiasAdd"], ["BiasAdd", "Relu"]):
            raise ValueError(f"{node['name']}: fused {fused}")
        x, kernel, bias = inputs
        stride = int(attributes["strides"]["list"]["i"][1])
        same = base64.b64decode(attributes["padding"]["s"]) == b"SAME"
        if same and stride != 1:
            raise ValueError(f"{node['name']}: SAME padding with stride {stride}")
        y = F.conv2d(x, kernel.permute(3, 2, 0, 1), bias, stride, "same" if same else "valid")
        return torch.relu(y) if fused[-1] == "Relu" else y
    if op == "MaxPool":
        return F.max_pool2d(inputs[0], int(attributes["ksize"]["list"]["i"][1]))
    if op == "ResizeBilinear":
        if attributes["align_corners"]["b"] or not attributes["half_pixel_centers"]["b"]:
            raise ValueError(f"{node['name']}: only half-pixel centres")
        return F.interpolate(inputs[0], inputs[1].tolist(), mode="bilinear", align_corners=False)
    if op == "ConcatV2":
        if int(inputs[-1]) != 3 or int(attributes["N"]["i"]) != len(inputs) - 1:
            raise ValueError(f"{node['name']}: only channels are concatenated")
        return torch.cat(inputs[:-1], 1)
    if op == "AddV2":
        return inputs[0] + inputs[1]
    if op == "Mul":
        return inputs[0] * inputs[1]
    if op == "Relu":
        return torch.relu(inputs[0])
    if op == "Sigmoid":
        return torch.sigmoid(inputs[0])
    raise ValueError(f"{node['name']}: unknown operation {op}")
