"""The data sets and models on which the strength of attacks is measured."""

from dataclasses import dataclass, fields, replace

from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

from miaudit.models.mlp import Mlp
from miaudit.models.small_cnn import SmallCnn
from miaudit.models.smallnet import Smallnet
from miaudit.training.base import AnyRecipe
from miaudit.training.estimators import EstimatorRecipe
from miaudit.training.recipe import Recipe

SIZES = (2, 4, 8, 16, 32)
LARGE = 128  # models of the largest pool


@dataclass(frozen=True)
class World:
    """A data set, how many of its records are audited, and how its models are trained.

    Half of the audited records train the target and every model of the pool. Where the data set has two and a half
    times as many records, besides the population, a shadow and a reference are trained apart from the audited records.
    """

    name: str
    dataset: str
    records: int
    recipe: AnyRecipe
    sizes: tuple[int, ...] = SIZES  # numbers of models in the pool
    population: int = 4_000  # records that no model sees, at most
    is_apart: bool = False  # are a shadow and a reference trained on other records than the audited ones?
    largest: int = 0  # models of a pool on which only LiRA runs; 0 for no such pool
    normalise: bool = False  # images: are channels centred and scaled?

    @property
    def most(self) -> int:
        """Number of models to train for pools."""
        return max(*self.sizes, self.largest)

    @property
    def models(self) -> str:
        """How the models are trained: what differs from the defaults."""
        if isinstance(self.recipe, EstimatorRecipe):
            return " ".join(repr(self.recipe.estimator).split())
        network, usual = self.recipe.network, Recipe()
        told = [
            f"{part.name}={value}"
            for part in fields(usual)
            if part.name != "model" and (value := getattr(network, part.name)) != getattr(usual, part.name)
        ]
        return ", ".join([str(getattr(network, "model", "")), *told, *(["normalised"] if self.normalise else [])])


LOCATION = Recipe(model=Mlp(hidden=(256,)), learning_rate=1e-3, batch_size=32, epochs=40)
DIGITS = Recipe(model=Mlp(hidden=(128,)), learning_rate=3e-3, batch_size=32, epochs=60)
ADULT = Recipe(
    model=Mlp(hidden=(216,)),
    optimizer="sgd",
    learning_rate=0.1,
    momentum=0.9,
    nesterov=True,
    schedule="cosine",
    epochs=45,
    batch_size=64,
)
SMALLNET = Recipe(
    model=Smallnet(channels=(16, 32, 32, 64)), learning_rate=5e-3, batch_size=32, epochs=60, bf16=True
)  # half as wide as the paper's, for CPUs
GENTLE = replace(SMALLNET, learning_rate=1e-3)  # on normalised images; the rate above kills units at times
AUGMENTED = replace(GENTLE, flip=True, crop_padding=2)
BOOSTED = HistGradientBoostingClassifier(
    max_iter=200, max_leaf_nodes=31, min_samples_leaf=5, learning_rate=0.1, early_stopping=False
)
FASHION = Recipe(model=SmallCnn(), learning_rate=1e-3, batch_size=32, epochs=20, bf16=True)


def _images(name: str, dataset: str, records: int, recipe: AnyRecipe, most: int = 16, normalise: bool = False) -> World:
    sizes = tuple(size for size in SIZES if size <= most)
    return World(name, dataset, records, recipe, sizes, population=1_000, is_apart=True, normalise=normalise)


WORLDS = (
    World("digits", "digits", 1_600, DIGITS),
    World("digits_few", "digits", 680, DIGITS, sizes=(2, 4, 8, 16), population=90, is_apart=True),
    World(
        "digits_cnn",
        "digits",
        1_600,
        Recipe(model=SmallCnn(channels=(24,)), learning_rate=3e-3, batch_size=32, epochs=30),
    ),
    World("digits_crop", "digits", 1_600, replace(DIGITS, epochs=100, crop_padding=1)),
    World("location30", "location30", 4_500, LOCATION, largest=LARGE),
    World("location30_few", "location30", 1_900, LOCATION, population=250, is_apart=True),
    World("adult", "adult", 16_280, ADULT, is_apart=True, largest=LARGE),
    World("adult_forest", "adult", 4_000, EstimatorRecipe.of(RandomForestClassifier(n_estimators=100)), is_apart=True),
    World("adult_boosted", "adult", 4_000, EstimatorRecipe.of(BOOSTED), is_apart=True),
    _images("fashion_mnist", "fashion_mnist", 3_000, FASHION),
    _images("cifar10", "cifar10", 1_600, SMALLNET),
    _images("cifar10_augmented", "cifar10", 1_600, AUGMENTED, most=8, normalise=True),
    _images("cifar100", "cifar100", 1_600, GENTLE, normalise=True),
    _images("cifar100_augmented", "cifar100", 1_600, AUGMENTED, most=8, normalise=True),
)
