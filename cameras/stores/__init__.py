"""Where the bytes of pictures lie: one small interface, on disk or in an S3-compatible store."""
