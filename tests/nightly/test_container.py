"""Files to run a job with: what can be checked without a builder."""

import configparser
import re
import shutil

import pytest
from nights import job
from processes import finished

from rnncli import __version__


@pytest.fixture
def files(tmp_path, call):
    """The files that are printed, by name."""
    (tmp_path / "other").mkdir()
    path = job(tmp_path, ledger=f'file = "{tmp_path.parent}/ledger.db"')
    printed = call("batch", path, "--container").stdout.decode()
    parts = re.split(r"^# ---- ", printed, flags=re.MULTILINE)[1:]
    return {re.split(r"[:\n]", part, maxsplit=1)[0]: part.partition("\n")[2] for part in parts}


def test_all_files_are_printed(files):
    """Under the name of the job; no placeholder is left but those of systemd."""
    assert list(files) == [
        "Dockerfile", "/etc/systemd/system/rnncli-nightly.service",
        "/etc/systemd/system/rnncli-nightly.timer", "cronjob.yaml",
    ]  # fmt: skip
    assert f"rnncli-{__version__}-py3-none-any.whl" in files["Dockerfile"]
    assert not re.search(r"\{[a-z]+\}", "".join(files.values()))


def test_the_dockerfile_is_one(files):
    """Every instruction is known, lines that go on end in a backslash, the user is not root."""
    text = re.sub(r"\\\n", " ", files["Dockerfile"])
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    known = {"FROM", "COPY", "RUN", "ENV", "USER", "WORKDIR", "ENTRYPOINT", "CMD"}
    assert {line.split()[0] for line in lines} <= known
    assert lines[0].startswith("FROM ")
    assert "USER 10001" in lines
    assert lines[-1] == 'CMD ["batch", "nightly.toml", "-q"]'


def test_the_units_are_units(files, tmp_path):
    """They parse, may write where the job does, and may compile kernels."""
    service = configparser.RawConfigParser(strict=True)
    service.optionxform = str
    service.read_string(files["/etc/systemd/system/rnncli-nightly.service"])
    options = service["Service"]
    assert options["ReadWritePaths"].split() == [str(tmp_path), str(tmp_path.parent)]
    assert "MemoryDenyWriteExecute" not in options
    assert "75" not in options["RestartPreventExitStatus"].split()
    timer = configparser.RawConfigParser(strict=True)
    timer.read_string(files["/etc/systemd/system/rnncli-nightly.timer"])
    assert timer["Timer"]["Persistent"] == "true"


def test_the_cron_job_is_yaml(files):
    """With the limits that Kubernetes calls restricted."""
    yaml = pytest.importorskip("yaml")
    document = yaml.safe_load(files["cronjob.yaml"])
    assert (document["kind"], document["spec"]["concurrencyPolicy"]) == ("CronJob", "Forbid")
    pod = document["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    (container,) = pod["containers"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod["volumes"]}


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_takes_the_units(files, tmp_path):
    """By its own check."""
    for name, text in files.items():
        if name.startswith("/etc"):
            (tmp_path / name.rpartition("/")[2]).write_text(text)
    words = ["systemd-analyze", "verify", str(tmp_path / "rnncli-nightly.timer")]
    done = finished(words, capture_output=True)
    assert b"Unknown" not in done.stderr
