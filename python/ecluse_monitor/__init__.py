"""The monitor: what a model server logged on a day, against the baseline of the model's training run."""
