# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the daemon is told on its command line."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Address:
    """A host and a port; port 0 means any free one."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read "host:port"; raises ValueError for anything else."""
        host, _, port = text.rpartition(":")
        if not host:
            raise ValueError(f"{text!r}: expected host:port")
        return cls(host, int(port))

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Options:
    """Where the daemon listens and keeps its state; `pace` multiplies every delay (1 = as in the demo)."""

    state_dir: Path
    listen: Address
    assets_dir: Path
    api_listen: Address
    images_listen: Address | None = None
    images_dir: Path | None = None
    crds_dir: Path | None = None
    pace: float = 1.0


def parse(argv: list[str] | None = None) -> Options:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m lab.platform", description=__doc__)
    parser.add_argument("--state-dir", type=Path, required=True)
    parser.add_argument("--listen", type=Address.parse, required=True, help="the installer's way in, host:port")
    parser.add_argument("--api-listen", type=Address.parse, help="kube-apiserver, default port 6443 of --listen")
    parser.add_argument("--assets-dir", type=Path, required=True, help="folder with kube-apiserver and etcd")
    parser.add_argument("--images-listen", type=Address.parse, help="HTTP server of virtual machine images")
    parser.add_argument("--images-dir", type=Path)
    parser.add_argument("--crds-dir", type=Path, help="the vendor's CRDs, used instead of the lab's where both exist")
    parser.add_argument("--pace", type=float, default=1.0, help="multiplies every delay")
    args = parser.parse_args(argv)
    return Options(
        state_dir=args.state_dir.resolve(),
        listen=args.listen,
        assets_dir=args.assets_dir.resolve(),
        api_listen=args.api_listen or Address(args.listen.host, 6443),
        images_listen=args.images_listen,
        images_dir=args.images_dir,
        crds_dir=args.crds_dir,
        pace=args.pace,
    )
