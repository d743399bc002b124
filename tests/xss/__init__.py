"""Four hundred texts that would like to be scripts, in every place where the desk shows what people wrote."""
