"""The demonstration: two fictitious companies, their story, and the sample files of the tour."""
