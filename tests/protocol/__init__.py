"""The live protocol as a state machine: rules, the promises they try, and a model of the server without any IO."""
