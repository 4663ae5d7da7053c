import FHIRStore
import HL7Ingest
import JSONTape
import Testing

/// What a message states is laid over what is stored; tried with ADT^A28 and A31.
@Suite struct StatedMessageTests {
    @Test func aPersonIsAddedAndThenUpdatedInPlace() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(person("1", "A28", at: "20260101100000")) == "AA")
            #expect(await harness.code(person("2", "A31", at: "20260101110000", name: "Doe-Smith^Jane")) == "AA")
            let patients = try await harness.search("Patient", [("identifier", "urn:martlet:mrn|M1")])
            #expect(patients.count == 1)
            #expect(patients.first?["name"]?.items.first?["family"]?.string == "Doe-Smith")
            #expect(patients.first?["birthDate"]?.string == "1970-01-01")
            #expect(patients.first?["gender"]?.string == "female")
        }
    }

    @Test func anEmptyFieldChangesNothingAndAnExplicitNullDeletes() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(person("1", "A28", at: "20260101100000", phone: "555-1")) == "AA")
            #expect(await harness.code(person("2", "A31", at: "20260101110000", phone: "")) == "AA")
            var patient = try await harness.patient("M1")
            #expect(patient?["telecom"]?.items.first?["value"]?.string == "555-1")
            #expect(await harness.code(person("3", "A31", at: "20260101120000", born: "\"\"", phone: "\"\"")) == "AA")
            patient = try await harness.patient("M1")
            #expect(patient?["telecom"] == nil)
            #expect(patient?["birthDate"] == nil)
            #expect(patient?["name"]?.items.first?["family"]?.string == "Doe")
        }
    }

    @Test func anOlderMessageOnlyFillsWhatIsEmpty() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(person("1", "A31", at: "20260101120000")) == "AA")
            let late = person("2", "A31", at: "20260101080000", name: "Maiden^Jane", phone: "555-1")
            #expect(await harness.code(late) == "AA")
            let patient = try await harness.patient("M1")
            #expect(patient?["name"]?.items.first?["family"]?.string == "Doe")
            #expect(patient?["telecom"]?.items.first?["value"]?.string == "555-1")
        }
    }

    @Test func identifiersOfSeveralMessagesAddUp() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(person("1", "A28", at: "20260101100000")) == "AA")
            let more = person(
                "2", "A31", at: "20260101110000", id: "M1^^^MARTLET&urn:martlet:mrn&URI^MR~77^^^X&urn:x&URI^PI")
            #expect(await harness.code(more) == "AA")
            #expect(await harness.code(person("3", "A31", at: "20260101120000")) == "AA")
            let patients = try await harness.search("Patient", [("identifier", "urn:x|77")])
            #expect(patients.count == 1)
            #expect(patients.first?["identifier"]?.items.count == 2)
        }
    }

    @Test func theSamePatientInParallelIsMadeOnce() async throws {
        try await IngestHarness.with { harness in
            let codes = await withTaskGroup(of: String.self) { group in
                for number in 1...20 {
                    group.addTask {
                        let kind = number.isMultiple(of: 2) ? "A28" : "A31"
                        return await harness.code(person("p\(number)", kind, at: "20260101100000"))
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes == Array(repeating: "AA", count: 20))
            try await harness.expect(1, "SELECT count(*) FROM patient")
            try await harness.expect(20, "SELECT count(*) FROM hl7_message WHERE state = 'applied'")
        }
    }

    @Test func identifiersOfTwoPatientsWaitForAPerson() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(person("1", "A28", at: "20260101100000")) == "AA")
            #expect(await harness.code(person("2", "A28", at: "20260101100000", id: "77^^^X&urn:x&URI^PI")) == "AA")
            let both = person(
                "3", "A31", at: "20260101110000", id: "M1^^^MARTLET&urn:martlet:mrn&URI^MR~77^^^X&urn:x&URI^PI")
            #expect(await harness.code(both) == "AA")
            try await harness.expect(1, "SELECT count(*) FROM hl7_message WHERE state = 'quarantined'")
            try await harness.expect(2, "SELECT count(*) FROM patient")
        }
    }

    @Test func aMessageWithoutUsableIdentifierIsAnError() async throws {
        try await IngestHarness.with { harness in
            let answer = await harness.send(person("1", "A28", at: "20260101100000", id: ""))
            #expect(answer?.contains("MSA|AE|1") == true)
            #expect(answer?.contains("ERR||PID^1^3|101^") == true)
            try await harness.expect(0, "SELECT count(*) FROM patient")
        }
    }

    private func person(
        _ control: String, _ trigger: String, at time: String, id: String = "M1^^^MARTLET&urn:martlet:mrn&URI^MR",
        name: String = "Doe^Jane", born: String = "19700101", phone: String = ""
    ) -> [UInt8] {
        let segments = [
            "MSH|^~\\&|REG|NORTH|MARTLET|CLINIC|\(time)||ADT^\(trigger)^ADT_A05|\(control)|P|2.5.1",
            "EVN|\(trigger)|\(time)",
            "PID|1||\(id)||\(name)||\(born)|F|||||\(phone)",
        ]
        return Array((segments.joined(separator: "\r") + "\r").utf8)
    }
}

extension IngestHarness {
    /// The patient with this number of `urn:martlet:mrn`.
    func patient(_ number: String) async throws -> JSONNode? {
        try await search("Patient", [("identifier", "urn:martlet:mrn|\(number)")]).first
    }
}
