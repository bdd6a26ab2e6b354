"""A PyTorch network → the nodes of a TensorFlow.js graph: batch norm folded, weights rounded to float16.

Nodes carry the papers' symbols: `x0_0` is the output of that block, `x0_0/conv1` the convolution inside it,
`head_0_1` a supervised head's probability (`head_fine`: with the level above the papers' five), `alpha_1` an
attention gate's coefficients, `probability` the answer.
"""

import copy
import operator
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import fx, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from metsight.calibration import divide_heads, heads
from metsight.networks.blocks import Head, Upsample

#: The leaves of a trace; everything else is looked into.
LEAVES = (nn.Conv2d, nn.BatchNorm2d, nn.MaxPool2d, Upsample)
INPUT = "image"
PROBABILITY = "probability"


@dataclass(frozen=True)
class Node:
    """One operation of the graph; `attributes` are plain Python values, which `graph_model` encodes."""

    name: str
    op: str
    inputs: tuple[str, ...] = ()
    attributes: dict[str, object] = field(default_factory=dict)
    #: Const only: float16 (weights), float32 (the heads') or int32 (sizes, axes). Kernels are (height, width, in, out).
    value: np.ndarray | None = None


@dataclass(frozen=True)
class Graph:
    """Nodes in an order in which each follows its inputs, and the names that a manifest lists."""

    size: int
    nodes: tuple[Node, ...]
    heads: tuple[str, ...]
    attention: tuple[str, ...]


class _LeafTracer(fx.Tracer):
    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return isinstance(m, LEAVES)


def exported_network(network: nn.Module, temperature: float = 1.0) -> fx.GraphModule:
    """The network as it is shipped: batch norm folded in float64, each weight rounded once to float16, held as float32.

    Then the heads, a few dozen numbers, are divided by the temperature and stay float32: logits are those of
    temperature 1, divided, so what was measured before calibration still holds to the last bits.

    (B, 1, H, W) in [0, 1] → list of logits, as the network given. That one is left as it was.
    """
    network = copy.deepcopy(network).eval().double()
    traced = fx.GraphModule(network, _LeafTracer().trace(network))
    modules = dict(traced.named_modules())
    for node in list(traced.graph.nodes):
        if node.op != "call_module" or not isinstance(modules[node.target], nn.BatchNorm2d):
            continue
        before = node.args[0]
        if not isinstance(modules.get(before.target), nn.Conv2d) or len(before.users) > 1:
            raise ValueError(f"{node.target}: batch norm can be folded only into the convolution before it")
        traced.set_submodule(before.target, fuse_conv_bn_eval(modules[before.target], modules[node.target]))
        node.replace_all_uses_with(before)
        traced.graph.erase_node(node)
    traced.delete_all_unused_submodules()
    traced.recompile()
    with torch.no_grad():
        for name, weight in traced.named_parameters():
            rounded = weight.half().double()
            if not torch.isfinite(rounded).all():
                raise ValueError(f"{name}: the largest folded weight, {weight.abs().max():.3g}, is beyond float16")
            weight.copy_(rounded)
    divide_heads(heads(traced), temperature)
    return traced.float().requires_grad_(False)


def build_graph(exported: fx.GraphModule, size: int) -> Graph:
    """The graph of a network made by `exported_network`, for pictures of size × size."""
    return _Builder(exported, size).build()


