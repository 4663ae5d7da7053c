import Clinic
import ClinicPeople
import ClinicTesting
import ClinicWorkflows
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import Testing

/// `Patient/$merge` and `$unmerge`: merging is complete and reversible.
@Suite struct MergePatientTests {
    private static let call = [
        People.parameter("source-patient", reference: "Patient/a"),
        People.parameter("target-patient", reference: "Patient/b"),
    ]
    private static let undo = [
        People.parameter("source", reference: "Patient/a"), People.parameter("target", reference: "Patient/b"),
    ]

    private func patients(_ client: TestClient, _ ids: [String] = ["a", "b"]) async throws {
        for id in ids { try await client.store(MergeFixture.patient(id, "M-\(id)")) }
    }

    @Test func refusals() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await patients(client, ["a", "b", "c"])
            func identifier(_ role: String, _ value: String) -> String {
                #"""
                {"name":"\#(role)-patient-identifier","valueIdentifier":{"system":"urn:martlet:mrn",
                 "value":"\#(value)"}}
                """#
            }
            let cases: [([String], String)] = [
                ([], "400 invalid-parameter"),
                ([Self.call[0]], "400 invalid-parameter"),
                ([People.parameter("source-patient", reference: "Group/a"), Self.call[1]], "400 invalid-parameter"),
                (
                    [People.parameter("source-patient", reference: "Patient/none"), Self.call[1]],
                    "422 unknown-reference"
                ),
                ([Self.call[0], People.parameter("target-patient", reference: "Patient/a")], "422 same-patient"),
                ([identifier("source", "M-nobody"), Self.call[1]], "422 unknown-reference"),
                ([identifier("source", "M-b"), Self.call[0], Self.call[1]], "422 unknown-reference"),
                (
                    Self.call + [People.parameter("result-patient", resource: MergeFixture.patient("a", "M-b"))],
                    "400 invalid-parameter"
                ),
                (
                    Self.call + [People.parameter("result-patient", resource: MergeFixture.patient("b", "M-b"))],
                    "400 invalid-parameter"
                ),
            ]
            for (parameters, expected) in cases {
                let response = try await client.call("Patient/$merge", parameters)
                #expect(response.refusal == expected, "\(response.text)")
            }
            #expect(try await client.call("Patient/$unmerge", Self.undo).refusal == "422 not-merged")
            #expect(try await client.call("Patient/$unmerge").refusal == "400 invalid-parameter")
            #expect(try await server.count("SELECT count(*) FROM record_merge") == 0)
            // Whoever is merged cannot be merged again, nor take in whoever it was merged into.
            #expect(try await client.call("Patient/$merge", Self.call).status == 200)
            #expect(try await client.call("Patient/$merge", Self.call).refusal == "422 already-merged")
            let circle = [
                People.parameter("source-patient", reference: "Patient/b"),
                People.parameter("target-patient", reference: "Patient/a"),
            ]
            #expect(try await client.call("Patient/$merge", circle).refusal == "422 merge-cycle")
            let elsewhere = [Self.call[0], People.parameter("target-patient", reference: "Patient/c")]
            #expect(try await client.call("Patient/$merge", elsewhere).refusal == "422 merged-elsewhere")
        }
    }

    @Test func previewChangesNothingAndTellsTheResult() async throws {
        try await ClinicServer.with { server in
            try await patients(server.client)
            try await server.client.store(
                #"""
                {"resourceType":"Flag","id":"f","status":"active","code":{"text":"x"},
                 "subject":{"reference":"Patient/a"}}
                """#
            )
            let preview = try await server.client.call(
                "Patient/$merge", Self.call + [#"{"name":"preview","valueBoolean":true}"#])
            #expect(preview.status == 200, "\(preview.text)")
            #expect(preview.id(of: "result") == "b")
            #expect(preview.parameter("result")?["resource"]?["link"]?.count == 1)
            #expect(preview.parameter("task") == nil)
            #expect(preview.parameter("outcome")?["resource"]?["resourceType"]?.string == "OperationOutcome")
            #expect(preview.parameter("input")?["resource"]?["parameter"]?.count == 3)
            #expect(try await server.count("SELECT sum(version) FROM patient") == 2)
            #expect(try await server.count("SELECT count(*) FROM record_merge") == 0)
            let flag = try await server.client.get("Flag/f")
            #expect(flag.content?["subject"]?["reference"]?.string == "Patient/a")
        }
    }

    @Test func theCallerMaySayWhatTheResultIs() async throws {
        try await ClinicServer.with { server in
            try await patients(server.client)
            let result = MergeFixture.patient("b", "M-b").replacing("\"Jane\"", with: "\"Janet\"")
                .replacing(
                    "\"active\":true",
                    with: #""active":true,"link":[{"other":{"reference":"Patient/a"},"type":"replaces"}]"#)
            let before = try await server.contents(["Patient/a", "Patient/b"])
            let merged = try await server.client.call(
                "Patient/$merge", Self.call + [People.parameter("result-patient", resource: result)], key: "k")
            #expect(
                merged.parameter("result")?["resource"]?["name"]?.items.first?["given"]?.items.first?.string == "Janet")
            #expect(merged.parameter("result")?["resource"]?["link"]?.count == 1)
            #expect(merged.parameter("task")?["resource"]?["status"]?.string == "completed")
            let again = try await server.client.call(
                "Patient/$merge", Self.call + [People.parameter("result-patient", resource: result)], key: "k")
            #expect(again.text == merged.text)
            let number = try #require(merged.parameter("merge-id")?["valueString"]?.string)
            let undone = try await server.client.call(
                "Patient/$unmerge", [People.parameter("merge-id", string: number)], key: "u")
            #expect(undone.status == 200, "\(undone.text)")
            #expect(
                try await server.client.call(
                    "Patient/$unmerge", [People.parameter("merge-id", string: number)], key: "u"
                ).text == undone.text)
            #expect(try await server.contents(["Patient/a", "Patient/b"]) == before)
        }
    }

    @Test("all that refers to the source moves, and comes back as it was", arguments: ["REST", "A40"])
    func mergeIsCompleteAndReversible(door: String) async throws {
        try await MessageFixture.with { server, messages in
            let client = server.client
            try await patients(client)
            let fixture = MergeFixture("a", "b")
            try await fixture.store(client)
            let addresses = fixture.resources.map(\.address) + ["Patient/a", "Patient/b"]
            let before = try await server.contents(addresses)
            #expect(before.count == 202 && MergeFixture.typeNames.count >= 30)

            if door == "REST" {
                #expect(try await client.call("Patient/$merge", Self.call).status == 200)
            } else {
                #expect(await messages.merge("m1", survivor: "M-b", prior: "M-a") == "AA")
            }
            let after = try await server.contents(addresses)
            for (address, content) in after where !address.hasPrefix("Patient/") {
                #expect(!content.contains("\"Patient/a\""), "\(address)")
            }
            // Both ids answer, and a search by either finds all.
            for id in ["a", "b"] {
                #expect(try await client.get("Patient/\(id)").status == 200)
                let found = try await client.get("Observation?patient=\(id)&_count=0")
                let expected = fixture.resources.filter { $0.address.hasPrefix("Observation/") }.count
                #expect(found.content?["total"]?.integer == expected, "\(found.text)")
                let subject = try await client.get("Condition?subject=Patient/\(id)")
                #expect(
                    subject.content?["entry"]?.count
                        == fixture.resources.filter { $0.address.hasPrefix("Condition/") }.count)
                let everything = try await client.get("Patient/\(id)/$everything?_count=1000")
                #expect((everything.content?["entry"]?.count ?? 0) >= 150, "\(everything.status)")
            }
            // What is edited since stops the undoing, unless it is to be kept.
            let observation = try #require(fixture.resources.first { $0.address.hasPrefix("Observation/a") })
            let edited = observation.json.replacing("Patient/a", with: "Patient/b").replacing("1.50", with: "2.75")
            #expect(try await client.put(observation.address, edited).status == 200)
            let refused = try await client.call("Patient/$unmerge", Self.undo)
            #expect(refused.refusal == "409 changed-since", "\(refused.text)")
            #expect(refused.text.contains("\"\(observation.address)\""))
            let undone = try await client.call(
                "Patient/$unmerge", Self.undo + [People.parameter("keep", reference: observation.address)])
            #expect(undone.status == 200, "\(undone.text)")
            #expect(undone.id(of: "source") == "a" && undone.id(of: "target") == "b")
            let listed = (undone.content?["parameter"]?.items ?? []).filter { $0["name"]?.string == "restored" }
            #expect(listed.count == 100)
            let restored = try await server.contents(addresses)
            for (address, content) in before where address != observation.address {
                #expect(restored[address] == content, "\(address)")
            }
            let kept = try #require(restored[observation.address])
            #expect(kept == before[observation.address]?.replacing("1.50", with: "2.75"))
        }
    }

    @Test("a chain of merges is undone in either order", arguments: [["b", "a"], ["a", "b"]])
    func chains(order: [String]) async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await patients(client, ["a", "b", "c"])
            try await MergeFixture("a", "b").store(client)
            let addresses = MergeFixture("a", "b").resources.map(\.address) + ["Patient/a", "Patient/b", "Patient/c"]
            let before = try await server.contents(addresses)
            for (source, target) in [("a", "b"), ("b", "c")] {
                let response = try await client.call(
                    "Patient/$merge",
                    [
                        People.parameter("source-patient", reference: "Patient/\(source)"),
                        People.parameter("target-patient", reference: "Patient/\(target)"),
                    ])
                #expect(response.status == 200, "\(response.text)")
            }
            let flags = try await client.get("Flag?patient=a")
            #expect((flags.content?["entry"]?.count ?? 0) > 0)
            for id in order {
                let undone = try await client.call(
                    "Patient/$unmerge", [People.parameter("source", reference: "Patient/\(id)")])
                #expect(undone.status == 200, "\(undone.text)")
            }
            let after = try await server.contents(addresses)
            for (address, content) in before { #expect(after[address] == content, "\(address)") }
        }
    }

    @Test func resultsThatComeDuringAMergeGoToTheSurvivor() async throws {
        try await MessageFixture.with { server, messages in
            let client = server.client
            try await patients(client)
            try await MergeFixture("a", "b").store(client)
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<32 {
                    group.addTask {
                        let answer = await messages.result("r\(number)", patient: number % 2 == 0 ? "M-a" : "M-b")
                        #expect(answer == "AA")
                    }
                    if number == 16 {
                        group.addTask {
                            let merged = try? await client.call("Patient/$merge", Self.call)
                            #expect(merged?.status == 200)
                        }
                    }
                }
            }
            // Whoever looked the patient up a moment before the merge is followed up.
            _ = try await MergeFollowUp().run(server.store)
            for type in ["observation", "diagnosticreport"] {
                let left = try await server.count(
                    "SELECT count(*) FROM \(type) WHERE content #>> '{subject,reference}' = 'Patient/a'")
                #expect(left == 0)
            }
            let late =
                #"""
                {"resourceType":"Flag","id":"late","status":"active","code":{"text":"x"},
                 "subject":{"reference":"Patient/a"}}
                """#
            try await client.store(late)
            #expect(try await MergeFollowUp().run(server.store) == 1)
            #expect(try await MergeFollowUp().run(server.store) == 0)
            #expect(try await client.get("Flag/late").content?["subject"]?["reference"]?.string == "Patient/b")
            let undone = try await client.call("Patient/$unmerge", Self.undo)
            #expect(undone.status == 200, "\(undone.text)")
            #expect(try await client.get("Flag/late").content?["subject"]?["reference"]?.string == "Patient/a")
        }
    }

    @Test func parallelMergesOfAPairMakeOne() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await patients(client)
            try await MergeFixture("a", "b").store(client)
            let outcomes = await withTaskGroup(of: String.self) { group in
                for number in 0..<32 {
                    group.addTask {
                        let pair = number % 2 == 0 ? ["a", "b"] : ["b", "a"]
                        let response = try? await client.call(
                            "Patient/$merge",
                            [
                                People.parameter("source-patient", reference: "Patient/\(pair[0])"),
                                People.parameter("target-patient", reference: "Patient/\(pair[1])"),
                            ])
                        return response.map { String($0.status) } ?? "failed"
                    }
                }
                return await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes == ["200": 1, "422": 31])
            #expect(try await server.count("SELECT count(*) FROM record_merge WHERE undone IS NULL") == 1)
        }
    }
}
