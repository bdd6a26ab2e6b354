"""Readers of the public originals, one file each: generators of `FoundSlice`s for `metsight.import_data`."""
