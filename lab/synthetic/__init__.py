"""Written sheets of invented agencies, rendered and damaged as scans are, with gold for every cell.

The walk: ``agencies`` (vocabulary files) → ``content`` (who signs what) → ``forms`` (the words as printed by a
template) → ``layout`` (points on pages) → ``rendering`` (pixels, or a vector PDF) → ``damage`` (scanner, camera,
copier) → ``bundle`` (files with gold). Everything is a function of its seed.
"""
