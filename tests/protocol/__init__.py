"""The live protocol as a state machine: rules, the promises they try, and the two servers they are played against."""
