"""How facts are kept: settings, engine, column types, the unit of work, outbox, parameters. No trade in here."""
