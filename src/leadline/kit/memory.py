"""Free memory that the C library keeps for itself."""


def return_freed_memory() -> None:
    """Returns free memory to the system. glibc does this by itself only at the end of its heaps (malloc_trim(3)).
    With other C libraries the function does nothing."""
    import ctypes  # only here: the import takes longer than most of the work of a command

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
