import FHIRStore
import FHIRStoreTesting
import HL7Ingest
import HL7Mapping
import JSONTape
import Logging
import Testing

/// What a source's profile says of patients: unknown ones, merged ones, and who may name them (§1.7, F-9, F-28, F-39).
@Suite struct SourcePolicyTests {
    private func ingest(
        _ harness: IngestHarness, _ change: @escaping @Sendable (inout SourceProfile) -> Void
    ) -> IngestHarness {
        let ingest = MessageIngest(
            store: harness.test.store, finder: ResourceFinder(store: harness.test.store, service: harness.service),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            profile: { source, _ in
                var profile = SourceProfile(id: source)
                change(&profile)
                return profile
            })
        return IngestHarness(test: harness.test, ingest: ingest, service: harness.service)
    }

    @Test(
        "results of an unknown patient",
        arguments: [
            (SourceProfile.UnknownPatientPolicy.create, "AA", 1, "applied"), (.hold, "AA", 0, "quarantined"),
            (.reject, "AE", 0, "quarantined"),
        ])
    func unknown(
        _ policy: SourceProfile.UnknownPatientPolicy, _ code: String, _ patients: Int, _ state: String
    ) async throws {
        try await IngestHarness.with { base in
            let harness = ingest(base) { $0.unknownPatients = policy }
            #expect(await harness.code(IngestHarness.result(control: "1")) == code)
            try await harness.expect(patients, "SELECT count(*) FROM patient")
            try await harness.expect(1, "SELECT count(*) FROM hl7_message WHERE state = '\(state)'")
        }
    }

    @Test func aStrictSourceRefusesMergedPatients() async throws {
        try await IngestHarness.with { base in
            let harness = ingest(base) { $0.refusesMergedPatients = true }
            for number in ["M1", "M2"] {
                #expect(await harness.code(AdmissionMessage.make("A28", number, patient: number)) == "AA")
            }
            #expect(await harness.code(AdmissionMessage.merge("m", survivor: "M1", prior: "M2")) == "AA")
            let late = AdmissionMessage.make("A31", "l", at: "20260103100000", patient: "M2")
            let answer = await harness.send(late)
            #expect(answer?.contains("MSA|AE|l") == true)
            #expect(answer?.contains("|204^") == true)
            #expect(await harness.code(IngestHarness.result(control: "r", patient: "M2")) == "AE")
        }
    }

    @Test func identifiersOfOthersStayWithTheMessage() async throws {
        try await IngestHarness.with { base in
            let harness = ingest(base) { $0.trustedAssigners = ["urn:martlet:mrn"] }
            let message = AdmissionMessage.make("A28", "1")
            let text = String(decoding: message, as: UTF8.self).replacing("URI^MR", with: "URI^MR~9^^^X&urn:x&URI")
            #expect(await harness.code(Array(text.utf8)) == "AA")
            let patient = try await harness.patient("M1")
            #expect(patient?["identifier"]?.items.count == 1)
        }
    }

    @Test func aSourceWhoseNullsAreNotTrustedDeletesNothing() async throws {
        try await IngestHarness.with { base in
            let harness = ingest(base) { $0.trustsNulls = false }
            #expect(await harness.code(AdmissionMessage.make("A28", "1")) == "AA")
            let text = String(decoding: AdmissionMessage.make("A31", "2", at: "20260103100000"), as: UTF8.self)
            #expect(await harness.code(Array(text.replacing("|19700101|", with: "|\"\"|").utf8)) == "AA")
            let patient = try await harness.patient("M1")
            #expect(patient?["birthDate"]?.string == "1970-01-01")
        }
    }

    @Test("a number that stands for none makes nobody", arguments: ["0", "1", "123456", "UNKNOWN", "TEST", "9999999"])
    func dummies(_ number: String) async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(AdmissionMessage.make("A28", "1", patient: number)) == "AA")
            try await harness.expect(0, "SELECT count(*) FROM patient")
            try await harness.expect(1, "SELECT count(*) FROM hl7_message WHERE state = 'quarantined'")
        }
    }

    @Test func consentsThatDifferAreLeftToAPerson() async throws {
        try await IngestHarness.with { harness in
            for number in ["M1", "M2"] {
                #expect(await harness.code(AdmissionMessage.make("A28", number, patient: number)) == "AA")
                let id = try #require(try await harness.patient(number))["id"]?.string ?? ""
                let type = number == "M1" ? "permit" : "deny"
                _ = try await harness.test.store.create(
                    harness.test.input(
                        """
                        {"resourceType":"Consent","status":"active","patient":{"reference":"Patient/\(id)"},
                        "scope":{"coding":[{"code":"patient-privacy"}]},"category":[{"text":"x"}],
                        "provision":{"type":"\(type)"}}
                        """))
            }
            #expect(await harness.code(AdmissionMessage.merge("m", survivor: "M1", prior: "M2")) == "AA")
            let task = try #require(try await harness.search("Task", []).first)
            #expect(task["focus"]?["reference"]?.string?.hasPrefix("Consent/") == true)
            let id = try #require(try await harness.patient("M1"))["id"]?.string ?? ""
            #expect(try await harness.search("Consent", [("patient", "Patient/\(id)")]).count == 2)
        }
    }
}
