"""The comparison with what else reads tables."""

from iki.lab.measure import peer


def test_what_the_script_of_this_side_imports_is_there() -> None:
    exec("\n".join(row for row in peer.HERE.splitlines() if row.startswith(("import ", "from "))), {})
