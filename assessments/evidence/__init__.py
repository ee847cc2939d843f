"""Files that people send beside their answers: what is accepted, found and cleaned up."""
