"""The one write path: actor, rules, policy, operation, ledgered."""
