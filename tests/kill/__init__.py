"""`python -m tests.kill --rounds 30`: the whole product on its own servers, whose parts are killed as people work.

site.py          PostgreSQL, Redis, web, workers and scheduler; killed with SIGKILL, started again
people.py        what people do meanwhile, through the front door, and what they were answered
verification.py  after each round: nothing lost, nothing doubled, no job that turns for ever, the journal whole
"""
