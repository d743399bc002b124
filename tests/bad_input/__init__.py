"""Bad input, made in bulk: generators that tests/test_bad_*.py try on the desk, and the matrix they print together.

``make test`` tries a fair share of each; ``python -m tests.bad_input --long`` tries many more and prints the table of
docs/bad-input.md. Everything is made from a seed, so that what was found can be found again.
"""
