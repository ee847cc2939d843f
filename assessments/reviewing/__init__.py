"""What reviewers work with: flags, samples, conflicts of interest, the conditions of acceptance."""
