"""`leadline serve` with the web app of the folder that WEB_APP names."""

import os
from pathlib import Path

import leadline.app
from leadline.cli.main import main

if __name__ in ("__main__", "__mp_main__"):
    leadline.app.WEB_FOLDER = Path(os.environ["WEB_APP"])

if __name__ == "__main__":
    main()
