"""Models as files: stored by the kit, judged by the release and served, each by the same format."""
