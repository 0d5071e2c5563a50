"""Born-digital pages: tables, lines and words from what the file itself draws and tells."""
