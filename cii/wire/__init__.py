"""The doors' machinery: from a request to a command, from a refusal to an answer, the transactions between.

Owns no trade: it derives schemas from commands (`schema`, `fields`, `forms`), opens and commits the unit of
work of a request (`doors`), tells refusals as problem JSON or as a page (`problems`, RFC 9457), keeps the
answers to requests with an `Idempotency-Key` (`idempotency`, table `idempotency_record`), and writes
versions (`etags`) and page marks (`pages`). Who acts is resolved by a function that `app` hands in, so that
wire never sees accounts.
"""
