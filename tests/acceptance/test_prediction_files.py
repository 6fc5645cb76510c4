"""Files of predictions as people export them are read without a flag, or the message names the flag."""

from pathlib import Path

import numpy as np
import pytest

from acceptance.predicted import Variant
from acceptance.prediction_files import variants
from miaudit.errors import UserError
from miaudit.evidence.io.file import read_evidence
from miaudit.reading.hints import Hints

ALL = variants()
MOST_LINES = 4


@pytest.mark.parametrize("variant", ALL, ids=[variant.name for variant in ALL])
def test_the_losses_are_those_of_the_plain_file(variant: Variant, tmp_path: Path) -> None:
    written = variant.write(tmp_path)
    if variant.flag:
        with pytest.raises(UserError, match=variant.flag):
            read_evidence(written.path, nonmembers=written.nonmembers)
    else:
        assert written.hints == Hints()
    said: list[str] = []
    evidence, truth, _ = read_evidence(written.path, said.append, written.hints, written.nonmembers)
    assert len(said) <= MOST_LINES
    assert truth is not None
    found = evidence.audit.target("loss")
    assert (np.abs(found - variant.loss) <= variant.error).all(), np.abs(found - variant.loss).max()


def test_enough_files_run_without_a_flag() -> None:
    assert len(ALL) >= 40
    assert len({variant.name for variant in ALL}) == len(ALL)
    assert sum(not variant.flag for variant in ALL) >= 0.9 * len(ALL)
