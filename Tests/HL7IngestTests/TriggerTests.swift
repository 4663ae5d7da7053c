import FHIRStore
import JSONTape
import Testing

/// Trigger events of visits and persons beyond the usual ones, one row each. HL7 v2.5.1 §3.3.
@Suite struct TriggerTests {
    /// One step of a visit.
    struct Step: Sendable, CustomStringConvertible {
        let trigger: String
        /// Fields of PV1 by number.
        let visit: [Int: String]
        /// Fields of PV2 by number.
        let details: [Int: String]
        /// The event's time: later steps come a minute later unless they say it.
        let time: String?

        init(_ trigger: String, _ visit: [Int: String] = [:], details: [Int: String] = [:], at time: String? = nil) {
            self.trigger = trigger
            self.visit = visit
            self.details = details
            self.time = time
        }

        var description: String { trigger }

        func message(_ number: Int) -> [UInt8] {
            var fields = [1: "1", 2: "I", 3: "W^R^B1^N", 7: "1^Old^Al", 19: "V1^^^V&urn:visits&URI"]
            fields.merge(visit) { $1 }
            return AdmissionMessage.make(
                trigger, "\(number)", at: time ?? "202601011\(number)0000",
                [Self.segment("PV1", fields), Self.segment("PV2", details)].filter { $0.count > 3 })
        }

        private static func segment(_ name: String, _ fields: [Int: String]) -> String {
            guard let last = fields.keys.max() else { return name }
            return ([name] + (1...last).map { fields[$0] ?? "" }).joined(separator: "|")
        }
    }

    private static let (here, there, elsewhere) = ("W^R^B1^N", "W^R^B2^N", "W^R^B3^N")

    /// What the visit is after the steps: status, places with `!` for where the patient is and `?` for one that is
    /// kept, people by what they are to the visit.
    private static let rows: [([Step], String)] = [
        ([Step("A01"), Step("A15", [42: there])], "in-progress !B1 ?B2 ATND Old"),
        ([Step("A01"), Step("A15", [42: there]), Step("A26", [42: there])], "in-progress !B1 ATND Old"),
        ([Step("A01"), Step("A15", [42: there]), Step("A26")], "in-progress !B1 ATND Old"),
        ([Step("A01"), Step("A15", [42: there]), Step("A02", [3: there])], "in-progress B1 !B2 ATND Old"),
        ([Step("A01"), Step("A15", [42: there]), Step("A02", [3: elsewhere])], "in-progress B1 !B3 ?B2 ATND Old"),
        ([Step("A01"), Step("A23")], "entered-in-error B1 ATND Old"),
        ([Step("A01"), Step("A21"), Step("A52")], "in-progress !B1 ATND Old"),
        ([Step("A01"), Step("A21"), Step("A22"), Step("A53")], "onleave !B1 ATND Old"),
        ([Step("A01"), Step("A54", [7: "2^New^Bo"])], "in-progress !B1 ATND New"),
        ([Step("A01"), Step("A54", [7: "2^New^Bo"]), Step("A55")], "in-progress !B1 ATND Old"),
        ([Step("A01"), Step("A61", [9: "3^Con^Cy"])], "in-progress !B1 ATND Old CON Con"),
        (
            [Step("A01"), Step("A61", [9: "3^Con^Cy"]), Step("A62", [9: "4^Was^Di"])],
            "in-progress !B1 ATND Old CON Was"
        ),
        ([Step("A01"), Step("A61", [9: "3^Con^Cy"]), Step("A62", [9: "\"\""])], "in-progress !B1 ATND Old"),
        ([Step("A01"), Step("A16", details: [9: "20260105"])], "in-progress !B1 ATND Old until 2026-01-05"),
        ([Step("A01"), Step("A16", details: [9: "20260105"]), Step("A25")], "in-progress !B1 ATND Old"),
        // A transfer is undone once, however often that is said, and whatever was moved before.
        (
            [Step("A01"), Step("A02", [3: there]), Step("A02", [3: elsewhere]), Step("A12", [3: there])],
            "in-progress B1 !B2 ATND Old"
        ),
        (
            [
                Step("A01"), Step("A02", [3: there]), Step("A02", [3: elsewhere]),
                Step("A12", [3: there, 6: elsewhere], at: "20260101130000"),
                Step("A12", [3: there, 6: elsewhere], at: "20260101130000"),
            ], "in-progress B1 !B2 ATND Old"
        ),
        // The same by a sender that still names the cancelled place in PV1-3.
        (
            [
                Step("A01"), Step("A02", [3: there]), Step("A02", [3: elsewhere]),
                Step("A12", [3: elsewhere, 6: there], at: "20260101130000"),
                Step("A12", [3: elsewhere, 6: there], at: "20260101130000"),
            ], "in-progress B1 !B2 ATND Old"
        ),
        (
            [
                Step("A01"), Step("A02", [3: there]), Step("A02", [3: elsewhere]),
                Step("A12", [3: there]), Step("A12", [3: here]),
            ], "in-progress !B1 ATND Old"
        ),
        // The transfer never came: there is nothing to undo.
        ([Step("A01"), Step("A02", [3: there]), Step("A12", [3: there])], "in-progress B1 !B2 ATND Old"),
    ]

