"""Who may do what at the tracking server and the model server: tokens, sessions and grants."""
