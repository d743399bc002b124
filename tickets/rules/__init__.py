"""Pure rules of the work: values in, values out, no Django."""
