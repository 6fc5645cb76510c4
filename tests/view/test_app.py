import re
import shutil
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from miaudit.auditing.files import GATE, REPORT, RESULT, SCORES, load_result, to_json
from miaudit.auditing.result import Preliminary
from miaudit.decisions.gate import gate
from miaudit.decisions.policy import Policy
from miaudit.decisions.saved import open_audit
from miaudit.view.app import application
from miaudit.view.catalogue import Catalogue
from tiny import Audited

MARKUP = "<script>alert(1)</script>"


@pytest.fixture
def root(tmp_path: Path, audited: Audited) -> Path:
    """Two folders of the same audit, one with a title of markup and still running."""
    root = tmp_path / "audits"
    for name in ("one", "two"):
        (root / name).mkdir(parents=True)
        for file in (RESULT, SCORES, REPORT):
            shutil.copy(audited.folder / file, root / name / file)
    result = load_result(root / "two")
    config = result.provenance.config | {"title": MARKUP}
    early = {"preliminary": Preliminary(models=4, of=8)}
    changed = {"provenance": result.provenance.model_copy(update={"config": config})} | early
    (root / "two" / RESULT).write_text(to_json(result.model_copy(update=changed)))
    return root


@pytest.fixture
def client(root: Path) -> TestClient:
    return TestClient(application(root), base_url="http://127.0.0.1:8484", raise_server_exceptions=True)


def keys(root: Path) -> list[str]:
    return [audit.key for audit in Catalogue(root).found().audits]


def test_the_list_names_every_audit_and_escapes_what_they_say(client: TestClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert ">2 audits<" in page.text
    assert MARKUP not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "preliminary: 4 of 8 models" in page.text
    assert "renew themselves every 10 seconds" in page.text


def test_search_filter_and_order_come_from_the_query(client: TestClient) -> None:
    assert "1 of 2 audits" in client.get("/", params={"words": "alert"}).text
    assert "0 of 2 audits" in client.get("/", params={"verdict": "invalid"}).text
    assert ">2 audits<" in client.get("/", params={"order": "auc"}).text
    injected = client.get("/", params={"words": '"><script>', "order": "<", "verdict": "<"}).text
    assert '"><script>' not in injected


def test_the_page_of_an_audit_is_served_as_it_is_and_kept_apart(client: TestClient, root: Path) -> None:
    one, two = (client.get(f"/audit/{key}") for key in keys(root))
    assert one.text == (root / "one" / REPORT).read_text()
    assert "sandbox allow-scripts" in one.headers["content-security-policy"]
    assert "allow-same-origin" not in one.headers["content-security-policy"]
    assert "refresh" not in two.headers  # a reader of a running audit is not thrown back to the top


@pytest.mark.parametrize("name", ["one", "two"])
def test_audits_are_compared_with_the_earliest(client: TestClient, root: Path, name: str) -> None:
    result = load_result(root / name)
    early = {"cost": result.cost.model_copy(update={"finished": "2020-01-01T00:00:00+00:00"})}
    (root / name / RESULT).write_text(to_json(result.model_copy(update=early)))
    page = client.get("/compare", params={"audit": keys(root)})
    assert page.status_code == 200
    assert f"From {name} to {'two' if name == 'one' else 'one'}" in page.text


def test_what_cannot_be_compared_is_named(client: TestClient, root: Path) -> None:
    for wrong in ([], keys(root)[:1], ["x", "y"], [keys(root)[0]] * 2):
        answer = client.get("/compare", params={"audit": wrong})
        assert answer.status_code == 400
        assert "This page cannot be shown" in answer.text


@pytest.mark.parametrize("path", ["/audit/..%2F..%2Fetc%2Fpasswd", "/audit/one", "/audit/../../etc/passwd", "/x"])
def test_no_path_leads_to_other_files(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "root:" not in answer.text


def test_a_page_that_is_a_link_to_elsewhere_is_not_served(client: TestClient, root: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.html").write_text("secret")
    (root / "one" / REPORT).unlink()
    (root / "one" / REPORT).symlink_to(tmp_path / "secret.html")
    assert client.get(f"/audit/{keys(root)[0]}").status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8484", "127.0.0.1.evil.example", "0.0.0.0", ""])
def test_other_hosts_are_refused(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1:8484", "localhost:8484"])
def test_this_machine_is_answered(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written(client: TestClient, root: Path, method: str) -> None:
    for path in ("/", "/compare", f"/audit/{keys(root)[0]}"):
        assert client.request(method, path).status_code == 405


def test_every_page_has_a_strict_policy(client: TestClient, root: Path) -> None:
    for path in ("/", "/compare", f"/audit/{keys(root)[0]}", f"/compare?audit={'&audit='.join(keys(root))}"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
    own = client.get("/").headers["content-security-policy"]
    scripts = re.search(r"script-src ([^;]+)", own)
    assert scripts is not None
    assert all(source.startswith("'sha256-") for source in scripts[1].split())


def test_the_header_is_renewed_with_the_rows_which_a_first_decision_makes_wider(
    client: TestClient, root: Path, audited: Audited
) -> None:
    def cells() -> set[int]:
        (table,) = re.findall(r'<table[^>]* id="audits" data-renewed>(.*?)</table>', client.get("/").text, re.DOTALL)
        return {len(re.findall(r"<t[hd][ >]", row)) for row in table.split("</tr>") if "<tr>" in row}

    assert cells() == {8}
    decision = gate(open_audit(audited.folder), Policy.of("strict"))
    (root / "one" / GATE).write_text(decision.to_json())
    assert cells() == {9}
