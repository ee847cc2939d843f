"""What people are told about an assessment, and the conversation beside it."""
