"""Has fhir.resources parse what a running server answers. Usage: resources_checks.py BASE"""
import json
import sys
import urllib.error
import urllib.request

from fhir.resources.R4B import get_fhir_model_class

BASE = sys.argv[1]
parsed = 0
last = b""


def call(path, method="GET", body=None, headers=None):
    """The answer as a typed model; raises where fhir.resources finds it invalid."""
    global parsed, last
    request = urllib.request.Request(
        f"{BASE}/{path}" if path else BASE, method=method,
        data=None if body is None else (body if isinstance(body, bytes) else json.dumps(body).encode()),
        headers={"Content-Type": "application/fhir+json", "Prefer": "return=representation", **(headers or {})})
    try:
        with urllib.request.urlopen(request) as response:
            text = response.read()
    except urllib.error.HTTPError as error:
        text = error.read()
    last = text
    if not text:
        return None
    model = get_fhir_model_class(json.loads(text)["resourceType"]).model_validate_json(text)
    parsed += 1
    return model


patient = call("Patient", "POST", {
    "resourceType": "Patient", "name": [{"family": "Typed", "given": ["A", "B"]}], "birthDate": "1970",
    "_birthDate": {"extension": [{"url": "urn:x", "valueString": "about"}]},
    "contact": [{"name": {"text": "C"}}]})
assert patient.id and patient.meta.versionId == "1"
observation = call("Observation", "POST", (
    '{"resourceType":"Observation","status":"final","code":{"text":"x"},"effectiveDateTime":"2026-01-01",'
    f'"subject":{{"reference":"Patient/{patient.id}"}},"valueQuantity":{{"value":1.50,"unit":"mg"}}}}').encode())
assert observation.valueQuantity.unit == "mg"
# fhir.resources reads numbers as floats, so the digits are looked for in the text.
assert b'"value":1.50,' in last
call(f"Patient/{patient.id}", "PUT", {"resourceType": "Patient", "id": patient.id, "active": True})
assert call(f"Patient/{patient.id}/_history").total == 2
assert call("Patient/_history?_count=2").type == "history"
assert call("_history?_count=2").type == "history"
assert call(f"Patient/{patient.id}/_history/1").birthDate
statement = call("metadata")
assert statement.fhirVersion == "4.0.1" and statement.kind == "instance"
for search in [
    f"Patient?_id={patient.id}", "Patient?_summary=count", "Patient?_count=0", "Patient?_summary=true",
    "Patient?_elements=name", "Patient?_summary=text", "Patient?_summary=data", "Patient?name=nobody",
    f"Observation?patient={patient.id}&_include=Observation:subject",
    f"Patient?_id={patient.id}&_revinclude=Observation:subject", "Observation?_sort=-date&_total=accurate",
    f"Patient/{patient.id}/Observation", "?_type=Patient,Observation&_count=3",
]:
    assert call(search).type == "searchset", search
lenient = call("Patient?nonsense=1", headers={"Prefer": "handling=lenient"})
assert any(entry.search.mode == "outcome" for entry in lenient.entry)
assert call(f"Patient/{patient.id}/$everything").type == "searchset"
batch = call("", "POST", {"resourceType": "Bundle", "type": "batch", "entry": [
    {"request": {"method": "GET", "url": f"Patient/{patient.id}"}},
    {"request": {"method": "GET", "url": "Patient/nobody"}},
    {"request": {"method": "GET", "url": "Patient?_count=1"}}]})
assert batch.type == "batch-response" and len(batch.entry) == 3
for bad in ["Patient/nobody", "Nonsense/1", "Patient?nonsense=1", "Patient?birthdate=x", "Patient/$nonsense"]:
    assert call(bad).issue[0].severity == "error", bad
assert call("Patient", "POST", {"resourceType": "Patient", "gender": 5}).issue
assert call("Patient", "POST", {"resourceType": "Patient", "unknown": 5}).issue
print(f"ok: {parsed} answers parsed")
