from cii.access import passwords
from cii.access.passwords import hashed, matches


def test_a_guess_at_a_password_costs_what_production_asks(full_hasher, monkeypatch):
    monkeypatch.setattr(passwords, "_hasher", full_hasher)

    held = hashed("un mot de passe assez long")

    assert held.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert matches(held, "un mot de passe assez long")
    assert not matches(held, "un autre mot de passe")
