from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest
import torch

from miaudit.address import Address
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.targets.base import query
from miaudit.targets.search import open_target
from miaudit.targets.transformers import Images, Transformers

transformers = pytest.importorskip("transformers")

WORDS = ["good", "bad", "film", "plot", "very", "not"]
TEXTS = np.array(["good film", "bad plot very bad", "not good", "very good plot", "bad " * 40] * 8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small BERT with random weights and its tokenizer, as `save_pretrained` leaves them."""
    where = tmp_path_factory.mktemp("bert")
    vocabulary = where / "vocab.txt"
    vocabulary.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]))
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    config = transformers.BertConfig(vocab_size=5 + len(WORDS), max_position_embeddings=16, num_labels=3, **sizes)
    torch.manual_seed(0)
    transformers.BertForSequenceClassification(config).save_pretrained(where)
    transformers.BertTokenizerFast(str(vocabulary), model_max_length=16).save_pretrained(where)
    return where


def test_texts_are_answered_as_by_model_and_tokenizer(folder: Path) -> None:
    target = open_target(Address.read(str(folder)))
    assert isinstance(target, Transformers)
    model = transformers.BertForSequenceClassification.from_pretrained(folder).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    with torch.no_grad():
        own = [model(**tokenizer([text], truncation=True, return_tensors="pt")).logits[0].numpy() for text in TEXTS]
    npt.assert_allclose(target.answers(TEXTS), own, atol=1e-5)
    assert target.name == "the BertForSequenceClassification"
    assert query(target, TEXTS).values.shape == (40, 3)


def test_a_part_that_is_missing_is_told(folder: Path, tmp_path: Path) -> None:
    for name in ("config.json", "tokenizer.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    with pytest.raises(UserError, match=r"cannot open .*: OSError: .*model\.safetensors"):
        open_target(Address.read(str(tmp_path)))


@pytest.mark.parametrize("config", ['{"architectures": ["BertForMaskedLM"]}', "{}", "[]", "no JSON"])
def test_other_folders_are_not_its_own(config: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(config)
    assert not Transformers.opens(Address.read(str(tmp_path)))


def test_full_brightness_of_images_is_found_over_a_sample() -> None:
    class Processor:
        def __call__(self, images: Any, return_tensors: str, do_rescale: bool) -> Any:
            return do_rescale

    images = Images(Processor())
    dark = np.zeros((2, 3, 4, 4))
    assert images.tried(dark + 200).read(dark) is True
    assert images.tried(dark + 0.5).read(dark) is False


@pytest.mark.parametrize("bright", [255, 1])
def test_images_are_answered_as_by_model_and_processor(bright: int, tmp_path: Path) -> None:
    config = transformers.ViTConfig(
        hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8, image_size=8, patch_size=4
    )
    torch.manual_seed(0)
    transformers.ViTForImageClassification(config).save_pretrained(tmp_path)
    processor = transformers.ViTImageProcessor(size={"height": 8, "width": 8})
    processor.save_pretrained(tmp_path)
    whole = np.random.default_rng(0).integers(0, 256, (5, 3, 12, 12), dtype=np.uint8)
    x = whole if bright == 255 else whole / np.float32(255)
    target = open_target(Address.read(str(tmp_path))).with_outputs("auto")
    target = target.tried(Dataset("given", x, np.arange(5) % 2, 2))
    assert isinstance(target, Transformers)
    assert target.description.startswith("ViTForImageClassification (transformers, ")
    assert target.description.endswith(" parameters, which gives logits)")  # although all are small and positive
    model = transformers.ViTForImageClassification.from_pretrained(tmp_path).eval()
    with torch.no_grad():
        own = model(**processor(images=list(whole), return_tensors="pt")).logits.numpy()
    npt.assert_allclose(target.answers(x), own, atol=1e-5 if bright == 255 else 1e-2)  # resizing rounds to 8 bits
    npt.assert_allclose(target.answers(np.moveaxis(x, 1, -1)), target.answers(x), atol=1e-5)
