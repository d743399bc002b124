"""Pure judgement: a transcript and parameters in, a verdict with evidence out."""
