"""Sheets set by a real word processor: written as DOCX, ODT or XLSX and laid out by LibreOffice, with their gold.

The words come from `iki.lab.synthetic.content`; what they look like is LibreOffice's doing, not ours.
"""
