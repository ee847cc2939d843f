"""The people of an assessment: who takes part, who is invited, what is kept about them."""