class _Builder:
    def __init__(self, exported: fx.GraphModule, size: int) -> None:
        self.exported, self.size = exported, size
        self.modules = dict(exported.named_modules())
        self.nodes: dict[str, Node] = {}
        #: Rows of each node's output, which the size of an upsampling needs.
        self.rows: dict[str, int] = {}

    def build(self) -> Graph:
        made: dict[fx.Node, str] = {}
        heads: list[str] = []
        for node in self.exported.graph.nodes:
            if node.op == "output":
                heads = self._probabilities([made[head] for head in node.args[0]])
            elif node.op == "placeholder":
                shape = [-1, self.size, self.size, 1]
                made[node] = self._add(INPUT, "Placeholder", (), self.size, dtype=np.float32, shape=shape)
            elif node.op == "call_module":
                made[node] = self._module(node, made)
            else:
                made[node] = self._function(node, made)
        attention = sorted(name for name in self.nodes if name.startswith("alpha_"))
        return Graph(self.size, tuple(self.nodes.values()), tuple(heads), tuple(attention))

    def _module(self, node: fx.Node, made: dict[fx.Node, str]) -> str:
        module, source = self.modules[node.target], made[node.args[0]]
        rows = self.rows[source]
        if isinstance(module, nn.Conv2d):
            return self._convolution(node, module, source)
        if isinstance(module, nn.MaxPool2d):
            window = [1, module.kernel_size, module.kernel_size, 1]
            attributes = {"ksize": window, "strides": window, "padding": "VALID", "data_format": "NHWC"}
            return self._add(f"{source}/pool", "MaxPool", (source,), rows // module.stride, **attributes)
        gate, _, _ = node.target.rpartition(".")
        name = gate.replace("gate_", "alpha_") if gate else f"{source}/up"
        size = self._constant(f"size_{2 * rows}", np.array([2 * rows, 2 * rows], np.int32))
        attributes = {"align_corners": False, "half_pixel_centers": True}
        return self._add(name, "ResizeBilinear", (source, size), 2 * rows, **attributes)

    def _convolution(self, node: fx.Node, module: nn.Conv2d, source: str) -> str:
        relu = [user for user in node.users if user.target is torch.relu]
        has_relu = len(relu) == 1 and len(node.users) == 1
        name = node.target.replace(".", "/").removesuffix("/conv2")
        if name.startswith("head_"):
            name += "/logits"
        stride, rows = module.stride[0], self.rows[source]
        dtype = np.float32 if isinstance(module, Head) else np.float16
        kernel = module.weight.permute(2, 3, 1, 0).numpy().astype(dtype)
        bias = np.zeros(module.out_channels, dtype) if module.bias is None else module.bias.numpy().astype(dtype)
        inputs = (source, self._constant(f"{name}/kernel", kernel), self._constant(f"{name}/bias", bias))
        attributes = {
            "num_args": 1,
            "strides": [1, stride, stride, 1],
            "padding": "SAME" if stride == 1 else "VALID",
            "data_format": "NHWC",
            "dilations": [1, 1, 1, 1],
            "fused_ops": ["BiasAdd", "Relu"] if has_relu else ["BiasAdd"],
        }
        return self._add(name, "_FusedConv2D", inputs, rows // stride, **attributes)

    def _function(self, node: fx.Node, made: dict[fx.Node, str]) -> str:
        if node.target is torch.cat:
            parts, axis = node.args
            if axis != 1:
                raise ValueError("only channels are concatenated")
            sources = tuple(made[part] for part in parts)
            block, _, _ = next(iter(node.users)).target.partition(".")
            inputs = (*sources, self._constant("channels", np.array(3, np.int32)))
            return self._add(f"{block}/concat", "ConcatV2", inputs, self.rows[sources[0]], N=len(sources))
        sources = tuple(made[argument] for argument in node.args)
        scope, _, _ = sources[0].rpartition("/")
        rows = self.rows[sources[0]]
        if node.target is operator.add:
            return self._add(f"{scope}/sum", "AddV2", sources, rows)
        if node.target is operator.mul:
            return self._add(f"{sources[0]}/gated", "Mul", sources, rows)
        if node.target is torch.sigmoid:
            return self._add(f"{scope}/sigmoid", "Sigmoid", sources, rows)
        if node.target is torch.relu:
            if self.nodes[sources[0]].attributes.get("fused_ops") == ["BiasAdd", "Relu"]:
                return sources[0]
            return self._add(f"{scope}/relu", "Relu", sources, rows)
        raise ValueError(f"the exporter knows no operation {node.target}")

    def _probabilities(self, logits: list[str]) -> list[str]:
        """Sigmoid nodes: of each supervised head, by its name, where there are several; `probability` of the last."""
        self._add(PROBABILITY, "Sigmoid", (logits[-1],), self.size)
        if len(logits) == 1:
            return []
        return [self._add(name.partition("/")[0], "Sigmoid", (name,), self.size) for name in logits]

    def _constant(self, name: str, value: np.ndarray) -> str:
        return self._add(name, "Const", (), 0, value=value)

    def _add(
        self, name: str, op: str, inputs: tuple[str, ...], rows: int, value: np.ndarray | None = None, **attributes
    ) -> str:
        known = self.nodes.get(name)
        if known is None:
            self.nodes[name] = Node(name, op, inputs, attributes, value)
            self.rows[name] = rows
        elif op != known.op or inputs != known.inputs or not np.array_equal(value, known.value):
            raise ValueError(f"two different nodes are called {name}")
        return name
