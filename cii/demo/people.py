"""Invented persons: names, birth dates, addresses in the canton, AVS numbers of the range 756.9999.

Every name is drawn from two lists; no person is meant. The numbers are formally valid (EAN-13) and lie in a
range that the loader keeps for itself.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cii.people.rules import folded

FIRST = (
    "Adèle Agathe Aimé Alban Aline Amina Anaïs André Anouk Antoine Arben Armand Aurélie Bastien Béatrice Benoît Besnik Bruna "
    "Camille Carla Cédric Céline Chloé Clément Corinne Cyril Damien Daniela David Delphine Denis Diana Dilan Élodie Émile "
    "Emma Éric Estelle Eva Fabien Fanny Fatima Filipe Florian Gaël Geneviève Grégory Hana Hélène Hugo Inès Irina Isabelle "
    "Ivan Jacqueline Jessica Joana João Jonas Julie Karim Katia Kevin Lara Laurent Léa Leila Liliane Loïc Louise Luca "
    "Lucie Ludovic Maëlle Manuel Marc Margaux Maria Marion Mathieu Maude Mehdi Mélanie Michel Mirjana Monique Nadia Nathan Nicole "
    "Nina Noémie Olivier Pascal Patricia Paul Pedro Pierre Quentin Rachel Raphaël Rémy Rita Robin Romain Rosa Sabine Samir "
    "Sandra Sarah Selma Serge Simon Sofia Stéphane Sylvie Tania Théo Thierry Thomas Valérie Vanessa Vera Victor Yann Yasmina "
    "Yves Zoé"
).split()
LAST = (
    "Aellen Aebischer Almeida Amstutz Aubry Bader Barraud Baume Beljean Berberat Bersier Besson Bolle Bonvin Bourquin Brandt "
    "Brügger Calame Carnal Carvalho Chapatte Châtelain Chopard Clerc Colomb Cornu Cosandier Costa Cuche Dardel Debrot Delay "
    "Droz Dubied Ducommun Dupasquier Duvanel Evard Fallet Farine Favre Ferreira Flückiger Frossard Gaille Gashi Geiser "
    "Gertsch Gigon Girardin Gomes Graber Grandjean Grosjean Guinand Gyger Haldimann Hirschi Hofer Huguenin Humbert Imer Jacot "
    "Jaquet Jeanneret Joly Jornod Juillerat Junod Krasniqi Kohler Küng Lambelet Lebet Lehmann Leuba Lopes Loup Mairet "
    "Marchand Martinet Matthey Maumary Mercier Meyrat Monnard Montandon Morel Morina Mosset Nardin Nguyen Nicolet Niederhauser "
    "Oppliger Othenin Pellaton Pereira Perregaux Perrin Petitpierre Piaget Pittet Porret Quartier Racine Ramseyer Reymond Ribaux "
    "Robert Rochat Rossel Roulet Ruchti Sandoz Sauser Schaller Schneider Schwab Siegenthaler Silva Stauffer Steiner Tanner "
    "Tharin Thiébaud Tissot Tosalli Treuthardt Tripet Tschanz Vaucher Veuve Vermot Villars Vuille Wenger Widmer Wuillemin "
    "Yersin Zaugg Zbinden Zürcher"
).split()
LANGUAGES = ("fr",) * 17 + ("de", "en", "en")

FILE_NUMBERS, FILE_COUNT = 90_000, 1_000
"""This part of the range belongs to the example files: the loaded canton steps over it."""


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented person, as one unit would type them."""

    avs: str
    last_name: str
    first_name: str
    birth_date: date
    postcode: str
    municipality: str
    region: str
    language: str

    @property
    def folded(self) -> str:
        """The name as search finds it."""
        return folded(self.last_name, self.first_name)


@dataclass(frozen=True, slots=True)
class Place:
    """A postcode of the canton's directory."""

    postcode: str
    municipality: str
    region: str


def avs(number: int) -> str:
    """The thirteen digits of the `number`-th AVS number of the demo's range; from 100 000 on 756.9998 follows."""
    block, rest = divmod(number, 100_000)
    twelve = f"756{9999 - block}{rest:05}"
    odd, even = sum(map(int, twelve[::2])), sum(map(int, twelve[1::2]))
    return f"{twelve}{-(odd + 3 * even) % 10}"


def invent(  # noqa: PLR0917 - what makes a person
    chance: random.Random, number: int, places: Sequence[Place], on: date, youngest: int = 18, oldest: int = 63
) -> Invented:
    """A person of that age span (completed years) on a day."""
    place = chance.choice(places)
    span = (oldest - youngest) * 365 + 364
    birth = date(on.year - youngest, on.month, min(on.day, 28)) - timedelta(days=chance.randint(0, span))
    return Invented(
        avs(number),
        chance.choice(LAST),
        chance.choice(FIRST),
        birth,
        place.postcode,
        place.municipality,
        place.region,
        chance.choice(LANGUAGES),
    )
