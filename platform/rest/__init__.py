"""The plumbing of the API for programs: paging, filters, problems, safe repetition, schema. Imports no app but jobs."""
