"""How sure the dates of a plan are: estimates, risks, and the thousands of plans drawn from them."""
