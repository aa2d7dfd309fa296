"""`leadline serve` with passwords that cost next to nothing, for tests that send many."""

from leadline.auth import passwords
from leadline.cli.main import main

passwords.COST = passwords.Cost(passes=1, memory=8)

if __name__ == "__main__":
    main()
