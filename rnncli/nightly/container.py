"""Files to run a nightly job with: a Dockerfile, systemd units, a Kubernetes CronJob.

The compiler of the kernels writes code into memory, so MemoryDenyWriteExecute must not be set; the
kernels are kept in a cache folder, which is the only place that is written beside the job.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from rnncli import __version__
from rnncli.models.prior import NAME as PRIOR
from rnncli.nightly.config import Job

PLACE = "/job"  # of the folder of the job in a container
DOCKERFILE = """\
# ---- Dockerfile: docker build -t rnncli-{name} . (beside it the wheel: pip wheel --no-deps rnncli)
FROM python:3.12-slim
COPY rnncli-{version}-py3-none-any.whl /tmp/
RUN pip install --no-cache-dir /tmp/rnncli-{version}-py3-none-any.whl \\
    && rm /tmp/rnncli-{version}-py3-none-any.whl \\
    && useradd --uid 10001 --create-home rnncli \\
    && mkdir -p /var/cache/rnncli \\
    && chown rnncli /var/cache/rnncli
ENV XDG_CACHE_HOME=/var/cache/rnncli PYTHONDONTWRITEBYTECODE=1
USER 10001
RUN ["rnncli", "warmup"]
WORKDIR {place}
ENTRYPOINT ["rnncli"]
CMD ["batch", "{file}", "-q"]
# docker run --rm --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges
#   -v {folder}:{place}{mounts} -v rnncli-cache:/var/cache/rnncli rnncli-{name}
"""
SERVICE = """\
# ---- /etc/systemd/system/rnncli-{name}.service
[Unit]
Description=Nightly forecasts of {file}
After=network-online.target
StartLimitIntervalSec=12h
StartLimitBurst=8

[Service]
Type=oneshot
NotifyAccess=main
User=rnncli
ExecStart=/usr/local/bin/rnncli batch {job} -q
Restart=on-failure
RestartPreventExitStatus=1 2 3 4 65 66 70 73 74 76
RestartSec=15min
Nice=10
CacheDirectory=rnncli
Environment=XDG_CACHE_HOME=%C/rnncli
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths={writable}
PrivateTmp=yes
PrivateDevices=yes
NoNewPrivileges=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictSUIDSGID=yes
RestrictRealtime=yes
RestrictNamespaces=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
LockPersonality=yes
SystemCallArchitectures=native
CapabilityBoundingSet=
UMask=0027
"""
TIMER = """\
# ---- /etc/systemd/system/rnncli-{name}.timer
[Unit]
Description=Nightly forecasts at half past six

[Timer]
OnCalendar=Mon..Fri 18:30
Persistent=true

[Install]
WantedBy=timers.target
"""
CRON_JOB = """\
# ---- cronjob.yaml: kubectl apply -f cronjob.yaml
apiVersion: batch/v1
kind: CronJob
metadata:
  name: rnncli-{name}
spec:
  schedule: "30 18 * * 1-5"
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 3600
  jobTemplate:
    spec:
      backoffLimit: 2
      template:
        spec:
          restartPolicy: Never
          automountServiceAccountToken: false
          securityContext:
            runAsNonRoot: true
            runAsUser: 10001
            fsGroup: 10001
            seccompProfile:
              type: RuntimeDefault
          containers:
            - name: rnncli
              image: rnncli-{name}
              args: ["batch", "{file}", "-q"]
              resources:
                requests: {{cpu: "1", memory: 1Gi}}
                limits: {{memory: 4Gi}}
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities:
                  drop: ["ALL"]
              volumeMounts:
                - {{name: job, mountPath: {place}}}
                - {{name: tmp, mountPath: /tmp}}
          volumes:
            - name: job
              persistentVolumeClaim: {{claimName: rnncli-{name}}}
            - name: tmp
              emptyDir: {{}}
"""


def container_files(job: Job) -> str:
    """The text of all files for a job, each below a comment with its name."""
    path = Path(job.file).absolute()
    outside = sorted({folder for folder in _folders(job) if not _inside(folder, path.parent)})
    values = {
        "version": __version__, "name": _name(path.stem), "file": path.name, "job": str(path),
        "folder": str(path.parent), "place": PLACE,
        "mounts": "".join(f" -v {folder}:{folder}" for folder in outside),
        "writable": " ".join([str(path.parent), *outside]),
    }  # fmt: skip
    return "\n".join(part.format(**values) for part in (DOCKERFILE, SERVICE, TIMER, CRON_JOB))


def _folders(job: Job) -> Iterator[str]:
    """The folders of what a job reads and writes."""
    files = (job.ledger, job.output, job.log, job.monitor.metrics)
    yield from (os.path.dirname(os.path.abspath(path)) for path in files if path is not None)
    if job.model != PRIOR:
        yield os.path.dirname(os.path.abspath(job.model))
    for path in job.risk.holdings if job.risk is not None else ():
        yield os.path.dirname(os.path.abspath(path))
    for path in job.paths:
        absolute = os.path.abspath(path)
        yield absolute if os.path.isdir(path) else os.path.dirname(absolute)


def _inside(folder: str, parent: Path) -> bool:
    return Path(folder).is_relative_to(parent)


def _name(stem: str) -> str:
    """A name that Kubernetes and systemd take: lower-case letters, digits and hyphens."""
    name = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in stem.lower())
    return name.strip("-")[:50].rstrip("-") or "job"
