"""Cameras that are not there: generated scenes over HTTP, MJPEG and RTSP, some of them slow, dead or broken."""
