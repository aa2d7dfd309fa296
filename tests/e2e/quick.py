"""`leadline serve` with passwords that cost next to nothing, for tests that send many, and with the last use of a key
written soon."""

from leadline.cli.main import main
from leadline.people import authenticator, passwords

if __name__ in ("__main__", "__mp_main__"):  # which workers begin with; not in a test that names this module
    passwords.COST = passwords.HashCost(passes=1, memory=8)
    authenticator.WRITE_SECONDS = 0.5

if __name__ == "__main__":
    main()
