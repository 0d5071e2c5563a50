"""``python -m iki.lab.synthetic.office OUT --sheets 4``: a set of sheets set by LibreOffice.

``OUT/pdf_born`` has the PDFs as LibreOffice writes them, ``OUT/scan200`` the same as an office scanner would, and
``gold.json`` with ``map.json`` tell what is on both. Needs the extra ``office``, LibreOffice Writer and Calc, and the
fonts that the styles name (those of ``setup.sh train``; the held-out ones fonts-texgyre and a few more).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from iki.lab.synthetic.office.drawing import draw_styles
from iki.lab.synthetic.office.sets import write_set, write_tableless
from iki.lab.synthetic.office.styles import load_styles

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m iki.lab.synthetic.office", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--sheets", type=int, default=4, help="sheets a style")
    parser.add_argument("--rows", type=int, nargs="+", default=[4, 7, 10, 17], help="indicators a sheet, in turn")
    parser.add_argument("--held-out", action="store_true", help="the styles and agencies kept for measuring")
    parser.add_argument("--styles", nargs="*", default=[], help="only these styles")
    parser.add_argument("--bilevel", action="store_true", help="black and white scans, small files")
    parser.add_argument("--tableless", type=int, metavar="N", help="instead, N documents of every kind without a table")
    parser.add_argument(
        "--drawn", type=int, metavar="N", help="instead of those written down, N styles drawn at random"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the drawn styles")
    given = parser.parse_args()
    if given.tableless:
        print(json.dumps({"documents": write_tableless(given.out, given.tableless)}))
    else:
        known = (
            draw_styles(given.drawn, given.seed, held_out=given.held_out)
            if given.drawn
            else load_styles(held_out=given.held_out)
        )
        chosen = [style for style in known if not given.styles or style.name in given.styles]
        print(json.dumps(write_set(chosen, given.out, given.sheets, given.rows, bilevel=given.bilevel)))
