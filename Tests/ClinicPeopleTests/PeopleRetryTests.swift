import Clinic
import ClinicPeople
import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// Each operation on people, sent twice with one `Idempotency-Key`, has one effect, and the same answer.
@Suite struct PeopleRetryTests {
    /// What is called before it, by its path, and how it is called.
    private static let cases: [String: (before: String?, path: String, parameters: [String])] = {
        let proxy = [People.parameter("proxy", reference: "RelatedPerson/of-p")]
        let pair = [
            People.parameter("patient", reference: "Patient/p"),
            People.parameter("practitioner", reference: "Practitioner/dr"),
        ]
        let merged = [
            People.parameter("source-patient", reference: "Patient/p"),
            People.parameter("target-patient", reference: "Patient/q"),
        ]
        let answers = #"{"resourceType":"QuestionnaireResponse","status":"completed"}"#
        let licence = [
            People.parameter("number", string: "L-1"), People.parameter("authority", string: "Board"),
            People.parameter("result", code: "verified"), #"{"name":"expires","valueDate":"2099-01-01"}"#,
        ]
        var cases: [String: (before: String?, path: String, parameters: [String])] = [:]
        cases["Patient/$register"] = (
            nil, "Patient/$register", [People.parameter("patient", resource: People.patient("New", "Nora"))]
        )
        cases["Patient/$merge"] = (nil, "Patient/$merge", merged)
        cases["Patient/$unmerge"] = ("Patient/$merge", "Patient/$unmerge", merged)
        cases["Patient/[id]/$grant-proxy"] = (nil, "Patient/p/$grant-proxy", proxy)
        cases["Patient/[id]/$revoke-proxy"] = ("Patient/[id]/$grant-proxy", "Patient/p/$revoke-proxy", proxy)
        cases["Patient/[id]/$complete-onboarding"] = (
            nil, "Patient/p/$complete-onboarding", [People.parameter("answers", resource: answers)]
        )
        cases["CareTeam/$request-connection"] = (nil, "CareTeam/$request-connection", pair)
        cases["CareTeam/$respond"] = (
            "CareTeam/$request-connection", "CareTeam/$respond", pair + [#"{"name":"accept","valueBoolean":true}"#]
        )
        cases["Practitioner/[id]/$verify-license"] = (nil, "Practitioner/dr/$verify-license", licence)
        return cases
    }()

    /// Every declared operation that changes something.
    private static let paths = PeopleArea.operations.map(\.declaration).filter(\.affectsState).map(\.path)

    @Test(arguments: paths) func twiceIsOnce(_ path: String) async throws {
        let (before, target, parameters) = try #require(Self.cases[path], "give \(path) a case")
        try await ClinicServer.with { server in
            let client = server.client
            for id in ["p", "q"] {
                try await client.store(
                    #"{"resourceType":"Patient","id":"\#(id)","name":[{"family":"\#(id)"}],"gender":"male","#
                        + #""birthDate":"2020-05-06"}"#)
            }
            try await client.store(#"{"resourceType":"Practitioner","id":"dr","name":[{"family":"Who"}]}"#)
            try await client.store(
                #"{"resourceType":"RelatedPerson","id":"of-p","patient":{"reference":"Patient/p"}}"#)
            if let step = before.flatMap({ Self.cases[$0] }) {
                let done = try await client.call(step.path, step.parameters)
                #expect(done.status == 200, "\(done.text)")
            }
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
            let other = try await client.call(target, parameters + [#"{"name":"x","valueCode":"y"}"#], key: "k")
            #expect([400, 422].contains(other.status))
        }
    }

    /// Versions of what is stored, and the events.
    private static func state(_ server: TestServer) async throws -> Int {
        try await server.count(
            """
            SELECT (SELECT coalesce(sum(version), 0) FROM patient) * 100000000
              + (SELECT coalesce(sum(version), 0) FROM task) * 1000000
              + (SELECT coalesce(sum(version), 0) FROM consent) * 10000
              + (SELECT count(*) FROM careteam) * 1000 + (SELECT count(*) FROM verificationresult) * 100
              + (SELECT count(*) FROM clinic_event)
            """)
    }
}
