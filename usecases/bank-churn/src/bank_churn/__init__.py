"""Bank churn, the reference use case: population, landing, training and traffic."""
