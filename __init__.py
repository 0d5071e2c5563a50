"""iki: trustworthy tables from scanned Indikator Kinerja Individu sheets."""
