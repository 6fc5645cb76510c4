from miaudit.config import AttackConfig


def test_an_attack_used_twice_is_named() -> None:
    named = AttackConfig.model_validate({"attack": "calibrated", "signal": "confidence", "name": "c-conf"})
    assert named.title == "c-conf"
    assert named.options == {"signal": "confidence"}
    assert named.build().signal == "confidence"
