"""A run's settings: frozen dataclasses filled from TOML. An unknown key is an error."""

import dataclasses
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from metsight.augment import Augmentation
from metsight.provenance import is_known

Architecture = Literal["nested-unet", "attention-unet"]
Sequence = Literal["t1ce", "flair"]
Precision = Literal["float32", "bf16"]


@dataclass(frozen=True)
class Source:
    """A data set folder and its share of the training samples."""

    name: str
    share: float


@dataclass(frozen=True)
class Stage:
    """One stretch of training at one picture size; `lr` warms up, then falls along a cosine.

    Slices are 256². At `size` 128 a sample is the whole slice halved, or, with probability `crop_share`, a crop at
    native scale (half of the crops of slices with a lesion contain it).
    """

    size: Literal[128, 256]
    batch: int
    steps: int
    lr: float
    crop_share: float = 0.0


@dataclass(frozen=True)
class Config:
    architecture: Architecture
    sequence: Sequence
    sources: tuple[Source, ...]
    stages: tuple[Stage, ...]
    #: Validation DICE per epoch is over these sets' slices with a lesion.
    validate_on: tuple[str, ...]
    #: Of the model's folder; `<architecture>-<sequence>`, as the shipped ones are called, where it is not given.
    id: str = ""
    seed: int = 1
    base: int = 16
    #: Channels of a sixth level at full size, under which the five see the slice halved; 0: five levels at full size.
    fine: int = 0
    #: Weight of a soft Dice term beside binary cross-entropy.
    dice_weight: float = 0.0
    #: All slices of a batch as one picture, or each for itself: then small lesions count like large ones.
    dice_over: Literal["batch", "slice"] = "batch"
    #: Forward pass; weights, optimiser and loss are always float32.
    precision: Precision = "float32"
    ema_decay: float = 0.99
    warmup_share: float = 0.05
    steps_per_epoch: int = 200
    #: Slices of the per-epoch validation, evenly spaced over `validate_on`; `evaluate` takes all.
    validation_slices: int = 120
    checkpoint_every_steps: int = 50
    threads: int = 0
    augmentation: Augmentation = field(default_factory=Augmentation)

    def __post_init__(self) -> None:
        if abs(sum(source.share for source in self.sources) - 1) > 1e-6:
            raise ValueError("The sources' shares must sum to 1.")
        if not self.id:
            object.__setattr__(self, "id", self.shipped_id)
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,79}", self.id):
            raise ValueError(f"id must be a folder's name of a-z, 0-9 and -; received {self.id!r}")

    @property
    def shipped_id(self) -> str:
        return f"{self.architecture}-{self.sequence}"

    @property
    def data_sets(self) -> tuple[str, ...]:
        """All that it reads, each once."""
        return tuple(dict.fromkeys([*(source.name for source in self.sources), *self.validate_on]))

    def require_id_of_its_own(self) -> None:
        """Weights of other data must not take a shipped network's place."""
        own = [name for name in self.data_sets if not is_known(name)]
        if own and self.id == self.shipped_id:
            raise SystemExit(
                f"{self.id} is the id of a network that ships, and {', '.join(own)} is no data set of its: give the "
                f'config an id of its own, such as id = "{self.id}-own".'
            )


def load_config(path: Path) -> Config:
    return _fill(Config, tomllib.loads(path.read_text(encoding="utf-8")), path.name)


def config_to_dict(config: Config) -> dict[str, Any]:
    return dataclasses.asdict(config)


def config_from_dict(table: dict[str, Any]) -> Config:
    return _fill(Config, table, "checkpoint")


def _fill(kind: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        unknown = sorted(set(value) - set(hints))
        if unknown:
            raise ValueError(f"{where}: unknown setting {unknown[0]!r}; known are {sorted(hints)}")
        return kind(**{key: _fill(hints[key], entry, f"{where}.{key}") for key, entry in value.items()})
    if get_origin(kind) is tuple:
        kinds = get_args(kind)
        each = [kinds[0]] * len(value) if kinds[1:] == (...,) else kinds
        return tuple(_fill(k, entry, where) for k, entry in zip(each, value, strict=True))
    if get_origin(kind) is Literal:
        if value not in get_args(kind):
            raise ValueError(f"{where}: {value!r} is none of {get_args(kind)}")
        return value
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind):
        raise ValueError(f"{where}: {value!r} is not {kind.__name__}")
    return value
