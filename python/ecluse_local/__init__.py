"""What the local target's processes need to start: the launcher and the environment's scheduler."""
