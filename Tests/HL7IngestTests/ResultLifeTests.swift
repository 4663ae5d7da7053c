import Foundation
import HL7Ingest
import JSONTape
import Testing

/// Corrections, links and notices of results, through the store.
@Suite struct ResultLifeTests {
    /// Every order in which five versions of one result can arrive ends in the newest one, and history has every
    /// version that was accepted.
    @Test(
        "any order of arrival ends as the newest stamp says",
        arguments: [["P", "F", "C", "D", "X"], ["P", "F", "D", "X", "C"]])
    func permutations(statuses: [String]) async throws {
        try await IngestHarness.with { harness async throws in
            let states = [
                "P": "preliminary", "F": "final", "C": "corrected", "D": "entered-in-error", "X": "cancelled",
            ]
            for (number, permutation) in Self.permutations(Array(statuses.indices)).enumerated() {
                var accepted = 0
                var newest = -1
                for index in permutation {
                    let message = IngestHarness.result(
                        control: "\(number)-\(index)", filler: "F\(number)", value: "\(index)", status: statuses[index],
                        changed: "202601011\(index)0000")
                    #expect(await harness.code(message) == "AA")
                    if index > newest { (newest, accepted) = (index, accepted + 1) }
                }
                let found = try await harness.search(
                    "DiagnosticReport", [("identifier", "F\(number)")])
                #expect(found.first?["status"]?.string == states[statuses[newest]], "\(permutation)")
                let result = found.first?["result"]?.items.first?["reference"]?.string?.dropFirst("Observation/".count)
                let id = result.map(String.init) ?? ""
                try await harness.expect(accepted, "SELECT version FROM observation WHERE id = '\(id)'")
                let stored = try await harness.search("Observation", [("_id", id)]).first
                #expect(stored?["status"]?.string == states[statuses[newest]])
            }
        }
    }

    private static func permutations(_ items: [Int]) -> [[Int]] {
        guard items.count > 1 else { return [items] }
        return items.indices.flatMap { index in
            var rest = items
            let item = rest.remove(at: index)
            return permutations(rest).map { [item] + $0 }
        }
    }

    @Test func `F-24: the same stamp with another content is taken with a warning`() async throws {
        try await IngestHarness.with { harness async throws in
            _ = await harness.code(IngestHarness.result(control: "1", value: "5.0"))
            let answer = await harness.send(IngestHarness.result(control: "2", value: "5.5"))
            #expect(answer?.contains("MSA|AA|2") == true && answer?.contains("|205^") == true)
            let again = await harness.send(IngestHarness.result(control: "3", value: "5.5"))
            #expect(again?.contains("ERR") == false)
            try await harness.expect(1, "SELECT count(*) FROM observation_history")
        }
    }

    @Test func `F-25: X reaches FHIR as cancelled, without value, and W as an error with a task`() async throws {
        try await IngestHarness.with { harness async throws in
            _ = await harness.code(IngestHarness.result(control: "1", value: "5.0"))
            _ = await harness.code(
                IngestHarness.result(control: "2", value: "", status: "X", changed: "20260101110000"))
            let cancelled = try #require(try await harness.search("Observation", [("status", "cancelled")]).first)
            #expect(cancelled["valueQuantity"] == nil && cancelled["dataAbsentReason"] != nil)
            _ = await harness.code(
                IngestHarness.result(control: "3", value: "5.0", status: "W", changed: "20260101120000"))
            #expect(try await harness.search("Observation", [("status", "entered-in-error")]).count == 1)
            #expect(try await harness.search("Task", [("status", "requested")]).count == 1)
        }
    }

