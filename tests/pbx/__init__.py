"""The adapters of telephone exchanges: translators, spool, sender, and whole processes on real sockets."""
