"""Copil packs: frozen snapshots rendered as PDF."""
