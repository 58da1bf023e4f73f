"""Times are always written H:i:s; the centre's clock is read out loud."""

DATETIME_FORMAT = "j N Y H:i:s"
SHORT_DATETIME_FORMAT = "Y-m-d H:i:s"
TIME_FORMAT = "H:i:s"