    @Test("a visit is what its events made of it", arguments: rows)
    func visit(_ steps: [Step], _ expected: String) async throws {
        try await IngestHarness.with { harness in
            for (number, step) in steps.enumerated() {
                #expect(await harness.code(step.message(number)) == "AA", "\(step)")
            }
            let visits = try await harness.search("Encounter", [])
            #expect(visits.count == 1)
            let names = try await harness.search("Location", []).reduce(into: [String: String]()) { names, place in
                names["Location/\(place["id"]?.string ?? "")"] = place["name"]?.string
            }
            let visit = try #require(visits.first)
            #expect(Self.summary(visit, names) == expected)
        }
    }

    private static func summary(_ visit: JSONNode, _ names: [String: String]) -> String {
        var words = [visit["status"]?.string ?? "-"]
        for place in visit["location"]?.items ?? [] {
            let name = names[place["location"]?["reference"]?.string ?? ""] ?? "-"
            words.append((["active": "!", "reserved": "?"][place["status"]?.string ?? ""] ?? "") + name)
        }
        for person in visit["participant"]?.items ?? [] {
            words.append(person["type"]?.items.first?["coding"]?.items.first?["code"]?.string ?? "-")
            words.append(person["individual"]?["display"]?.string?.split(separator: " ").last.map(String.init) ?? "-")
        }
        for item in visit["extension"]?.items ?? [] where item["url"]?.string?.hasSuffix("plannedEndDate") == true {
            words.append("until \(item["valueDateTime"]?.string ?? "-")")
        }
        return words.joined(separator: " ")
    }

    @Test("a person taken out comes back with the next registration", arguments: [("A28", true), ("A31", false)])
    func person(_ trigger: String, _ isActive: Bool) async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(AdmissionMessage.make("A28", "1", at: "20260101080000")) == "AA")
            #expect(await harness.code(AdmissionMessage.make("A29", "2", at: "20260101090000")) == "AA")
            let gone = try await harness.patient("M1")
            #expect(gone?["active"]?.bool == false)
            #expect(await harness.code(AdmissionMessage.make(trigger, "3", at: "20260101100000")) == "AA")
            let patient = try await harness.patient("M1")
            #expect(patient?["active"]?.bool == isActive)
        }
    }

    @Test("what is not supported is said", arguments: ["A19", "A20", "A24", "A49", "A50", "A51", "A56", "A99"])
    func unsupported(_ trigger: String) async throws {
        try await IngestHarness.with { harness in
            let answer = await harness.send(AdmissionMessage.make(trigger, "1", [AdmissionMessage.visit()]))
            #expect(answer?.contains("MSA|AR|1") == true)
            #expect(answer?.contains("|201^") == true)
            try await harness.expect("rejected", "SELECT state FROM hl7_message")
            try await harness.expect(0, "SELECT count(*) FROM patient")
        }
    }
}
