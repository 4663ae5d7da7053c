"""Drives a running server with the SMART Health IT client, unmodified. Usage: fhirclient_checks.py BASE"""
import sys
import uuid

from fhirclient import client
from fhirclient.models.bundle import Bundle
from fhirclient.models.fhirdate import FHIRDate
from fhirclient.models.fhirreference import FHIRReference
from fhirclient.models.humanname import HumanName
from fhirclient.models.identifier import Identifier
from fhirclient.models.observation import Observation
from fhirclient.models.patient import Patient

smart = client.FHIRClient(settings={"app_id": "martlet-tests", "api_base": sys.argv[1]})
smart.prepare()
assert smart.ready
server = smart.server
assert server.capabilityStatement.fhirVersion == "4.0.1"

tag = uuid.uuid4().hex


def identifier():
    return Identifier({"system": "urn:martlet:fhirclient", "value": tag})


patient = Patient()
patient.identifier = [identifier()]
patient.name = [HumanName({"family": "Müller", "given": ["Zoë", "Ann"]})]
patient.birthDate = FHIRDate("1970-03")
created = patient.create(server)
patient = Patient.read(created["id"], server)
assert smart.human_name(patient.name[0]) == "Zoë Ann Müller"
assert patient.birthDate.as_json() == "1970-03"
assert patient.meta.versionId == "1"
patient.gender = "female"
patient.update(server)
assert Patient.read(patient.id, server).meta.versionId == "2"

for number in range(12):
    other = Patient()
    other.identifier = [identifier()]
    other.name = [HumanName({"family": f"Paging{number:02}"})]
    other.create(server)
search = Patient.where(struct={"identifier": f"urn:martlet:fhirclient|{tag}", "_count": "5"})
assert len(search.perform(server).entry) == 5
pages = list(search.perform_iter(server))
assert [len(page.entry) for page in pages] == [5, 5, 3]
assert len({p.id for p in search.perform_resources_iter(server)}) == 13
names = Patient.where(struct={"family": "muller", "identifier": f"urn:martlet:fhirclient|{tag}"})
assert [p.id for p in names.perform_resources(server)] == [patient.id]

observation = Observation({
    "resourceType": "Observation", "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]},
    "subject": {"reference": f"Patient/{patient.id}"}, "valueQuantity": {"value": 120.5, "unit": "mmHg"},
})
made = observation.create(server)
observation = Observation.read(made["id"], server)
assert observation.subject.resolved(Patient).id == patient.id
subject = observation.subject
assert isinstance(subject, FHIRReference) and subject.reference == f"Patient/{patient.id}"
search = Observation.where(struct={"subject": f"Patient/{patient.id}"}).include("subject")
types = {entry.resource.resource_type for entry in search.perform(server).entry}
assert types == {"Observation", "Patient"}, types

transaction = Bundle({
    "resourceType": "Bundle", "type": "transaction",
    "entry": [{"resource": {"resourceType": "Patient"}, "request": {"method": "POST", "url": "Patient"}}],
})
answer = server.post_json("", transaction.as_json()).json()
assert Bundle(answer).type == "transaction-response"

observation.delete(server)
patient.delete(server)
print("ok")
