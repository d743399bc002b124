"""The only sockets to mail servers: IMAP in, SMTP out."""
