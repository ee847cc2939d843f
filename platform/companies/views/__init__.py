"""Pages of administration: people and roles, access keys, the record of who did what."""
