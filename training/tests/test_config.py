import tomllib
from pathlib import Path

import pytest

from metsight.config import config_from_dict, config_to_dict, load_config
from metsight.train import first_sample, schedule

CONFIGS = sorted((Path(__file__).parents[1] / "configs").glob("*.toml"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_shipped_config_loads_and_survives_a_checkpoint(path):
    config = load_config(path)
    assert config_from_dict(config_to_dict(config)) == config


def test_weights_of_other_data_need_an_id_of_their_own():
    right = tomllib.loads(RIGHT)
    assert config_from_dict(right).id == "nested-unet-t1ce"
    with pytest.raises(SystemExit, match='such as id = "nested-unet-t1ce-own"'):
        config_from_dict(right).require_id_of_its_own()
    own = config_from_dict({**right, "id": "nested-unet-t1ce-own"})
    own.require_id_of_its_own()
    assert (own.id, config_to_dict(own)["id"]) == ("nested-unet-t1ce-own",) * 2
    for path in CONFIGS:
        load_config(path).require_id_of_its_own()
    with pytest.raises(ValueError, match=r"received '\.\./elsewhere'"):
        config_from_dict({**right, "id": "../elsewhere"})


RIGHT = """
architecture = "nested-unet"
sequence = "t1ce"
validate_on = ["heads"]
sources = [{ name = "heads", share = 0.75 }, { name = "free", share = 0.25 }]

[[stages]]
size = 128
batch = 8
steps = 100
lr = 1.5e-3

[[stages]]
size = 256
batch = 4
steps = 40
lr = 7e-4
"""


def loaded(tmp_path, text):
    path = tmp_path / "run.toml"
    path.write_text(text)
    return load_config(path)


@pytest.fixture
def config(tmp_path):
    return loaded(tmp_path, RIGHT)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("architecture =", "architektur =", "unknown setting 'architektur'"),
        ("batch =", "batches =", "unknown setting 'batches'"),
        ('"nested-unet"', '"unet"', "'unet' is none of"),
        ("size = 128", "size = 100", "100 is none of"),
        ("lr = 1.5e-3", 'lr = "fast"', "'fast' is not float"),
        ("share = 0.25", "share = 0.5", "sum to 1"),
    ],
)
def test_a_wrong_setting_is_an_error(tmp_path, old, new, complaint):
    with pytest.raises(ValueError, match=complaint):
        loaded(tmp_path, RIGHT.replace(old, new, 1))


def test_the_rate_warms_up_then_falls_in_each_stage(config):
    first, second = config.stages
    rates = [schedule(config, step)[1] for step in range(first.steps + second.steps)]
    assert max(rates[: first.steps]) == pytest.approx(first.lr, rel=0.01)
    assert max(rates[first.steps :]) == pytest.approx(second.lr, rel=0.01)
    assert rates[0] == pytest.approx(first.lr / 5), "5 of 100 steps warm up"
    assert rates[first.steps - 1] == pytest.approx(0.02 * first.lr, rel=0.05)
    assert schedule(config, first.steps - 1)[0] == first
    assert schedule(config, first.steps)[0] == second
    with pytest.raises(ValueError, match="beyond"):
        schedule(config, first.steps + second.steps)


def test_no_two_steps_use_one_sample(config):
    first, second = config.stages
    for world in (1, 2):
        assert first_sample(config, 0, world) == 0
        assert first_sample(config, 3, world) == 3 * first.batch * world
        assert first_sample(config, first.steps + 2, world) == (first.steps * first.batch + 2 * second.batch) * world
