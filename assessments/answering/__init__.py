"""The questionnaire as people fill it in: what is asked, looked up, stored, compared and checked."""
