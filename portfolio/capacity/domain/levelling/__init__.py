"""Resource levelling: activities, links and limited resources in; feasible dates out
(docs/algorithms/levelling.md)."""
