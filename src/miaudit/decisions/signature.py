"""Signs the manifest of a pack and checks such a signature, with the programs ssh-keygen and minisign."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from miaudit.decisions.archive import MANIFEST, MINISIGN_SIGNATURE, SSH_SIGNATURE
from miaudit.errors import UserError
from miaudit.reading.path import check_file, read_bytes

NAMESPACE = "miaudit"  # what the signature is for, so that none made for another purpose passes
MINISIGN_KEY = b"untrusted comment:"  # begins the file of a minisign key
MOST_BYTES = 2**20
SECONDS = 120  # for a passphrase


class Signature(NamedTuple):
    """A signature as a file of a pack."""

    name: str
    content: bytes


class TrustedSigner(NamedTuple):
    """Whose signature a recipient accepts: a file of allowed signers of ssh-keygen, or a public key of minisign."""

    allowed_signers: Path | None = None
    identity: str | None = None  # one of the allowed signers; None for any of them
    public_key: Path | None = None


class Checked(NamedTuple):
    """Whether a signature is good, and who signed or why it is not."""

    good: bool
    text: str


def sign(content: bytes, key: Path) -> Signature:
    """Sign the manifest with a private key of OpenSSH or minisign.

    Args:
        content: the manifest.
        key: file of the private key; for OpenSSH also that of a public key whose private one an agent holds.

    Raises:
        UserError: there is no such key, the program is not installed, or it refuses the key.
    """
    is_minisign = read_bytes(key, "a private key", MOST_BYTES).startswith(MINISIGN_KEY)
    with TemporaryDirectory() as folder:
        signed = Path(folder) / MANIFEST
        signed.write_bytes(content)
        if is_minisign:
            found = Path(folder) / MINISIGN_SIGNATURE
            words = ["minisign", "-S", "-s", str(key), "-m", str(signed), "-x", str(found), "-t", NAMESPACE]
        else:
            found = Path(folder) / SSH_SIGNATURE
            words = ["ssh-keygen", "-Y", "sign", "-q", "-n", NAMESPACE, "-f", str(key), str(signed)]
        done = _run(words)
        if done.returncode or not found.exists():
            raise UserError(f"{words[0]} does not sign with {key}: {_said(done)}")
        return Signature(found.name, found.read_bytes())


def check(content: bytes, signatures: dict[str, bytes], signer: TrustedSigner) -> Checked:
    """Check the signature of a manifest against what the recipient trusts.

    Args:
        content: the manifest.
        signatures: the pack's signatures, by the name of their files.
        signer: whom the recipient trusts.

    Raises:
        UserError: a file of the recipient's cannot be read, or the program is not installed.
    """
    name = MINISIGN_SIGNATURE if signer.public_key is not None else SSH_SIGNATURE
    program = "minisign" if signer.public_key is not None else "ssh-keygen"
    if name not in signatures:
        return Checked(False, f"it is not signed with {program}: {name} is missing")
    with TemporaryDirectory() as folder:
        paths = Path(folder) / MANIFEST, Path(folder) / name
        for path, written in zip(paths, (content, signatures[name]), strict=True):
            path.write_bytes(written)
        if signer.public_key is not None:
            return _by_minisign(*paths, signer.public_key)
        return _by_ssh(*paths, signer)


def _by_ssh(signed: Path, signature: Path, signer: TrustedSigner) -> Checked:
    if signer.allowed_signers is None:
        raise ValueError("a trusted signer has allowed signers or a public key")
    check_file(signer.allowed_signers, "a file of allowed signers", MOST_BYTES)
    common = ["-f", str(signer.allowed_signers), "-s", str(signature)]
    who = signer.identity
    if who is None:
        found = _run(["ssh-keygen", "-Y", "find-principals", *common])
        if found.returncode or not found.stdout.strip():
            return Checked(False, f"the key that signed it is not among the allowed signers: {_said(found)}")
        who = found.stdout.decode("utf-8", "replace").splitlines()[0]
    done = _run(["ssh-keygen", "-Y", "verify", "-n", NAMESPACE, "-I", who, *common], signed.read_bytes())
    return Checked(False, f"it is not signed by {who}: {_said(done)}") if done.returncode else Checked(True, who)


def _by_minisign(signed: Path, signature: Path, key: Path) -> Checked:
    check_file(key, "a public key of minisign", MOST_BYTES)
    done = _run(["minisign", "-V", "-q", "-p", str(key), "-m", str(signed), "-x", str(signature)])
    if done.returncode:
        return Checked(False, f"it is not signed with the key {key}: {_said(done)}")
    return Checked(True, f"the key {key}")


def _run(words: Sequence[str], given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(words, input=given, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
    except FileNotFoundError:
        raise UserError(f"signatures of this kind need the program {words[0]}: install it") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UserError(f"{words[0]} cannot be run: {error}") from None


def _said(done: "subprocess.CompletedProcess[bytes]") -> str:
    """The last line that the program wrote about its error."""
    lines = (done.stderr or done.stdout).decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else f"it ended with code {done.returncode}"
