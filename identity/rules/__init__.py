"""Pure rules: values in, values out, no Django."""
