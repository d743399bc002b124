"""Statistics of quality: pure functions, plain Python, one small module per family (docs/metrics.md defines each).

``estimates``      the one result of all: value, interval, n, method; weak or not
``distributions``  normal, Student's t, F, noncentral t: probabilities and quantiles
``intervals``      Wilson, Newcombe, rule of three, mean with t, bootstrap within agents, ratio of medians
``sums``           what roll-ups keep: totals that add up, ratios and weighted shares of them
``agreement``      raw agreement, Cohen, Fleiss, Krippendorff, Gwet, with bootstrap intervals
``indices``        CSAT, NPS, CES, CSI, ACSI, and changes between waves
``contacts``       first-contact resolution, response times, effective handle time, concurrency
``sampling``       sample sizes, weighting by inclusion, model-assisted mean, critical-error accuracy
``effects``        difference-in-differences of agents, pre-trend, adoption, power, verdict in words
``series``         a weekly series interrupted by a change, when there is no control
``multiple``       Benjamini–Hochberg
``shrinkage``      empirical-Bayes means
``charts``         control limits of three sigma
``association``    a criterion against an outcome
``calibration``    forecasts: table, AUC, lift, precision at the top, isotonic regression

Shares go from 0 to 1; indices and scores are points. Intervals are of 95 % unless said otherwise. Everything that draws
at random takes a seed, so that the same data give the same figure.
"""
