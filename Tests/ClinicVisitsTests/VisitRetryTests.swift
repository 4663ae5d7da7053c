import Clinic
import ClinicTesting
import ClinicVisits
import FHIRServerTesting
import JSONTape
import Testing

/// Each operation on visits, sent twice with one `Idempotency-Key`, has one effect, and the same answer.
@Suite struct VisitRetryTests {
    /// How it is called, where everything of `prepare` is there; `NOTE` stands for what is signed already.
    private static let cases: [String: (path: String, parameters: [String])] = {
        let patient = Visits.parameter("patient", reference: "Patient/p")
        let document = [
            #"{"name":"content","valueAttachment":{"contentType":"text/plain","data":"YSBsZXR0ZXI=","title":"t"}}"#,
            #"{"name":"type","valueCodeableConcept":{"coding":[{"system":"http://loinc.org","code":"11502-2"}]}}"#,
        ]
        let reading = """
            {"name":"readings","part":[{"name":"code","valueString":"8867-4"},
             {"name":"value","valueQuantity":{"value":72,"code":"/min"}}]}
            """
        let section = """
            {"name":"section","part":[{"name":"title","valueString":"Plan"},{"name":"text","valueString":"rest"}]}
            """
        var cases: [String: (path: String, parameters: [String])] = [:]
        cases["Encounter/$start"] = ("Encounter/$start", [patient])
        cases["Encounter/[id]/$triage"] = ("Encounter/waits/$triage", [Visits.parameter("level", code: "2")])
        cases["Encounter/$call-next"] = (
            "Encounter/$call-next", [Visits.parameter("location", reference: "Location/hall")]
        )
        cases["Encounter/[id]/$finish"] = (
            "Encounter/goes-on/$finish",
            [Visits.parameter("force", bool: true), Visits.parameter("reason", string: "seen in passing")]
        )
        cases["Composition/[id]/$sign"] = ("Composition/draft/$sign", [])
        cases["Composition/[id]/$amend"] = (
            "Composition/signed/$amend", [section, Visits.parameter("reason", string: "left out")]
        )
        cases["Observation/$record-vitals"] = ("Observation/$record-vitals", [patient, reading])
        cases["DocumentReference/$upload"] = ("DocumentReference/$upload", document + [patient])
        return cases
    }()

    /// Every declared operation that changes something.
    private static let paths = VisitsArea.operations.map(\.declaration).filter(\.affectsState).map(\.path)

    @Test(arguments: paths) func twiceIsOnce(_ path: String) async throws {
        let (target, parameters) = try #require(Self.cases[path], "give \(path) a case")
        try await ClinicServer.with { server in
            try await Self.prepare(server.client)
            let client = server.client
            let answers = await withTaskGroup(of: String.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let answer = try? await client.call(target, parameters, key: "k")
                        return "\(answer?.status ?? 0) \(answer?.text ?? "")"
                    }
                }
                return await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(answers.count == 1 && answers.first?.hasPrefix("20") == true, "\(answers)")
            let state = try await Self.state(server)
            let again = try await client.call(target, parameters, key: "k")
            #expect(answers == ["\(again.status) \(again.text)"])
            #expect(try await Self.state(server) == state)
            // A key is for one request.
            let other = try await client.call(target, parameters + [#"{"name":"x","valueCode":"y"}"#], key: "k")
            #expect([400, 422].contains(other.status))
        }
    }

    private static func prepare(_ client: TestClient) async throws {
        for id in ["p", "q", "r"] { try await client.store(Visits.patient(id)) }
        try await client.store(#"{"resourceType":"Location","id":"hall"}"#)
        try await client.store(#"{"resourceType":"Practitioner","id":"dr"}"#)
        try await client.store(Visits.waiting("waits", patient: "q", arrived: "2026-01-01T09:00:00Z"))
        try await client.store(
            Visits.waiting("goes-on", patient: "r", arrived: "2026-01-01T09:00:00Z")
                .replacing("\"arrived\"", with: "\"in-progress\""))
        try await client.store(Visits.note("draft", "preliminary"))
        try await client.store(Visits.note("signed", "preliminary"))
        #expect(try await client.call("Composition/signed/$sign").status == 200)
    }

    /// Versions of what is stored, and the events.
    private static func state(_ server: TestServer) async throws -> Int {
        try await server.count(
            """
            SELECT (SELECT coalesce(sum(version), 0) FROM encounter) * 1000000000
              + (SELECT coalesce(sum(version), 0) FROM composition) * 10000000
              + (SELECT count(*) FROM observation) * 100000 + (SELECT count(*) FROM documentreference) * 10000
              + (SELECT count(*) FROM clinic_event)
            """)
    }
}
