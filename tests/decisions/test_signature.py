"""Tests of signatures by ssh-keygen, with keys made here, and by minisign, or a stand-in where it is missing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from miaudit.decisions.archive import MINISIGN_SIGNATURE, SSH_SIGNATURE
from miaudit.decisions.signature import TrustedSigner, check, sign
from miaudit.errors import UserError

CONTENT = b"hashes\n"

needs_ssh = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
needs_minisign = pytest.mark.skipif(shutil.which("minisign") is None, reason="minisign is not installed")


def ssh_key(folder: Path, name: str) -> Path:
    """A new private key, and its line in the file of allowed signers."""
    key = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key], check=True)
    with (folder / "allowed").open("a") as allowed:
        allowed.write(f"{name}@example.org {key.with_suffix('.pub').read_text()}")
    return key


@needs_ssh
def test_a_signature_names_its_signer(tmp_path: Path) -> None:
    key = ssh_key(tmp_path, "ann")
    ssh_key(tmp_path, "ben")
    signature = sign(CONTENT, key)
    assert signature.name == SSH_SIGNATURE
    assert sign(CONTENT, key) == signature  # the same audit gives the same bytes, signed or not
    trusted = TrustedSigner(tmp_path / "allowed")
    given = {signature.name: signature.content}
    assert check(CONTENT, given, trusted) == (True, "ann@example.org")
    assert check(CONTENT, given, trusted._replace(identity="ann@example.org")).good
    other = check(CONTENT, given, trusted._replace(identity="ben@example.org"))
    assert (other.good, other.text.startswith("it is not signed by ben@example.org")) == (False, True)
    changed = check(b"other hashes\n", given, trusted)
    assert (changed.good, "ann@example.org" in changed.text) == (False, True)


@needs_ssh
def test_a_stranger_and_a_signature_for_another_purpose_are_refused(tmp_path: Path) -> None:
    ann, mallory = ssh_key(tmp_path, "ann"), ssh_key(tmp_path, "mallory")
    (tmp_path / "allowed").write_text(f"ann@example.org {ann.with_suffix('.pub').read_text()}")
    trusted = TrustedSigner(tmp_path / "allowed")
    stranger = check(CONTENT, {SSH_SIGNATURE: sign(CONTENT, mallory).content}, trusted)
    assert (stranger.good, "not among the allowed signers" in stranger.text) == (False, True)
    (tmp_path / "m").write_bytes(CONTENT)
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", "file", "-f", ann, tmp_path / "m"], check=True)
    assert not check(CONTENT, {SSH_SIGNATURE: (tmp_path / "m.sig").read_bytes()}, trusted).good
    assert not check(CONTENT, {SSH_SIGNATURE: b"no signature"}, trusted).good
    assert check(CONTENT, {}, trusted).text == f"it is not signed with ssh-keygen: {SSH_SIGNATURE} is missing"


@needs_ssh
def test_what_is_no_key_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("nonsense")
    with pytest.raises(UserError, match="ssh-keygen does not sign with"):
        sign(CONTENT, tmp_path / "key")
    with pytest.raises(UserError, match="expected a private key, got no such file"):
        sign(CONTENT, tmp_path / "absent")
    with pytest.raises(UserError, match="expected a file of allowed signers"):
        check(CONTENT, {SSH_SIGNATURE: b""}, TrustedSigner(tmp_path / "absent"))


def test_a_missing_program_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "key").write_text("untrusted comment: minisign encrypted secret key\nRWR\n")
    with pytest.raises(UserError, match="need the program minisign: install it"):
        sign(CONTENT, tmp_path / "key")
    (tmp_path / "key").write_text("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    with pytest.raises(UserError, match="need the program ssh-keygen: install it"):
        sign(CONTENT, tmp_path / "key")


@needs_minisign
def test_minisign_signs_and_checks(tmp_path: Path) -> None:
    for name in ("ann", "ben"):
        words = ["minisign", "-G", "-W", "-p", f"{tmp_path}/{name}.pub", "-s", f"{tmp_path}/{name}.key"]
        subprocess.run(words, check=True, capture_output=True)
    signature = sign(CONTENT, tmp_path / "ann.key")
    assert signature.name == MINISIGN_SIGNATURE
    assert sign(CONTENT, tmp_path / "ann.key") == signature
    given = {signature.name: signature.content}
    assert check(CONTENT, given, TrustedSigner(public_key=tmp_path / "ann.pub")).good
    assert not check(CONTENT, given, TrustedSigner(public_key=tmp_path / "ben.pub")).good
    assert not check(b"other", given, TrustedSigner(public_key=tmp_path / "ann.pub")).good


@pytest.mark.skipif(os.name != "posix", reason="the stand-in is a shell script")
def test_minisign_is_called_with_the_files_in_their_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "minisign"
    program.write_text('#!/bin/sh\necho "$@" > "$SAID"\n[ "$1" = -V ] && exit "$CODE"\neval "cp \\"$5\\" \\"$7\\""\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("SAID", str(tmp_path / "said"))
    key = tmp_path / "ann.key"
    key.write_text("untrusted comment: minisign secret key\nRWR\n")
    assert sign(CONTENT, key) == (MINISIGN_SIGNATURE, CONTENT)  # the stand-in copies what it was to sign
    assert (tmp_path / "said").read_text().startswith(f"-S -s {key} -m ")
    trusted = TrustedSigner(public_key=key)
    for code, good in (("0", True), ("1", False)):
        monkeypatch.setenv("CODE", code)
        assert check(CONTENT, {MINISIGN_SIGNATURE: b"s"}, trusted).good == good
    assert f"-p {key} -m" in (tmp_path / "said").read_text()
