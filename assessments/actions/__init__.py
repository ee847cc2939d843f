"""Everything that changes an assessment: answers, submissions, rounds."""
