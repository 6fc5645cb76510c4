from pathlib import Path

import pytest

from miaudit import memory
from miaudit.errors import UserError
from miaudit.memory import check_memory, memory_limit


def test_what_does_not_fit_is_refused_with_a_remedy() -> None:
    check_memory(0.9 * memory_limit(), "a pool", "lower `models`")
    with pytest.raises(UserError, match=r"a pool would need 1,000,000.0 GB of memory, and .* lower `models`"):
        check_memory(1e15, "a pool", "lower `models`")


def test_a_container_may_have_less(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "memory.max"
    monkeypatch.setattr(memory, "CGROUP", path)
    whole = memory_limit.__wrapped__()
    for text, limit in (("1000000\n", 800_000.0), ("max\n", whole)):
        path.write_text(text)
        assert memory_limit.__wrapped__() == limit
