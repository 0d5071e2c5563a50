"""Facts that every room uses: the table's columns, the two parties, and the shapes of words and digits."""

from __future__ import annotations

import re

CELLS = ("sasaran", "indikator", "penjelasan", "sumber_data")
"""The columns of text that every row of ``indikator.csv`` has, in printed order."""
COLUMNS = ("no", *CELLS)
"""The columns that every table of a form has, in printed order."""
SUPERIOR, EMPLOYEE = "pihak_kedua", "pihak_pertama"
PARTIES = (SUPERIOR, EMPLOYEE)
"""The two signers in printed order: the superior stands left, the employee right."""

WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
"""A run of letters, parts of a hyphenated word together."""

DIGIT_LOOK_ALIKES = str.maketrans("OoQDIl|!iİıSsBZzGb", "000011111115582266")
"""Letters and marks that are read where a digit was printed, and that digit."""
