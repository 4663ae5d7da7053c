import Clinic
import ClinicPeople
import ClinicTesting
import ClinicWorkflows
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// Each operation of people, and those that no area owns, sent again and again under one key: one effect, one answer.
@Suite struct PeopleIdempotencyTests {
    /// How an operation is called, after what has to be there before it.
    private typealias Call = (path: String, parameters: [String])

    static let operations = PeopleArea.operations.map(\.declaration).filter(\.affectsState)
    static let own = ClinicWorkflows.operations.map(\.declaration)
        .filter { $0.affectsState && $0.name.hasPrefix("clinic-") }

    @Test(arguments: (operations + own).map(\.path))
    func twiceIsOnce(_ path: String) async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await Self.furnish(client)
            let call = try await Self.prepare(path, client)
            let events = "SELECT count(*) FROM clinic_event"
            let before = try await Self.count(server, events)
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let answer = try await client.call(call.path, call.parameters, key: "k")
                        return "\(answer.status) \(answer.text)"
                    }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(answers.count == 1, "\(answers)")
            #expect(answers.first?.hasPrefix("200 ") == true, "\(answers)")
            let after = try await Self.count(server, events)
            #expect(after > before || path.hasPrefix("$") || path.hasSuffix("$complete-onboarding"), "\(path)")
            let again = try await client.call(call.path, call.parameters, key: "k")
            #expect("200 \(again.text)" == answers.first)
            #expect(try await Self.count(server, events) == after)
            let other = try await client.call(call.path, [], key: "k")
            #expect([400, 422].contains(other.status), "\(path): \(other.text)")
        }
    }

    private static func count(_ server: TestServer, _ sql: String) async throws -> Int {
        Int(try await server.test.database.read(SQLStatement(sql), SQLParameters()).int64(0, 0) ?? 0)
    }

    private static func furnish(_ client: TestClient) async throws {
        for text in [
            People.patient("Doe", "Jane", extra: #","id":"p""#), People.patient("Doe", "Janet", extra: #","id":"q""#),
            #"{"resourceType":"Practitioner","id":"dr","active":true,"name":[{"family":"Who"}]}"#,
            #"{"resourceType":"RelatedPerson","id":"r","patient":{"reference":"Patient/p"}}"#,
            #"{"resourceType":"Encounter","id":"e","status":"finished","class":{"code":"AMB"},"#
                + #""subject":{"reference":"Patient/p"}}"#,
        ] { try await client.store(text) }
    }

    /// Every operation has its case: one that is new fails the test until it has.
    private static func prepare(_ path: String, _ client: TestClient) async throws -> Call {
        let pair = [
            People.parameter("patient", reference: "Patient/p"),
            People.parameter("practitioner", reference: "Practitioner/dr"),
        ]
        let merge = [
            People.parameter("source-patient", reference: "Patient/q"),
            People.parameter("target-patient", reference: "Patient/p"),
        ]
        let proxy = [People.parameter("proxy", reference: "RelatedPerson/r")]
        func done(_ path: String, _ parameters: [String]) async throws -> TestResponse {
            let answer = try await client.call(path, parameters)
            try #require(answer.status == 200, "\(path): \(answer.text)")
            return answer
        }
        let review = [
            People.parameter("encounter", reference: "Encounter/e"), #"{"name":"rating","valueInteger":5}"#,
        ]
        switch path {
        case "Patient/$register":
            return (path, [People.parameter("patient", resource: People.patient("New", "Nora"))])
        case "Patient/$merge": return (path, merge)
        case "Patient/$unmerge":
            _ = try await done("Patient/$merge", merge)
            return (
                path,
                [
                    People.parameter("source", reference: "Patient/q"),
                    People.parameter("target", reference: "Patient/p"),
                ]
            )
        case "Patient/[id]/$grant-proxy": return ("Patient/p/$grant-proxy", proxy)
        case "Patient/[id]/$revoke-proxy":
            _ = try await done("Patient/p/$grant-proxy", proxy)
            return ("Patient/p/$revoke-proxy", proxy)
        case "Patient/[id]/$complete-onboarding":
            try await client.store(
                #"{"resourceType":"Questionnaire","id":"in","url":"http://clinic/in","status":"active","#
                    + #""item":[{"linkId":"1","type":"string","required":true}]}"#)
            let answers =
                #"{"resourceType":"QuestionnaireResponse","questionnaire":"http://clinic/in","status":"completed","#
                + #""item":[{"linkId":"1","answer":[{"valueString":"x"}]}]}"#
            return ("Patient/p/$complete-onboarding", [People.parameter("answers", resource: answers)])
        case "CareTeam/$request-connection": return (path, pair)
        case "CareTeam/$respond":
            _ = try await done("CareTeam/$request-connection", pair)
            return (path, pair + [#"{"name":"accept","valueBoolean":true}"#])
        case "Practitioner/[id]/$verify-license":
            return (
                "Practitioner/dr/$verify-license",
                [
                    People.parameter("number", string: "L1"), People.parameter("authority", string: "board"),
                    People.parameter("result", code: "verified"), #"{"name":"expires","valueDate":"2099-01-01"}"#,
                ]
            )
        case "Communication/$submit-review": return (path, review)
        case "Communication/[id]/$moderate":
            let id = try await done("Communication/$submit-review", review).content?["id"]?.string ?? ""
            return ("Communication/\(id)/$moderate", [#"{"name":"publish","valueBoolean":true}"#])
        case "Patient/[id]/$expunge":
            return (
                "Patient/q/$expunge",
                [
                    People.parameter("reason", string: "never came"),
                    People.parameter("legal-basis", code: "registered-in-error"),
                ]
            )
        case "$clinic-setting-set":
            return (
                path,
                [People.parameter("name", code: "money.currency"), People.parameter("value", string: #"\"CHF\""#)]
            )
        default:
            Issue.record("no case for \(path)")
            return (path, [])
        }
    }
}
