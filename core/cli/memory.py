"""Memory of a process that is ours alone: the command line's, never a page's or a library's."""

import ctypes


def keep_freed_memory() -> None:
    """Let glibc keep freed memory instead of handing it back to the kernel after every batch.

    Activations are larger than malloc's mmap threshold, so each batch pays for fresh zeroed pages:
    half of the time of a MobileNetV2 step at 192 px on two cores, against a sixth more memory.
    Where the C library is another one, this does nothing.
    """
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return
    m_trim_threshold, m_mmap_max = -1, -4  # from malloc.h
    mallopt(m_mmap_max, 0)
    mallopt(m_trim_threshold, 2**31 - 1)
