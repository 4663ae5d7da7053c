import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// Prescriptions that a doctor or a patient asks for and others see to: `Task/$submit-request` of code `rx-request`.
@Suite struct PrescriptionRequestTests {
    private static func medicine(
        _ id: String, _ status: String, requester: String? = "Practitioner/dr", patient: String = "p"
    ) -> String {
        let by = requester.map { #""requester":{"reference":"\#($0)"},"# } ?? ""
        return #"{"resourceType":"MedicationRequest","id":"\#(id)","status":"\#(status)","intent":"order",\#(by)"#
            + #""medicationCodeableConcept":{"text":"amoxicillin"},"subject":{"reference":"Patient/\#(patient)"}}"#
    }

    /// A doctor's request about a draft, taken on by somebody else.
    private func submit(_ clinic: OrderClinic, _ client: TestClient, about draft: String) async throws -> String {
        let task = try await clinic.ok(
            client, "Task/$submit-request",
            [
                OrderClinic.reference("for", "Patient/p"), OrderClinic.code("code", "rx-request"),
                OrderClinic.reference("input", draft),
            ])
        #expect(task["focus"]?["reference"]?.string == draft)
        let address = "Task/\(task["id"]?.string ?? "")"
        try await clinic.ok(clinic.nurse, "\(address)/$accept")
        return address
    }

    @Test func theDoctorsDraftIsPrescribedByOthers() async throws {
        try await OrderClinic.with { clinic in
            // Signed in by name, the account asks; the prescription names it in the same way.
            let account = #"{"type":"Practitioner","identifier":{"system":"urn:martlet:account","value":"dr-a"}}"#
            let draft = Self.medicine("draft", "draft", requester: nil).replacing(
                #""intent":"order","#, with: #""intent":"order","requester":\#(account),"#)
            try await clinic.put(draft)
            for (id, status, requester, patient) in [
                ("other", "active", "Practitioner/other", "p"), ("foreign", "active", "Practitioner/dr", "q"),
            ] { try await clinic.put(Self.medicine(id, status, requester: requester, patient: patient)) }
            let task = try await submit(clinic, clinic.doctor, about: "MedicationRequest/draft")
            #expect(try await clinic.events(task) == ["request.submitted", "rx.requested", "request.accepted"])
            func fulfil(_ id: String?) async throws -> String {
                try await clinic.outcome(
                    clinic.nurse, "\(task)/$fulfil",
                    id.map { [OrderClinic.reference("output", "MedicationRequest/\($0)")] } ?? [])
            }
            #expect(try await fulfil(nil) == "422 outcome-missing")
            #expect(try await fulfil("foreign") == "422 unknown-reference")
            #expect(try await fulfil("other") == "422 not-allowed")
            // A draft has no effect, and fulfils nothing.
            #expect(try await fulfil("draft") == "422 illegal-transition")
            let dispensed = try await clinic.nurse.put(
                "MedicationDispense/d",
                #"{"resourceType":"MedicationDispense","id":"d","status":"completed","#
                    + #""authorizingPrescription":[{"reference":"MedicationRequest/draft"}],"#
                    + #""medicationCodeableConcept":{"text":"amoxicillin"}}"#)
            #expect(dispensed.status == 422)
            // Somebody else types it: it is by the doctor who asked.
            try await clinic.put(draft.replacing(#""status":"draft""#, with: #""status":"active""#))
            #expect(try await fulfil("draft") == "200")
            #expect(try await clinic.status(task) == "completed")
            #expect(try await clinic.events(task).suffix(2) == ["rx.ready", "request.fulfilled"])
            let told = try await clinic.search("Communication?recipient=Patient/p")
            #expect(told.count == 1)
            #expect(told.first?.source.isEmpty == false)
            let text = String(decoding: try #require(told.first).source, as: UTF8.self)
            #expect(!text.contains("amoxicillin"))
        }
    }

    @Test func whatAPatientAsksForIsRenewedByADoctor() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            for text in [
                #"{"resourceType":"Patient","id":"p","birthDate":"1980-05-05","gender":"female"}"#,
                #"{"resourceType":"Practitioner","id":"dr"}"#, Self.medicine("old", "completed"),
            ] {
                let node = JSONNode(try Document.parse(text))
                let address = "\(node["resourceType"]?.string ?? "")/\(node["id"]?.string ?? "")"
                #expect(try await client.put(address, text).status == 201)
            }
            func call(_ who: String, _ path: String, _ parameters: [String] = []) async throws -> JSONNode {
                let answer = try await client.call(path, parameters, headers: [("X-Martlet-Actor", who)])
                try #require(answer.status == 200, "\(path): \(answer.text)")
                return try answer.json
            }
            let task = try await call(
                "Patient/p", "Task/$submit-request",
                [
                    OrderClinic.reference("for", "Patient/p"), OrderClinic.code("code", "rx-request"),
                    OrderClinic.reference("input", "MedicationRequest/old"),
                ])
            let address = "Task/\(task["id"]?.string ?? "")"
            _ = try await call("Practitioner/nurse", "\(address)/$accept")
            let renewed = try await call("Practitioner/dr", "MedicationRequest/old/$renew")
            let new = "MedicationRequest/\(renewed["id"]?.string ?? "")"
            let done = try await call(
                "Practitioner/nurse", "\(address)/$fulfil", [OrderClinic.reference("output", new)])
            #expect(done["status"]?.string == "completed")
            #expect(done["output"]?.items.first?["valueReference"]?["reference"]?.string == new)
        }
    }
}
