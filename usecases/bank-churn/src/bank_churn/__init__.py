"""The use case bank-churn; MODEL_CARD.md says what it is for."""
