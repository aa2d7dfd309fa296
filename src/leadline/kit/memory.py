"""What the C library holds of memory beyond what is in use."""


def give_back() -> None:
    """To the system, which glibc does by itself only for what lies at the end of its heaps (malloc_trim(3)). Other C
    libraries have nothing of the kind."""
    import ctypes  # here alone: it takes longer to import than most of what a command does

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
