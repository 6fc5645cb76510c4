import pytest
from pydantic import ValidationError

from miaudit.auditing.from_config import recipe_of
from miaudit.config import RecipeConfig
from miaudit.errors import UserError
from miaudit.fingerprint import fingerprint
from miaudit.models.mlp import Mlp
from miaudit.training.fit import learning_rate, make_optimizer
from tiny import recipe


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epoch": 3}, "there is no option 'epoch'"),
        ({"epochs": 0}, "epochs: .*greater than or equal to 1; got 0"),
        ({"epochs": "many"}, "epochs: .*valid integer"),
        ({"optimizer": "sdg"}, "optimizer: .*'sgd'"),
        ({"optimizer": "sgd", "nesterov": True}, "nesterov needs momentum"),
        ({"optimizer": "adam", "momentum": 0.9}, "momentum and nesterov belong to sgd"),
    ],
)
def test_wrong_fields_are_told_before_anything_is_trained(options: dict[str, object], message: str) -> None:
    config = RecipeConfig.model_validate({"model": "mlp", **options})
    with pytest.raises(UserError, match=f"recipe: .*{message}"):
        recipe_of(config)


def test_the_same_checks_hold_in_python() -> None:
    with pytest.raises(ValidationError, match="nesterov needs momentum"):
        recipe(optimizer="sgd", nesterov=True)


def test_a_recipe_is_hashable_and_named_by_every_field() -> None:
    variants = [
        recipe(),
        recipe(model=Mlp(hidden=(9,))),
        recipe(optimizer="adamw"),
        recipe(optimizer="sgd"),
        recipe(optimizer="sgd", momentum=0.9),
        recipe(optimizer="sgd", momentum=0.9, nesterov=True),
        recipe(learning_rate=0.002),
        recipe(weight_decay=0.1),
        recipe(schedule="cosine"),
        recipe(epochs=3),
        recipe(batch_size=17),
        recipe(label_smoothing=0.1),
        recipe(early_stopping=True),
        recipe(bf16=True),
    ]
    assert len(set(variants)) == len(variants)
    assert len({fingerprint(variant) for variant in variants}) == len(variants)
    assert fingerprint(recipe()) == fingerprint(recipe())


def test_constant_learning_rate() -> None:
    assert {learning_rate(recipe(learning_rate=0.3, epochs=4), epoch) for epoch in range(4)} == {0.3}


def test_cosine_learning_rate() -> None:
    how = recipe(learning_rate=0.2, schedule="cosine", epochs=4)
    # 0.1 (1 + cos(pi e / 4)) for e = 0, 1, 2, 3
    assert [learning_rate(how, epoch) for epoch in range(4)] == pytest.approx([0.2, 0.17071068, 0.1, 0.02928932])


def test_the_optimizer_is_as_the_recipe_says() -> None:
    module = Mlp().build((4,), 2)
    sgd = make_optimizer(
        module, recipe(optimizer="sgd", learning_rate=0.5, momentum=0.9, nesterov=True, weight_decay=0.01)
    )
    assert type(sgd).__name__ == "SGD"
    options = {name: sgd.defaults[name] for name in ("lr", "momentum", "nesterov", "weight_decay")}
    assert options == {"lr": 0.5, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}
    adamw = make_optimizer(module, recipe(optimizer="adamw", weight_decay=0.02))
    assert type(adamw).__name__ == "AdamW"
    assert adamw.defaults["weight_decay"] == 0.02
    assert type(make_optimizer(module, recipe())).__name__ == "Adam"
