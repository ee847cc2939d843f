"""Pages of administration: people and roles, access keys, the audit log."""
