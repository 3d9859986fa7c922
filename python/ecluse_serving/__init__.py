"""The model server: scores with the champion, under its signed manifest, and logs every prediction."""
