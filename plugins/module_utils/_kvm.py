# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether virtual machines really run here (H03, H01): one is made, and runs one instruction; private.

A /dev/kvm that opens proves nothing, and in a virtual machine not even a virtual CPU that can be made does: nested
virtualization may be announced and refuse to run. Python 3.6 syntax and the standard library only.
"""

import ctypes
import errno
import fcntl
import mmap
import os
import struct
import threading

_TIMEOUT_S = 5
_PAGE = 4096
_HALT = b"\xf4"  # the instruction that ends the run
_CODE_ADDRESS = 0x1000
_FLAGS_ALWAYS_SET = 2
_EXIT_HALT = 5
_EXIT_REASON = struct.Struct("=8xI")
# Numbers of <linux/kvm.h>; they have been the same since Linux 2.6.22.
_API_VERSION = 12
_GET_API_VERSION = 0xAE00
_CREATE_VM = 0xAE01
_GET_RUN_SIZE = 0xAE04
_CREATE_VCPU = 0xAE41
_SET_MEMORY = 0x4020AE46
_SET_TSS_ADDRESS = 0xAE47
_RUN = 0xAE80
_SET_REGISTERS = 0x4090AE82
_GET_SEGMENTS = 0x8138AE83
_SET_SEGMENTS = 0x4138AE84
_SEGMENTS_BYTES = 0x138
_REGISTERS = 18  # rip is the last but one, rflags the last
# Old Intel processors need three pages of their own, out of the way of the code.
_TSS_ADDRESS = 0x100000


def _run(handles):
    """Reason why a virtual machine that runs one instruction has ended. handles: receives what is to be closed."""

    def opened(handle):
        handles.append(handle)
        return handle

    kvm = opened(os.open("/dev/kvm", os.O_RDWR | os.O_CLOEXEC))
    if fcntl.ioctl(kvm, _GET_API_VERSION, 0) != _API_VERSION:
        raise OSError(errno.ENOSYS, "unknown version of the interface")
    machine = opened(fcntl.ioctl(kvm, _CREATE_VM, 0))
    fcntl.ioctl(machine, _SET_TSS_ADDRESS, _TSS_ADDRESS)
    memory = mmap.mmap(-1, _PAGE)
    memory.write(_HALT)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    fcntl.ioctl(machine, _SET_MEMORY, struct.pack("=IIQQQ", 0, 0, _CODE_ADDRESS, _PAGE, address))
    cpu = opened(fcntl.ioctl(machine, _CREATE_VCPU, 0))
    state = mmap.mmap(cpu, fcntl.ioctl(kvm, _GET_RUN_SIZE, 0))
    segments = bytearray(_SEGMENTS_BYTES)
    fcntl.ioctl(cpu, _GET_SEGMENTS, segments)
    segments[0:8] = bytes(8)  # base of the code segment
    segments[12:14] = bytes(2)  # its selector
    fcntl.ioctl(cpu, _SET_SEGMENTS, bytes(segments))
    registers = [0] * _REGISTERS
    registers[-2:] = [_CODE_ADDRESS, _FLAGS_ALWAYS_SET]
    fcntl.ioctl(cpu, _SET_REGISTERS, struct.pack("=%sQ" % _REGISTERS, *registers))
    fcntl.ioctl(cpu, _RUN, 0)
    return _EXIT_REASON.unpack_from(state)[0]


def try_kvm():
    """Run a virtual machine of one instruction and drop it: "" when that worked, else the reason."""
    answers = []

    def attempt():
        handles = []
        try:
            reason = _run(handles)
            answers.append("" if reason == _EXIT_HALT else "a virtual machine ends with exit reason %s" % reason)
        except (IOError, OSError) as exc:
            answers.append(errno.errorcode.get(exc.errno, "error") + ": " + str(exc.strerror))
        finally:
            for handle in reversed(handles):
                os.close(handle)

    thread = threading.Thread(target=attempt)
    thread.daemon = True  # a hypervisor that never comes back must not hold the answer
    thread.start()
    thread.join(_TIMEOUT_S)
    return answers[0] if answers else "a virtual machine does not come back from its first instruction"
