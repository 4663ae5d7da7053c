import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// The rules of problem lists and of dental charts, whatever door a resource comes through.
@Suite struct ProblemTests {
    private static func problem(_ id: String, _ code: String = "38341003", status: String = "active") -> String {
        """
        {"resourceType":"Condition","id":"\(id)","subject":{"reference":"Patient/p"},
         "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-category",
          "code":"problem-list-item"}]}],
         "clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical",
          "code":"\(status)"}]},
         "code":{"coding":[{"system":"http://snomed.info/sct","code":"\(code)"}]}}
        """
    }

    @Test func oneActiveProblemPerCode() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            let outcomes = await withTaskGroup(of: Int.self) { group in
                for number in 0..<32 {
                    group.addTask {
                        let problem = Self.problem("c\(number)")
                        if number % 2 == 0 {
                            return (try? await client.put("Condition/c\(number)", problem))?.status ?? 0
                        }
                        let bundle =
                            #"""
                            {"resourceType":"Bundle","type":"transaction",
                             "entry":[{"resource":\#(problem),"request":{"method":"PUT",
                             "url":"Condition/c\#(number)"}}]}
                            """#
                        return (try? await client.post("", bundle))?.status ?? 0
                    }
                }
                return await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes == [201: 1, 409: 31] || outcomes == [200: 1, 409: 31], "\(outcomes)")
            #expect(try await server.count("SELECT count(*) FROM condition") == 1)
            try await client.store(Self.problem("other", "44054006"))
            try await client.store(Self.problem("past", status: "resolved"))
            let relapse = try await client.put("Condition/past", Self.problem("past", status: "relapse"))
            #expect(relapse.refusal == "409 duplicate")
        }
    }

    private static func site(_ codings: [(String, String)]) -> String {
        let list = codings.map { #"{"system":"\#($0.0)","code":"\#($0.1)"}"# }.joined(separator: ",")
        return #"{"coding":[\#(list)]}"#
    }

    @Test(
        "surfaces need teeth",
        arguments: [
            ([("urn:iso:std:iso:3950", "36")], "201 none"),
            ([("urn:iso:std:iso:3950", "36"), ("http://terminology.hl7.org/CodeSystem/FDI-surface", "M")], "201 none"),
            ([("http://terminology.hl7.org/CodeSystem/FDI-surface", "M")], "422 tooth-missing"),
            ([("urn:iso:std:iso:3950", "19")], "422 unknown-code"),
            ([("urn:iso:std:iso:3950", "56")], "422 unknown-code"),
            ([("urn:iso:std:iso:3950", "85")], "201 none"),
            ([("http://snomed.info/sct", "368208006")], "201 none"),
        ] as [([(String, String)], String)])
    func teeth(codings: [(String, String)], expected: String) async throws {
        try await ClinicServer.with { server in
            let client = server.client
            let procedure =
                #"""
                {"resourceType":"Procedure","status":"completed","subject":{"reference":"Patient/p"},
                 "bodySite":[\#(Self.site(codings))]}
                """#
            let stored = try await client.post("Procedure", procedure)
            #expect(stored.refusal == expected, "\(stored.text)")
            let finding =
                #"""
                {"resourceType":"Observation","status":"final","code":{"text":"caries"},
                 "subject":{"reference":"Patient/p"},"bodySite":\#(Self.site(codings))}
                """#
            let observed = try await client.post("Observation", finding)
            #expect(observed.refusal == expected, "\(observed.text)")
        }
    }
}
