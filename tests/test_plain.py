from miaudit.plain import describe
from miaudit.training.like import Like
from tiny import Net, recipe


def test_recipes_as_plain_values() -> None:
    told = describe(recipe(epochs=3))
    assert told["class"] == "Recipe"
    assert told["epochs"] == 3
    assert told["model"] == {"class": "Mlp", "hidden": [8], "activation": "relu", "dropout": 0.0}


def test_what_is_no_part_of_the_content_is_left_out() -> None:
    assert "module" not in describe(Like.of(Net()))  # no repr() with an address
