"""What the platform's processes share: their settings, and the containers of blobs they read and write."""
