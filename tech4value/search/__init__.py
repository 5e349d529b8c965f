"""Search: an index of words kept with the rows that it finds, the palette, the choice of a row, mentions."""
