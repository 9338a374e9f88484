# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel is taken out of what a boot loader would start."""

from __future__ import annotations

import lzma
import struct

from lab.image import XZ, packed_kernel

SECTORS = 3
OFFSET = 100


def test_packed_kernel() -> None:
    packed = lzma.compress(b"\x7fELF")
    image = bytearray((SECTORS + 1) * 512 + OFFSET)
    image[0x1F1] = SECTORS
    struct.pack_into("<II", image, 0x248, OFFSET, len(packed) + 4)
    found = packed_kernel(bytes(image) + packed + struct.pack("<I", 4) + b"what follows")
    assert found.startswith(XZ) and lzma.decompress(found) == b"\x7fELF"
