"""Makes the sample files that the tour imports: python -m demo.make_samples --anchor 2026-11-23

The same anchor gives the same bytes. Dates are laid around the anchor, which should be about today.
"""

import argparse
from datetime import date
from pathlib import Path

from demo.sample_plan import plan_file
from demo.sample_portfolio import portfolio
from integrations.imports.domain.template import write_workbook

SAMPLES = Path(__file__).parent / "samples"
ANCHOR = date(2026, 11, 23)


def make_samples(folder: Path, anchor: date) -> tuple[Path, ...]:
    """Writes the three files into `folder`; their paths."""
    contents = {
        "portefeuille.xlsx": write_workbook(portfolio(anchor, faulty=True), "fr"),
        "portefeuille-corrige.xlsx": write_workbook(portfolio(anchor, faulty=False), "fr"),
        "plan-projet.xml": plan_file(anchor),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return tuple(folder / name for name in contents)


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the sample files of the tour.")
    parser.add_argument("--anchor", type=date.fromisoformat, default=ANCHOR, metavar="YYYY-MM-DD")
    parser.add_argument("--folder", type=Path, default=SAMPLES)
    arguments = parser.parse_args()
    for path in make_samples(arguments.folder, arguments.anchor):
        print(f"{path} ({path.stat().st_size} bytes)")


if __name__ == "__main__":
    main()
