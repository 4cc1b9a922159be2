"""How facts are kept: settings, engine, column types, unit of work, outbox, parameters. No trade in here."""