    @Test func `F-26: a report under a new filler number replaces the one before it`() async throws {
        try await IngestHarness.with { harness async throws in
            _ = await harness.code(IngestHarness.result(control: "1", filler: "F1"))
            var again = String(decoding: IngestHarness.result(control: "2", filler: "F1"), as: UTF8.self)
            again = again.replacingOccurrences(of: "|P-F1|F1|", with: "|P-F1|F9|")
            #expect(await harness.code(Array(again.utf8)) == "AA")
            let reports = try await harness.search("DiagnosticReport", [])
            #expect(reports.count == 2)
            let extensions = reports.flatMap { $0["extension"]?.items ?? [] }
            #expect(
                extensions.contains {
                    $0["url"]?.string == "http://hl7.org/fhir/StructureDefinition/diagnosticReport-replaces"
                })
            try await harness.expect(1, "SELECT count(*) FROM hl7_message WHERE state = 'quarantined'")
        }
    }

    @Test func `corrections, critical values and errors are told to the one who ordered`() async throws {
        try await IngestHarness.with { harness async throws in
            _ = await harness.code(result("1", status: "F", flag: "HH", hour: 0))
            _ = await harness.code(result("2", status: "C", flag: "", hour: 1))
            _ = await harness.code(result("3", status: "D", flag: "", hour: 2))
            let told = try await harness.search("Communication", [])
            let reasons = told.compactMap { $0["reasonCode"]?.items.first?["text"]?.string }.sorted()
            #expect(reasons == ["corrected", "critical", "entered-in-error"])
            #expect(told.allSatisfy { $0["recipient"]?.items.first?["reference"] != nil })
            #expect(told.allSatisfy { $0["status"]?.string == "in-progress" })
        }
    }

    @Test func `an order is completed when all of its reports are final`() async throws {
        try await IngestHarness.with { harness async throws in
            let head = "MSH|^~\\&|EHR|WARD|MARTLET|CLINIC|20260101080000||ORM^O01|o1|P|2.5.1"
            let patient = "PID|1||M1^^^MARTLET&urn:martlet:mrn&URI^MR||Doe^Jane||19700101|F"
            let order = [head, patient, "ORC|NW|P-F1", "OBR|1|P-F1||24323-8^Panel^LN"].joined(separator: "\r") + "\r"
            #expect(await harness.code(Array(order.utf8)) == "AA")
            _ = await harness.code(IngestHarness.result(control: "1", status: "P", changed: "20260101100000"))
            #expect(try await harness.search("ServiceRequest", [("status", "active")]).count == 1)
            _ = await harness.code(IngestHarness.result(control: "2", status: "F", changed: "20260101110000"))
            #expect(try await harness.search("ServiceRequest", [("status", "completed")]).count == 1)
            #expect(try await harness.search("Task", [("status", "completed")]).count == 1)
            #expect(
                try await harness.search("DiagnosticReport", [("based-on.status", "completed")]).count == 1)
        }
    }

    @Test(arguments: [false, true])
    func `a susceptibility finds its organism in another message`(isChildFirst: Bool) async throws {
        try await IngestHarness.with { harness async throws in
            let parent = micro(
                "1", ["OBR|1|P1|F1|CULT^Culture^L|||20260101", "OBX|1|CWE|ORG^Organism^L|1|S^Salmonella^L||||||F"])
            let child = micro(
                "2",
                [
                    "OBR|1|P1|F2|SUSC^Susc^L|||20260101|||||||||||||||20260102100000|||F|ORG&Organism&L^1|||P1^F1",
                    "OBX|1|NM|AMP^Ampicillin^L||2|ug/mL|||||F",
                ])
            for message in isChildFirst ? [child, parent] : [parent, child] {
                #expect(await harness.code(message) == "AA")
            }
            // Delivered again, with another state, the links stay.
            #expect(
                await harness.code(
                    micro(
                        "3", at: "20260103100000",
                        [
                            "OBR|1|P1|F1|CULT^Culture^L|||20260101",
                            "OBX|1|CWE|ORG^Organism^L|1|S^Salmonella^L||||||C",
                        ])) == "AA")
            let organism = try #require(try await harness.search("Observation", [("code", "ORG")]).first)
            let drug = try #require(try await harness.search("Observation", [("code", "AMP")]).first)
            #expect(
                organism["hasMember"]?.items.first?["reference"]?.string == "Observation/\(drug["id"]?.string ?? "")")
            #expect(
                drug["derivedFrom"]?.items.first?["reference"]?.string == "Observation/\(organism["id"]?.string ?? "")")
            try await harness.expect(0, "SELECT count(*) FROM hl7_pending_link")
        }
    }

    @Test func `results of several patients are filed together or not at all`() async throws {
        try await IngestHarness.with { harness async throws in
            func both(_ control: String, _ second: String) -> [UInt8] {
                let segments = [
                    "MSH|^~\\&|LAB|NL|MARTLET|CLINIC|20260101120000||ORU^R01|\(control)|P|2.5.1",
                    "PID|1||A1^^^MARTLET&urn:martlet:mrn&URI^MR||Doe^Jane||19700101|F",
                    "OBR|1||\(control)a|A^A^L", "OBX|1|NM|A^A^L||1|mg|||||F", second,
                    "OBR|1||\(control)b|A^A^L", "OBX|1|NM|A^A^L||2|mg|||||F",
                ]
                return Array((segments.joined(separator: "\r") + "\r").utf8)
            }
            #expect(
                await harness.code(both("1", "PID|2||B1^^^MARTLET&urn:martlet:mrn&URI^MR||Roe^Max||19800101|M")) == "AA"
            )
            try await harness.expect(2, "SELECT count(*) FROM patient")
            #expect(try await harness.search("Observation", [("patient.identifier", "B1")]).count == 1)
            #expect(
                await harness.code(both("2", "PID|2||B1^^^MARTLET&urn:martlet:mrn&URI^MR||Other^Eve||19990909|F"))
                    == "AA")
            try await harness.expect(2, "SELECT count(*) FROM observation")
            try await harness.expect(1, "SELECT count(*) FROM hl7_message WHERE state = 'quarantined'")
            // The same person twice is one.
            #expect(
                await harness.code(both("3", "PID|2||A1^^^MARTLET&urn:martlet:mrn&URI^MR||Doe^Jane||19700101|F"))
                    == "AA")
            #expect(try await harness.search("Observation", [("patient.identifier", "A1")]).count == 3)
        }
    }

    @Test func `F-36: without number and time a result waits for a person`() async throws {
        try await IngestHarness.with { harness async throws in
            #expect(await harness.code(micro("1", ["OBR|1|||A^A^L", "OBX|1|ST|A^A^L||x||||||F"])) == "AA")
            try await harness.expect(0, "SELECT count(*) FROM observation")
            try await harness.expect(1, "SELECT count(*) FROM hl7_message WHERE state = 'quarantined'")
        }
    }

    private func micro(_ control: String, at time: String = "20260102100000", _ segments: [String]) -> [UInt8] {
        let head = [
            "MSH|^~\\&|LAB|NL|MARTLET|CLINIC|\(time)||ORU^R01|\(control)|P|2.5.1",
            "PID|1||M1^^^MARTLET&urn:martlet:mrn&URI^MR||Doe^Jane||19700101|F",
        ]
        return Array(((head + segments).joined(separator: "\r") + "\r").utf8)
    }

    private func result(_ control: String, status: String, flag: String, hour: Int) -> [UInt8] {
        let report = status == "D" ? "C" : status
        let changed = "2026010110\(hour)000"
        return micro(
            control,
            [
                "OBR|1|P1|F1|A^A^L|||20260101|||||||||77^House^Greg||||||\(changed)|||\(report)",
                "OBX|1|NM|A^A^L||7.1|mmol/L||\(flag)|||\(status)",
            ])
    }
}
