"""Where a model is: each form of address, and what is refused."""

from pathlib import Path

import pytest

from miaudit.address import Address
from miaudit.errors import UserError


@pytest.mark.parametrize(
    ("text", "place", "factory", "options", "suffix"),
    [
        ("model.onnx", "model.onnx", None, {}, ".onnx"),
        ("models/Model.ONNX", "models/Model.ONNX", None, {}, ".onnx"),
        ("a folder", "a folder", None, {}, ""),
        ("net.py:make", "net.py", "make", {}, ""),
        ("a/b c/net.py:make?weights=w.safetensors&depth=3", "a/b c/net.py", "make", None, ""),
        ("my.package.net:Net", "my.package.net", "Net", {}, ""),
        ("m.skops?trusted=a.B,c.D", "m.skops", None, {"trusted": "a.B,c.D"}, ".skops"),
        ("https://host:80/v2/models/m", "https://host:80/v2/models/m", None, {}, ""),
        ("https://host/invocations?version=2", "https://host/invocations?version=2", None, {}, ""),
        (r"C:\models\model.onnx", r"C:\models\model.onnx", None, {}, ".onnx"),
    ],
)
def test_an_address_is_taken_apart(
    text: str, place: str, factory: str | None, options: dict[str, str] | None, suffix: str
) -> None:
    address = Address.read(text)

    expected = {"weights": "w.safetensors", "depth": "3"} if options is None else options
    assert (address.place, address.factory, address.options, address.suffix) == (place, factory, expected, suffix)


def test_options_of_both_sources_are_joined() -> None:
    address = Address.read("net.py:make?weights=w.pt", {"outputs": "logits"})

    assert address.options == {"weights": "w.pt", "outputs": "logits"}


def test_relative_paths_start_from_the_folder_and_others_stay() -> None:
    assert Address.read("m.onnx", folder=Path("/data")).path == Path("/data/m.onnx")
    assert Address.read("/models/m.onnx", folder=Path("/data")).path == Path("/models/m.onnx")


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, "got an empty text"),
        ("net.py:make?weights", {}, "expected NAME=VALUE after `\\?`, got 'weights'"),
        ("net.py:make?a=1&a=2", {}, "every option once"),
        ("net.py:make?weights=w", {"weights": "v"}, "the option 'weights' is given twice"),
    ],
)
def test_what_is_no_address_is_refused(text: str, options: dict[str, str], message: str) -> None:
    with pytest.raises(UserError, match=message):
        Address.read(text, options)


def test_unknown_options_are_refused_with_the_known_ones() -> None:
    address = Address.read("m.onnx?bach=3")

    with pytest.raises(UserError, match=r"m.onnx\?bach=3: there is no option 'bach'; it takes batch"):
        address.check_options(("batch",))
    with pytest.raises(UserError, match="it takes none"):
        address.check_options()
    Address.read("m.onnx?batch=3").check_options(("batch",))


def test_secrets_are_not_shown() -> None:
    assert (
        str(Address.read("https://ann:pw@host/v2/models/m?token=abc")) == "https://ann:***@host/v2/models/m?token=***"
    )
