from django.apps import AppConfig


class SiagaConfig(AppConfig):
    name = "siaga"

    def ready(self) -> None:
        """Register the system checks."""
        from siaga import checks  # noqa: F401, PLC0415  # registers on import, after the models are there
