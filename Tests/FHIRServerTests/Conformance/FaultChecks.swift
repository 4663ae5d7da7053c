import FHIRServerTesting
import FHIRValidationTesting
import JSONTape
import Testing

/// Resources with one fault each are refused where the fault is; what only looks like one is stored
/// (R4 validation.html).
@Suite struct FaultChecks {
    @Test func eachFaultIsRefusedAtItsPlace() async throws {
        try await TestServer.with {
            $0.types = nil
        } _: { server in
            let client = server.client
            for fault in RuleFault.all {
                let answer = try await client.post(fault.type, fault.text)
                #expect(answer.status == 422 || answer.status == 400, "\(fault): \(answer.status)")
                let issues = try answer.json["issue"]?.items ?? []
                let places = issues.filter { ["error", "fatal"].contains($0["severity"]?.string) }
                    .flatMap { $0["expression"]?.items ?? [] }.compactMap(\.string)
                // A search parameter is compiled besides, which may find more.
                let first = fault.type == "SearchParameter" ? Array(places.prefix(1)) : places
                #expect(first == [fault.expression], "\(fault): \(answer.text)")
            }
            for type in Set(RuleFault.all.map(\.type)) {
                #expect(try await client.get("\(type)?_summary=count").json["total"]?.integer == 0, "\(type)")
            }
        }
    }

    @Test func soundResourcesAreStored() async throws {
        try await TestServer.with {
            $0.types = nil
        } _: { server in
            for sound in RuleFault.sound {
                let answer = try await server.client.post(sound.type, sound.text)
                #expect(answer.status == 201, "\(sound): \(answer.text)")
            }
            // A search parameter without expression is sound, but nothing to search by.
            for type in SoundResource.types where type != "SearchParameter" {
                let answer = try await server.client.post(type, SoundResource.text(type, nil, nil))
                #expect(answer.status == 201, "\(type): \(answer.text)")
            }
        }
    }

    /// References at types that their elements do not allow, and where that is said (R4 references.html).
    static let wrongTargets: [(type: String, key: String, value: String, place: String)] = [
        ("Observation", "subject", #"{"reference":"Practitioner/a"}"#, "Observation.subject"),
        ("Observation", "performer", #"[{"reference":"Medication/a"}]"#, "Observation.performer[0]"),
        ("Observation", "performer", #"[{"reference":"Device/a"}]"#, "Observation.performer[0]"),
        ("Observation", "encounter", #"{"reference":"Patient/a"}"#, "Observation.encounter"),
        ("Encounter", "serviceProvider", #"{"reference":"Patient/a"}"#, "Encounter.serviceProvider"),
        ("Encounter", "serviceProvider", #"{"reference":"Practitioner/a"}"#, "Encounter.serviceProvider"),
        ("Patient", "managingOrganization", #"{"reference":"Practitioner/a"}"#, "Patient.managingOrganization"),
        ("Patient", "generalPractitioner", #"[{"reference":"Patient/a"}]"#, "Patient.generalPractitioner[0]"),
        ("Condition", "asserter", #"{"reference":"Organization/a"}"#, "Condition.asserter"),
        ("MedicationRequest", "requester", #"{"reference":"Location/a"}"#, "MedicationRequest.requester"),
        (
            "MedicationRequest", "dispenseRequest", #"{"performer":{"reference":"Patient/a"}}"#,
            "MedicationRequest.dispenseRequest.performer"
        ),
        ("Procedure", "location", #"{"reference":"Organization/a"}"#, "Procedure.location"),
        ("Task", "owner", #"{"reference":"Location/a"}"#, "Task.owner"),
    ]

    @Test func wrongTargetsAreRefused() async throws {
        try await TestServer.with {
            $0.types = nil
        } _: { server in
            for (type, key, value, place) in Self.wrongTargets {
                let answer = try await server.client.post(type, SoundResource.text(type, key, value))
                #expect(answer.status == 422, "\(type).\(key)")
                let found = try answer.json["issue"]?.items.first?["expression"]?.items.first?.string
                #expect(found == place + ".reference")
            }
        }
    }

    /// Faults like those of the standard's own examples, which alone are let pass.
    static let likePublished: [(type: String, key: String, value: String, place: String)] = [
        (
            "Patient", "text", #"{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"> </div>"}"#,
            "Patient.text.div"
        ),
        ("Questionnaire", "item", #"[{"type":"display","text":"x"}]"#, "Questionnaire.item[0].linkId"),
        ("Patient", "_birthDate", #"{"id":"a"}"#, "Patient.birthDate"),
        (
            "Observation", "extension",
            #"[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthPlace","valueAddress":{"city":"x"}}]"#,
            "Observation.extension[0]"
        ),
        (
            "Patient", "extension",
            #"[{"url":"http://hl7.org/fhir/StructureDefinition/patient-nationality","extension":"#
                + #"[{"url":"cod","valueCodeableConcept":{"text":"x"}}]}]"#,
            "Patient.extension[0].extension[0]"
        ),
        (
            "Bundle", "entry", #"[{"fullUrl":"Patient/a","resource":{"resourceType":"Patient","id":"a"}}]"#,
            "Bundle.entry[0].fullUrl"
        ),
    ]

    @Test func whatIsLikePublishedFaultsIsRefused() async throws {
        try await TestServer.with {
            $0.types = nil
        } _: { server in
            for (type, key, value, place) in Self.likePublished {
                let answer = try await server.client.post(type, SoundResource.text(type, key, value))
                #expect(answer.status == 422, "\(type).\(key): \(answer.text)")
                #expect(try answer.json["issue"]?.items.first?["expression"]?.items.first?.string == place)
            }
        }
    }
}
