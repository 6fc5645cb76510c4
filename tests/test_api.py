from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.testing as npt
import pytest
import torch
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from digit_audits import MEMBERS, NONMEMBERS, POPULATION, Own, part, predicted, probabilities
from miaudit import Audit, Predictions, UserError, audit, compare
from miaudit.arrays import Floats
from miaudit.attacks.calibrated import Calibrated
from miaudit.auditing import cost
from miaudit.auditing.chosen import wanted_of
from miaudit.auditing.defended import DefenceInUse
from miaudit.auditing.files import load_result
from miaudit.auditing.from_model import GivenRecords, PoolSize, request_for
from miaudit.auditing.planning import plan_of
from miaudit.auditing.result import Preliminary
from miaudit.defences.confidence_masking import ConfidenceMasking
from miaudit.defences.dp_sgd import DpSgd
from miaudit.defences.l2 import L2
from miaudit.models.mlp import Mlp
from miaudit.running.local import LocalRunner
from tiny import Call, Net, recipe


@pytest.fixture(scope="module")
def forest(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    """A forest audited with its own parameters."""
    target = RandomForestClassifier(n_estimators=10, random_state=0).fit(*MEMBERS)
    return audit(
        target,
        MEMBERS,
        NONMEMBERS,
        attacks=["loss", "lira", Calibrated(signal="confidence")],
        models=4,
        shadows=2,
        store=tmp_path_factory.mktemp("forest"),
        jobs=2,
    )


def test_a_scikit_learn_classifier(forest: Audit) -> None:
    result = forest.result
    assert result.verdict.level == "leaks"
    assert result.target.description == "RandomForestClassifier (scikit-learn interface)"
    assert (result.target.members, result.target.nonmembers) == (300, 300)
    assert result.target.train_accuracy.value == pytest.approx(1.0, abs=0.01)
    assert result.cost.models_trained == 4
    assert list(result.attacks) == ["loss", "lira", "calibrated[signal=confidence]"]
    lira = result.attacks["lira"].auc.low
    assert lira is not None
    assert lira > 0.6
    assert result.provenance.recipe is not None
    assert result.provenance.recipe["kind"] == "sklearn.ensemble._forest.RandomForestClassifier"


def test_the_table_has_a_row_an_attack(forest: Audit) -> None:
    table = forest.table()
    assert table["attack"].to_pylist() == list(forest.result.attacks)
    for row in table.to_pylist():
        attack = forest.result.attacks[row["attack"]]
        assert (row["auc"], row["auc_low"], row["auc_high"]) == (attack.auc.value, attack.auc.low, attack.auc.high)
        assert row["epsilon_bound"] == attack.epsilon.low
        assert row["tpr_at_fpr_0.0001"] is None


def test_the_most_exposed_come_first(forest: Audit) -> None:
    strongest = max(forest.result.attacks, key=lambda name: forest.result.attacks[name].auc.value or 0)
    exposed = forest.most_exposed(7)
    members = forest.scores.filter(forest.scores["member"])
    expected = np.sort(members[strongest].to_numpy())[::-1][:7]
    assert exposed.attack == strongest
    npt.assert_array_equal([member.score for member in exposed], expected)
    assert len(forest.most_exposed(10_000)) == 300
    assert all(member.id == f"members:{member.position}" for member in exposed)


def test_records_are_named_and_explained(forest: Audit) -> None:
    named = forest.exposed(alpha=0.6)
    assert named.number is None or len(named) == named.number.value
    record = forest.scores["id"][0].as_py()
    found = forest.explain(record)
    assert (found.id, found.member) == (record, forest.scores["member"][0].as_py())
    assert set(found.attacks) == set(forest.result.attacks)
    assert found.models is None or found.models.trained + found.models.others > 0


def test_without_an_index_a_record_is_called_by_its_side_and_place(forest: Audit) -> None:
    rows = forest.scores.select(["id", "position", "label", "member"]).to_pylist()
    assert len({row["id"] for row in rows}) == 600
    for row in rows:
        side, records = ("members", MEMBERS) if row["member"] else ("nonmembers", NONMEMBERS)
        assert row["id"] == f"{side}:{row['position']}"
        assert row["label"] == records[1][row["position"]]
    assert str(forest.most_exposed(1)[0].id) in forest.to_html()


def test_an_audit_is_told_in_one_line(forest: Audit) -> None:
    assert repr(forest) == "<Audit of 300 members and 300 non-members by 3 attacks: leaks>"


def test_in_words(forest: Audit) -> None:
    text = str(forest)
    assert text.startswith("The model leaks who was in its training data.")
    assert "lira" in text
    assert "AUC 0." in text


def test_the_report_and_the_folder(forest: Audit, tmp_path: Path) -> None:
    page = forest.to_html(tmp_path / "deep" / "page.html")
    assert (tmp_path / "deep" / "page.html").read_text() == page
    assert page.lstrip().lower().startswith("<!doctype html")
    report = forest.save(tmp_path / "out")
    assert report == tmp_path / "out" / "report.html"
    assert report.read_text() == page
    assert load_result(tmp_path / "out").verdict == forest.result.verdict


def test_the_saved_configuration_repeats_the_attacks(forest: Audit, tmp_path: Path, call: Call) -> None:
    import pyarrow.parquet as pq

    forest.save(tmp_path / "out")
    called = call("audit", tmp_path / "out" / "config.yaml", "--out", tmp_path / "again", "--store", tmp_path / "store")
    assert called.code == 0, called.err
    again = pq.read_table(tmp_path / "again" / "scores.parquet")
    assert again.column_names == forest.scores.column_names
    for name in again.column_names[2:]:  # evidence holds whole numbers for ids
        npt.assert_array_equal(again[name], forest.scores[name], err_msg=name)
    place = forest.scores["position"].to_numpy() + np.where(forest.scores["member"].to_numpy(), 0, 300)
    npt.assert_array_equal(again["id"], place)


def test_a_torch_module_is_imitated_by_its_own_architecture(tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = Net()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    options: dict[str, Any] = {"attacks": ["loss", "calibrated"], "models": 4, "shadows": 1, "jobs": 2}
    state = torch.get_rng_state()
    found = audit(net, MEMBERS, NONMEMBERS, POPULATION, store=tmp_path, **options)
    assert torch.equal(torch.get_rng_state(), state)
    assert found.result.target.description.startswith("Net (torch, ")
    assert found.result.cost.models_trained == 4
    assert all(torch.equal(net.state_dict()[name], value) for name, value in before.items())
    assert found.result.attacks["loss"].auc.low is not None
    assert found.result.attacks["loss"].auc.low < 0.5  # an untrained network leaks nothing
    again = audit(net, MEMBERS, NONMEMBERS, POPULATION, store=tmp_path, **options)
    assert (again.result.cost.models_trained, again.result.cost.models_cached) == (0, 4)
    assert again.scores.equals(found.scores)


def test_predictions_alone(tmp_path: Path) -> None:
    found = predicted(tmp_path)
    assert found.result.verdict.level == "leaks"
    assert found.result.cost.models_trained == 0
    assert "lira" in found.result.skipped
    assert "loss" in found.result.attacks
    p = np.concatenate(probabilities())
    labels = np.concatenate([MEMBERS[1], NONMEMBERS[1]])
    rows = found.scores["position"].to_numpy() + np.where(found.scores["member"].to_numpy(), 0, 300)
    npt.assert_allclose(found.scores["loss"], np.log(p[np.arange(600), labels])[rows], atol=1e-9)


def test_predictions_with_references_trained_by_a_recipe(tmp_path: Path) -> None:
    """The predictions know ten classes, the records at hand show nine: the references must know ten, too."""
    few = [(x[y < 9], y[y < 9]) for x, y in (MEMBERS, NONMEMBERS)]
    rows = [p[y < 9] for p, (_, y) in zip(probabilities(), (MEMBERS, NONMEMBERS), strict=True)]
    found = audit(
        Predictions(rows[0], rows[1]),
        few[0],
        few[1],
        recipe=recipe(model=Mlp(hidden=(8,)), epochs=1),
        attacks=["calibrated"],
        models=4,
        shadows=1,
        store=tmp_path,
        jobs=2,
    )
    evidence = found._finished.gathered.evidence
    assert evidence.audit.n_classes == 10
    assert evidence.audit.references("logits").shape[2] == 10


def test_a_target_of_ones_own(tmp_path: Path) -> None:
    class Remote:
        description = "a model behind an interface"

        def logits(self, x: Floats) -> Floats:
            return np.concatenate([x[:, :5], x[:, 20:25]], axis=1)

    found = predicted(tmp_path, target=Remote(), attacks=["loss"])
    assert found.result.target.description == "a model behind an interface"


def test_an_attack_of_ones_own(tmp_path: Path) -> None:
    found = predicted(tmp_path, attacks=[Own(sign=-1.0), "loss"])
    own, loss = found.result.attacks["Own(sign=-1.0)"].auc.value, found.result.attacks["loss"].auc.value
    assert own is not None
    assert loss is not None
    assert own == pytest.approx(1 - loss)


def test_what_changes_is_asked_again(tmp_path: Path) -> None:
    """The same outputs with the other half called members."""
    found = predicted(tmp_path, attacks=["loss"])
    members, nonmembers = probabilities()
    swapped = predicted(
        tmp_path, target=Predictions(nonmembers, members), members=NONMEMBERS, nonmembers=MEMBERS, attacks=["loss"]
    )
    one, other = found.result.attacks["loss"].auc.value, swapped.result.attacks["loss"].auc.value
    assert one is not None
    assert other is not None
    assert other == pytest.approx(1 - one)


X, Y = MEMBERS


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"members": (None, Y), "recipe": recipe()}, "members: expected records in x, got None; only Predictions"),
        ({"members": (None, Y)}, "expected records in x for every part or for none, got none for members"),
        ({"members": Y, "target": LogisticRegression()}, r"members: expected a pair \(x, y\), got ndarray; only Pred"),
        ({"members": (X[:-1], Y)}, r"members: expected x .* with n >= 2, got \(299, 64\) and \(300,\)"),
        ({"members": (X[:0], Y[:0])}, "n >= 2"),
        ({"members": (X, Y[:, None, None])}, r"y \(n,\)"),
        ({"members": (X, Y / 2)}, r"members: expected labels that are text, .*as 2\.5: these are values of a reg"),
        ({"members": (X, Y - 1)}, r"expected 10 different labels, .* got 11 \(-1, 0, 1, 2, 3, \.\.\.\)"),
        ({"nonmembers": (X.reshape(-1, 8, 8), Y)}, r"must have one shape, got .*\(64,\).*\(8, 8\)"),
        ({"target": SVC()}, "SVC is not fitted"),
        ({"target": 3}, r"cannot audit a int: expected one of .*Predictions, .*a torch module, .*a fitted scikit"),
        ({"target": LogisticRegression()}, "LogisticRegression is not fitted"),
        ({"target": torch.nn.Linear(64, 5)}, r"expected labels 0\.\.4, as the target knows 5 classes; got 9"),
        ({"target": torch.nn.Linear(7, 10)}, r"records of shape \(64,\)"),
        ({"target": Predictions(*probabilities()[::-1]), "members": part(0, 250), "nonmembers": part(250, 600)},
         r"predictions for 300 members and 300 non-members: expected as many as the 250 \+ 350 records"),
        ({"population": POPULATION}, "and no population"),
        ({"attacks": ["loss", "lirra"]}, "did you mean 'lira'"),
        ({"attacks": ["lira"]}, r"attack lira needs 1 reference model\(s\) without each record, there are 0"),
        ({"attacks": ["loss", "loss"]}, "an attack is given twice: loss, loss"),
        ({"attacks": "loss"}, r"a list of attacks, got 'loss': write \['loss'\]"),
        ({"known_fraction": 0.999, "attacks": ["kde"]}, "kde knows 0.999 of 300 members, .* lower known_fraction"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        predicted(tmp_path, models=2, shadows=1, jobs=1, **options)


def test_a_device_that_is_not_there_is_told_before_anything_is_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    images = (MEMBERS[0].reshape(-1, 1, 8, 8), MEMBERS[1]), (NONMEMBERS[0].reshape(-1, 1, 8, 8), NONMEMBERS[1])
    with pytest.raises(UserError, match="device cuda: torch"):
        audit(Mlp(hidden=(4,)).build((1, 8, 8), 10), *images, store=tmp_path, device="cuda")
    assert not any(tmp_path.iterdir())


def test_copies_of_members_among_the_non_members_are_told(tmp_path: Path) -> None:
    outside = NONMEMBERS[0].copy(), NONMEMBERS[1].copy()
    for copied, values in zip(outside, MEMBERS, strict=True):
        copied[:5] = values[:5]
    predictions = Predictions(*probabilities())
    found = audit(predictions, MEMBERS, outside, attacks=["loss"], store=tmp_path).result
    assert found.duplicates is not None
    assert (found.duplicates.members, found.duplicates.nonmembers) == (5, 5)
    assert "5 of the non-members are exact copies of members: no attack can tell them apart." in found.verdict.sentences


def test_early_results_come_while_the_pool_grows(tmp_path: Path) -> None:
    target = RandomForestClassifier(n_estimators=3, random_state=0).fit(*MEMBERS)
    early: list[Audit] = []
    options: dict[str, Any] = {"attacks": ["loss", "calibrated"], "models": 16, "shadows": 2, "store": tmp_path}
    found = audit(target, MEMBERS, NONMEMBERS, jobs=1, anytime=early.append, **options)
    assert [each.result.preliminary for each in early] == [Preliminary(models=4, of=16), Preliminary(models=8, of=16)]
    assert str(early[0]).startswith(f"{early[0].result.verdict.headline}\nPreliminary: 4 of the 16 models")
    assert found.result.preliminary is None
    at_once = audit(target, MEMBERS, NONMEMBERS, jobs=1, **options)
    assert at_once.result.cost.models_trained == 0
    assert at_once.scores.equals(found.scores)


def test_a_budget_makes_the_pool_smaller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = RandomForestClassifier(n_estimators=3, random_state=0).fit(*MEMBERS)
    monkeypatch.setattr(cost, "seconds_per_model", lambda *_: 10.0)
    options: dict[str, Any] = {"attacks": ["calibrated"], "models": 16, "shadows": 2, "store": tmp_path, "jobs": 1}
    cut = audit(target, MEMBERS, NONMEMBERS, budget="1m", **options)  # 4 s to start, and 5.6 models
    assert cut.result.references is not None
    assert cut.result.references.models == 4
    again = audit(target, MEMBERS, NONMEMBERS, budget=60, **options)
    assert again.scores.equals(cut.scores)
    assert audit(target, MEMBERS, NONMEMBERS, **{**options, "models": 4}).scores.equals(cut.scores)


def test_a_runner_of_ones_own_trains(tmp_path: Path) -> None:
    class Mine(LocalRunner):
        asked: ClassVar[list[int]] = []

        def run(self, works: Any, *rest: Any) -> Any:
            self.asked.append(len(works))
            return super().run(works, *rest)

    target = RandomForestClassifier(n_estimators=3, random_state=0).fit(*MEMBERS)
    options: dict[str, Any] = {"attacks": ["loss"], "models": 4, "shadows": 2, "store": tmp_path}
    audit(target, MEMBERS, NONMEMBERS, runner=Mine(1), **options)
    assert Mine.asked == [2]


def test_a_defence_of_the_outputs_masks_what_the_model_says(tmp_path: Path) -> None:
    plain, masked = (
        predicted(tmp_path, attacks=["loss", "entropy"], defence=defence)
        for defence in (None, ConfidenceMasking(labels_only=True))
    )
    inside, outside = probabilities()
    hot = [np.eye(10)[p.argmax(axis=1)] for p in (inside, outside)]
    by_hand = predicted(tmp_path, attacks=["loss", "entropy"], target=Predictions(hot[0], hot[1]))
    assert masked.result.attacks["loss"].auc == by_hand.result.attacks["loss"].auc
    assert masked.result.attacks["loss"].auc != plain.result.attacks["loss"].auc
    told = "predictions only (300 + 300 records) with confidence_masking[labels_only=True]"
    assert masked.result.target.description == told


def test_an_attacker_who_knows_of_a_defence_trains_with_it(tmp_path: Path) -> None:
    torch.manual_seed(0)
    net, how = Mlp(hidden=(4,)).build((64,), 10), recipe(model=Mlp(hidden=(4,)), epochs=1)
    options: dict[str, Any] = {"attacks": ["calibrated"], "models": 4, "shadows": 1, "jobs": 1, "store": tmp_path}
    unaware = audit(net, MEMBERS, NONMEMBERS, recipe=how, defence=L2(weight=0.5), **options)
    without = audit(net, MEMBERS, NONMEMBERS, recipe=how, **options)
    assert without.result.cost.models_trained == 0
    assert without.scores.equals(unaware.scores)
    knows = audit(net, MEMBERS, NONMEMBERS, recipe=how, defence=L2(weight=0.5), attacker="knows", **options)
    assert knows.result.cost.models_trained == 4
    assert not knows.scores.equals(unaware.scores)
    assert knows.result.provenance.recipe is not None
    assert knows.result.provenance.recipe["weight_decay"] == 0.5
    alike = audit(net, MEMBERS, NONMEMBERS, recipe=replace(how, weight_decay=0.5), **options)
    assert alike.result.cost.models_trained == 0
    assert alike.scores.equals(knows.scores)


def test_a_guarantee_needs_a_recipe_that_was_given(tmp_path: Path) -> None:
    """The epsilon of a guessed recipe would be none of the target's."""
    x, y = MEMBERS[0].astype(np.float32), MEMBERS[1]
    records = GivenRecords((x, y), NONMEMBERS)
    net, how = Mlp(hidden=(4,)).build((64,), 10), recipe(model=Mlp(hidden=(4,)))
    private = DefenceInUse(DpSgd(noise=0.8), "dp_sgd", known=False)
    given, guessed = (
        plan_of(request_for(net, records, wanted_of(["loss"], 0.1, 0), each, PoolSize(4, 1), "cpu", private))
        for each in (how, None)
    )
    assert given.guarantee == DpSgd(noise=0.8).guarantee(how, 300)
    assert guessed.guarantee is None


def test_only_models_that_are_read_are_trained(tmp_path: Path) -> None:
    target = RandomForestClassifier(n_estimators=3, random_state=0).fit(*MEMBERS)
    found = audit(target, MEMBERS, NONMEMBERS, attacks=["loss"], models=40, shadows=2, store=tmp_path, jobs=1)
    assert found.result.cost.models_trained == 2


def test_a_frame_has_a_row_for_each_record_by_its_id(forest: Audit) -> None:
    frame = forest.to_frame()
    assert len(frame) == len(forest.scores)
    assert frame.index.tolist() == forest.scores.column("id").to_pylist()
    assert {"member", "label", "signal.correct", *forest.result.attacks} <= set(frame.columns)


def test_a_model_card_and_two_audits_compared(forest: Audit, tmp_path: Path) -> None:
    assert forest.to_model_card().startswith("## Privacy: membership inference")
    found = compare(forest, predicted(tmp_path, attacks=["loss"]), names=["forest", "other"], unpaired=True)
    assert [audit.name for audit in found.result.audits] == ["forest", "other"]
