"""Monthly data through the API: read, delivered, brought as a file, each by its own sector."""

from io import BytesIO

from cii.coordination.monthly import sheet_of
from cii.coordination.monthly_paper import month_table
from cii.coordination.rules_monthly import parse_month
from cii.documents import csv

MONTH = "/monthly-data/2026-12/SEMP"


def sent(world, key, status=200, who="contracts", address=MONTH, **more):
    caller = world.as_(who)
    version = more.pop("version", None) or caller.send("GET", MONTH).headers.get("ETag", "")
    answer = caller.send("POST", address, headers={"Idempotency-Key": key, "If-Match": version}, **more)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_json()


def test_a_month_is_read_confirmed_and_corrected(january):
    reader = january.as_("contracts")
    first = reader.send("GET", MONTH)
    listed = reader.send("GET", "/monthly-data").get_json()["items"]
    row = first.get_json()["figures"][0]

    assert (first.get_json()["deliveries"], row["told"], row["origin"]) == (0, None, None)
    assert {"month": "2026-12", "institution": "SEMP", "deliveries": 0} in listed

    done = sent(january, "m-1", json={"remark": "Vu"})
    assert (done["deliveries"], done["remark"], done["figures"][0]["origin"]) == (1, "Vu", "counted")
    assert done["figures"][0]["told"] == row["counted"]

    told = {name: n for name, n in row["counted"].items() if name != "places"}
    figure = {"measure": row["measure"], "line": row["line"], **told, "waiting": told["waiting"] + 7}
    again = sent(january, "m-2", json={"figures": [figure]})
    assert again["figures"][0]["told"]["waiting"] == told["waiting"] + 7
    assert again["figures"][0]["counted"]["waiting"] == told["waiting"]
    sent(january, "m-3", 412, version=first.headers["ETag"], json={})
    sent(january, "m-4", 422, json={"figures": [{**figure, "waiting": -1}]})
    sent(january, "m-5", 422, json={"figures": [figure, figure]})


def test_a_file_delivers_the_month_once(january):
    with january.work() as work:
        text = csv.write(month_table(sheet_of(work, "SEMP", parse_month("2026-12"))))

    def bring(key, data, status=200):
        form = {"file": (BytesIO(data), "mois.csv", "text/csv")}
        return sent(january, key, status, address="/monthly-data/2026-12/SEMP/file", data=form)

    assert (bring("f-1", text)["deliveries"], bring("f-2", text)["deliveries"]) == (1, 1)
    no = bring("f-3", text.replace(b";LACI;", b";SAS;"), 422)
    assert [one["code"] for one in no.get("reasons", [no])][:1] == ["nothing-in-month"]
