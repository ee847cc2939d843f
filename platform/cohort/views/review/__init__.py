"""The reviewers' side: the queue, the county's check, the visit on site, acceptance, flags and samples."""
