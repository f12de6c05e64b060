"""The campaign pack: schema, checks, load; library/ holds the packs themselves."""
