"""Drives a running server with fhirpy, unmodified. Usage: fhirpy_checks.py BASE"""
import asyncio
import sys
import uuid

from fhirpy import AsyncFHIRClient, SyncFHIRClient
from fhirpy.base.exceptions import MultipleResourcesFound, OperationOutcome, ResourceNotFound

BASE = sys.argv[1]
SYSTEM = "urn:martlet:fhirpy"


def raises(error, call):
    try:
        call()
    except error:
        return
    raise AssertionError(f"{error.__name__} was expected")


def unique():
    return uuid.uuid4().hex


def create_read_update_delete(client):
    patient = client.resource("Patient", name=[{"family": "Fhirpy", "given": ["Ann"]}], active=True)
    patient.save()
    assert patient.id and patient["meta"]["versionId"] == "1"
    again = client.reference("Patient", patient.id).to_resource()
    assert again["name"][0]["family"] == "Fhirpy"
    again["gender"] = "female"
    again.save()
    assert again["meta"]["versionId"] == "2"
    patient.refresh()
    assert patient["gender"] == "female"
    # Nothing new: answered by 304, kept as it is.
    patient.refresh()
    assert patient["meta"]["versionId"] == "2"
    patient.patch(active=False, birthDate="1970-05-01")
    assert patient["meta"]["versionId"] == "3"
    stored = client.resources("Patient").search(_id=patient.id).get()
    assert stored["active"] is False and stored["birthDate"] == "1970-05-01" and stored["gender"] == "female"
    patient.delete()
    raises(ResourceNotFound, lambda: client.reference("Patient", patient.id).to_resource())


def conditional(client):
    value = unique()
    identifier = [{"system": SYSTEM, "value": value}]
    search = client.resources("Patient").search(identifier=f"{SYSTEM}|{value}")
    first, created = search.get_or_create(client.resource("Patient", identifier=identifier, active=True))
    assert created
    second, created = search.get_or_create(client.resource("Patient", identifier=identifier, active=True))
    assert not created and second.id == first.id
    updated, created = search.update(client.resource("Patient", identifier=identifier, gender="male"))
    assert not created and updated.id == first.id and updated["meta"]["versionId"] == "2"
    patched = search.patch(gender="other")
    assert patched["gender"] == "other" and patched.id == first.id
    client.resource("Patient", identifier=identifier).save()
    raises(MultipleResourcesFound, lambda: search.patch(gender="male"))
    raises(MultipleResourcesFound, lambda: search.update(client.resource("Patient", identifier=identifier)))
    first.delete()
    search.delete()
    assert search.count() == 0
    new, created = search.update(client.resource("Patient", identifier=identifier))
    assert created and new.id
    fresh = client.resource("Patient", identifier=[{"system": SYSTEM, "value": unique()}])
    fresh.create(identifier=f"{SYSTEM}|{fresh['identifier'][0]['value']}")
    assert fresh.id


def searching(client):
    tag = unique()
    patients = []
    for number in range(25):
        patient = client.resource(
            "Patient", name=[{"family": f"Search{number:02}"}], identifier=[{"system": SYSTEM, "value": tag}],
            birthDate=f"19{70 + number}-01-01", gender="female" if number % 2 else "male",
        )
        patient.save()
        patients.append(patient)
    found = client.resources("Patient").search(identifier=f"{SYSTEM}|{tag}")
    assert found.count() == 25
    assert len(found.limit(10).fetch()) == 10
    assert len(found.limit(10).fetch_all()) == 25
    assert [p.id for p in found.limit(7).sort("birthdate")] == [p.id for p in patients]
    assert [p.id for p in found.sort("-birthdate").limit(1).fetch()] == [patients[-1].id]
    assert found.search(gender="male").count() == 13
    assert found.search(birthdate__ge="1980-01-01", birthdate__lt="1985-01-01").count() == 5
    assert found.search(family__exact="Search03").first().id == patients[3].id
    assert found.search(family__contains="earch03").first().id == patients[3].id
    assert found.search(gender__not="male").count() == 12
    assert found.search(_id=patients[4].id).get().id == patients[4].id
    short = found.elements("gender").limit(1).fetch()[0]
    assert set(short.keys()) <= {"resourceType", "id", "meta", "gender"} and short["gender"]
    assert found.search(general_practitioner__missing=True).count() == 25
    raises(OperationOutcome, lambda: found.search(nonsense="x").fetch())
    raises(OperationOutcome, lambda: found.search(birthdate="nonsense").fetch())

    observation = client.resource(
        "Observation", status="final", code={"coding": [{"system": "http://loinc.org", "code": "8480-6"}]},
        subject=patients[0].to_reference(), valueQuantity={"value": 120.50, "unit": "mmHg"},
    )
    observation.save()
    observations = client.resources("Observation").search(patient=patients[0].id)
    raw = observations.include("Observation", "subject").fetch_raw()
    assert {e["resource"]["resourceType"] for e in raw["entry"]} == {"Observation", "Patient"}
    raw = client.resources("Patient").search(_id=patients[0].id).revinclude("Observation", "subject").fetch_raw()
    assert {e["search"]["mode"] for e in raw["entry"]} == {"match", "include"}
    assert observations.search(subject__Patient__family="Search00").count() == 1
    assert found.has("Observation", "patient", code="8480-6").count() == 1


def bundles(client):
    urn = f"urn:uuid:{uuid.uuid4()}"
    bundle = client.resource(
        "Bundle", type="transaction", entry=[
            {"fullUrl": urn, "resource": {"resourceType": "Patient", "gender": "female"},
             "request": {"method": "POST", "url": "Patient"}},
            {"resource": {"resourceType": "Observation", "status": "final", "code": {"text": "x"},
                          "subject": {"reference": urn}}, "request": {"method": "POST", "url": "Observation"}},
        ])
    answer = client.execute("", method="post", data=bundle)
    assert answer["type"] == "transaction-response" and len(answer["entry"]) == 2
    observation = client.execute("/".join(answer["entry"][1]["response"]["location"].split("/")[-4:-2]), method="get")
    patient = answer["entry"][0]["response"]["location"].split("/")[-3]
    assert observation["subject"]["reference"] == f"Patient/{patient}"


async def asynchronous():
    client = AsyncFHIRClient(BASE)
    value = unique()
    identifier = [{"system": SYSTEM, "value": value}]
    search = client.resources("Patient").search(identifier=f"{SYSTEM}|{value}")

    async def make():
        return await search.get_or_create(client.resource("Patient", identifier=identifier))

    made = await asyncio.gather(*[make() for _ in range(16)])
    assert sum(created for _, created in made) == 1, "one of many at once is created"
    assert len({patient.id for patient, _ in made}) == 1
    assert await search.count() == 1
    ids = [patient.id async for patient in search.limit(1)]
    assert len(ids) == 1
    patient = await search.get()
    await patient.patch(active=True)
    await patient.delete()


sync = SyncFHIRClient(BASE)
create_read_update_delete(sync)
conditional(sync)
searching(sync)
bundles(sync)
asyncio.run(asynchronous())
print("ok")
