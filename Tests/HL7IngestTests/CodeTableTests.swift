import FHIRStoreTesting
import FHIRStore
import HL7Ingest
import JSONTape
import Testing

/// Local codes, units and assigners get a meaning through ConceptMaps, while the server runs.
@Suite struct CodeTableTests {
    private func message(_ control: String, changed: String = "20260101100000") -> [UInt8] {
        let segments = [
            "MSH|^~\\&|LAB|NL|MARTLET|CLINIC|20260101120000||ORU^R01^ORU_R01|\(control)|P|2.5.1",
            "PID|1||M1^^^HOSP^MR||Doe^Jane||19700101|F",
            "OBR|1|P1|F1|PANEL^Our panel^L|||20260101090000|||||||||||||||\(changed)|||F",
            "OBX|1|NM|GLU^Glucose^L||5.0|klicks|||||F",
        ]
        return Array((segments.joined(separator: "\r") + "\r").utf8)
    }

    private func map(
        _ source: String, _ target: String, _ pairs: [(String, String)], equivalence: String = "equivalent",
        status: String = "active"
    ) -> String {
        let elements = pairs.map {
            #"{"code":"\#($0)","target":[{"code":"\#($1)","display":"\#($1)!","equivalence":"\#(equivalence)"}]}"#
        }
        return """
            {"resourceType":"ConceptMap","status":"\(status)","group":[{"source":"\(source)","target":"\(target)",
             "element":[\(elements.joined(separator: ","))]}]}
            """
    }

    private func put(_ json: String, _ id: String, _ harness: IngestHarness) async throws {
        _ = try await harness.test.store.update(try harness.test.input(json), id: id)
    }

    private func codings(_ harness: IngestHarness) async throws -> [String] {
        let found = try await harness.search("Observation", [])
        return (found.first?["code"]?["coding"]?.items ?? []).map { coding in
            let selected = coding["userSelected"]?.bool.map { "\($0)" } ?? ""
            return "\(coding["system"]?.string ?? "")|\(coding["code"]?.string ?? "")|\(selected)"
        }
    }

    @Test func `a code gains a coding beside its own, for stored messages by replay`() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(message("C1")) == "AA")
            #expect(try await codings(harness) == ["urn:martlet:source:lab:OBX-3|GLU|"])
            try await put(
                map("urn:martlet:source:lab:OBX-3", "http://loinc.org", [("GLU", "2345-7")]), "codes", harness)
            let number = try #require(try await harness.ingest.messages.list(.init(), limit: 1).first?.id)
            #expect(try await harness.ingest.replay(number).state == .applied)
            #expect(
                try await codings(harness) == [
                    "urn:martlet:source:lab:OBX-3|GLU|", "http://loinc.org|2345-7|false",
                ])
            let found = try await harness.search("Observation", [("code", "http://loinc.org|2345-7")])
            #expect(found.count == 1)
            // The report's code is another field's.
            let reports = try await harness.search("DiagnosticReport", [])
            #expect(reports.first?["code"]?["coding"]?.items.count == 1)
        }
    }

    @Test func `units and assigners follow their tables`() async throws {
        try await IngestHarness.with { harness in
            try await put(
                map("urn:martlet:source:lab:OBX-6", "http://unitsofmeasure.org", [("klicks", "mmol/L")]), "units",
                harness)
            try await put(
                map("urn:martlet:source:lab:assigner", "urn:ietf:rfc:3986", [("HOSP", "urn:oid:1.2.3")]), "assigners",
                harness)
            #expect(await harness.code(message("C1")) == "AA")
            let quantity = try await harness.search("Observation", []).first?["valueQuantity"]
            #expect(quantity?["unit"]?.string == "klicks")
            #expect(quantity?["code"]?.string == "mmol/L")
            #expect(quantity?["system"]?.string == "http://unitsofmeasure.org")
            #expect(try await harness.search("Patient", [("identifier", "urn:oid:1.2.3|M1")]).count == 1)
        }
    }

    @Test(arguments: [("narrower", "active"), ("unmatched", "active"), ("equivalent", "retired")])
    func `relations that say more than the code does, and retired maps, add nothing`(
        equivalence: String, status: String
    ) async throws {
        try await IngestHarness.with { harness in
            try await put(
                map(
                    "urn:martlet:source:lab:OBX-3", "http://loinc.org", [("GLU", "2345-7")], equivalence: equivalence,
                    status: status), "codes", harness)
            #expect(await harness.code(message("C1")) == "AA")
            #expect(try await codings(harness).count == 1)
        }
    }

    @Test func `codes that nobody has mapped are counted until somebody does`() async throws {
        try await IngestHarness.with { harness in
            _ = await harness.code(message("C1"))
            _ = await harness.code(message("C2", changed: "20260101110000"))
            _ = await harness.code(IngestHarness.result(control: "C3", filler: "F3"))
            try await harness.ingest.sources.unmapped.flush(to: harness.test.store)
            func lines() async throws -> [String] {
                try await UnmappedReport.lines(
                    harness.test.store, registry: harness.ingest.sources, source: "lab", limit: 10
                ).map { "\($0.field) \($0.code) \($0.count)" }.sorted()
            }
            let found = try await lines()
            #expect(
                found.map { $0.split(separator: " ").dropLast().joined(separator: " ") } == [
                    "OBR-4 PANEL", "OBX-3 GLU", "OBX-6 klicks",
                ])
            try await put(
                map("urn:martlet:source:lab:OBX-3", "http://loinc.org", [("GLU", "2345-7")]), "codes", harness)
            #expect(try await lines().contains { $0.hasPrefix("OBX-3") } == false)
        }
    }
}
