"""Every architecture passes the same tests."""

import pytest
import torch
from conftest import lively_network

from metsight import checkpoint
from metsight.config import Config, Source, Stage, config_to_dict
from metsight.losses import supervised
from metsight.networks import build_network

HEADS = {"nested-unet": 4, "attention-unet": 1}


@pytest.fixture(params=HEADS)
def architecture(request):
    return request.param


def test_logits_have_the_size_of_the_image_in_every_head(architecture):
    heads = build_network(architecture, base=2)(torch.rand(2, 1, 64, 48))
    assert [tuple(head.shape) for head in heads] == [(2, 1, 64, 48)] * HEADS[architecture]


def test_every_parameter_gets_a_gradient(architecture):
    network = build_network(architecture, base=2)
    target = (torch.rand(2, 1, 32, 32) > 0.9).float()
    supervised(network(torch.rand(2, 1, 32, 32)), target, dice_weight=0.5).backward()
    without = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    # Behind a dead ReLU a narrow network's bias may see none; whole blocks may not.
    assert not [name for name in without if name.endswith("weight") and "bn" not in name]


def test_blocks_carry_the_names_of_the_paper(architecture):
    names = {name.split(".")[0] for name, _ in build_network(architecture, base=2).named_parameters()}
    if architecture == "nested-unet":
        nodes = {f"x{i}_{j}" for i in range(5) for j in range(5 - i)}
        assert names == nodes | {f"head_0_{j}" for j in range(1, 5)}
    else:
        nodes = {f"x{i}_0" for i in range(5)} | {f"x{i}_{4 - i}" for i in range(4)}
        assert names == nodes | {f"gate_{i}" for i in range(1, 5)} | {"head_0_4"}


def test_a_level_above_sees_full_size_the_others_half_of_it_and_at_first_it_changes_nothing(architecture):
    torch.manual_seed(2)
    plain = build_network(architecture, base=2).eval()
    torch.manual_seed(2)
    network = build_network(architecture, base=2, fine=3).eval()
    assert all(torch.equal(value, network.state_dict()[name]) for name, value in plain.state_dict().items())
    image = torch.rand(1, 1, 64, 96)
    halved = torch.nn.functional.avg_pool2d(image, 2)
    with torch.no_grad():
        *heads, answer = network(image)
        wanted = [network.up(logits) for logits in plain(halved)]
        assert len(heads) == HEADS[architecture]
        for head, logits in zip(heads, wanted, strict=True):
            torch.testing.assert_close(head, logits)
        correction = answer - wanted[-1]
        assert correction.shape == image.shape
        assert correction.abs().max() < 0.3
        assert correction.std() > 0, "each pixel of full size has its own"


def test_at_the_start_a_lesion_is_rare(architecture):
    torch.manual_seed(1)
    with torch.no_grad():
        heads = build_network(architecture, base=4).eval()(torch.rand(1, 1, 64, 64))
    for head in heads:
        assert 0.005 < torch.sigmoid(head).mean() < 0.08


def test_the_nested_network_has_the_size_that_the_paper_gives():
    """Zhou et al. 2018, table 1: 9.04 M at widths 32 … 512."""
    count = sum(p.numel() for p in build_network("nested-unet", base=32).parameters())
    assert count == pytest.approx(9.04e6, rel=0.02)


def test_attention_coefficients_weigh_the_skip_connection():
    """Closed gates (alpha = 0) leave nothing of x0_0 but what came through the coarser levels."""
    network = lively_network("attention-unet")
    image = torch.rand(1, 1, 32, 32)
    with torch.no_grad():
        before = network(image)[-1]
        for i in range(1, 5):
            gate = network.get_submodule(f"gate_{i}")
            gate.psi.weight.zero_()
            gate.psi.bias.fill_(-100)
        gated = network.gate_1(network.x0_0(image), torch.rand(1, 4, 16, 16))
        assert gated.shape == (1, 1, 32, 32)
        assert gated.abs().max() < 1e-20
        assert not torch.allclose(network(image)[-1], before)


def write_checkpoint(path, architecture, base=2):
    torch.manual_seed(5)
    network = build_network(architecture, base=base)
    stages, sources = (Stage(size=128, batch=1, steps=1, lr=1e-3),), (Source("heads", 1.0),)
    config = Config(architecture, "t1ce", sources, stages, ("heads",), base=base)
    checkpoint.save(path, {"config": config_to_dict(config), "ema": network.state_dict()})
    return network


def test_a_checkpoint_gives_its_averaged_network_back(tmp_path, architecture):
    network = write_checkpoint(tmp_path / "last.pt", architecture)
    loaded, config, _ = checkpoint.load_network(tmp_path / "last.pt")
    assert config.id == f"{architecture}-t1ce"
    assert not loaded.training
    assert all(
        torch.equal(a, b) for a, b in zip(network.state_dict().values(), loaded.state_dict().values(), strict=True)
    )


def test_one_architecture_starts_from_the_other(tmp_path, architecture):
    other = next(name for name in HEADS if name != architecture)
    theirs = write_checkpoint(tmp_path / "last.pt", other)
    torch.manual_seed(9)
    network = build_network(architecture, base=2)
    assert checkpoint.start_from(network, tmp_path / "last.pt") > 0
    for i in range(5):
        assert torch.equal(network.get_parameter(f"x{i}_0.conv1.weight"), theirs.get_parameter(f"x{i}_0.conv1.weight"))
    own, given = (n.get_parameter("x0_4.conv1.weight") for n in (network, theirs))
    assert torch.equal(own[:, :2], given[:, :2]), "what both see of x0_0"
    assert torch.equal(own[:, -4:], given[:, -4:]), "what both see of the node below"


def test_a_kill_while_saving_leaves_the_earlier_checkpoint(tmp_path):
    path = tmp_path / "last.pt"
    checkpoint.save(path, {"step": 1})
    with pytest.raises(Exception, match=r"pickle|local"):
        checkpoint.save(path, {"step": lambda: 2})
    assert checkpoint.load(path) == {"step": 1}
