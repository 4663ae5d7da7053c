import JSONTape
import Testing

/// MDM: documents. §2.11.
@Suite struct DocumentMessageTests {
    @Test func anAnnouncementIsFilledByTheContentAndKeepsIt() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(mdm("T01", "1", at: "08", [])) == "AA")
            var document = try await harness.only("DocumentReference")
            #expect(document["content"]?.items.first?["attachment"]?["title"]?.string == "Letter")
            #expect(await harness.code(mdm("T02", "2", at: "09", lines)) == "AA")
            document = try await harness.only("DocumentReference")
            let attachment = document["content"]?.items.first?["attachment"]
            #expect(attachment?["contentType"]?.string == "text/plain")
            let url = try #require(attachment?["url"]?.string)
            #expect(url.hasPrefix("Binary/"))
            #expect(document["docStatus"]?.string == "preliminary")
            #expect(document["securityLabel"]?.items.first?["coding"]?.items.first?["code"]?.string == "R")
            try await harness.expect(1, "SELECT count(*) FROM \"binary\"")
            #expect(await harness.code(mdm("T03", "3", at: "10", [], completion: "AU")) == "AA")
            document = try await harness.only("DocumentReference")
            #expect(document["docStatus"]?.string == "final")
            #expect(document["content"]?.items.first?["attachment"]?["url"]?.string == url)
        }
    }

    @Test func aReplacementSupersedesAndACancellationTakesBack() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(mdm("T02", "1", at: "08", lines)) == "AA")
            #expect(await harness.code(mdm("T10", "2", at: "09", lines, number: "D2", parent: "D1")) == "AA")
            let old = try #require(try await harness.search("DocumentReference", [("identifier", "D1")]).first)
            #expect(old["status"]?.string == "superseded")
            let new = try #require(try await harness.search("DocumentReference", [("identifier", "D2")]).first)
            let relation = new["relatesTo"]?.items.first
            #expect(relation?["code"]?.string == "replaces")
            #expect(relation?["target"]?["reference"]?.string == "DocumentReference/" + (old["id"]?.string ?? ""))
            #expect(await harness.code(mdm("T11", "3", at: "10", [], number: "D2")) == "AA")
            let gone = try #require(try await harness.search("DocumentReference", [("identifier", "D2")]).first)
            #expect(gone["status"]?.string == "entered-in-error")
            #expect(gone["content"]?.items.first?["attachment"]?["url"] != nil)
            // What it is an addendum to never came: the number is kept, no reference leads nowhere.
            #expect(await harness.code(mdm("T06", "4", at: "11", lines, number: "D3", parent: "D0")) == "AA")
            let addendum = try #require(try await harness.search("DocumentReference", [("identifier", "D3")]).first)
            let target = addendum["relatesTo"]?.items.first?["target"]
            #expect(target?["reference"] == nil)
            #expect(target?["identifier"]?["value"]?.string == "D0")
        }
    }

    @Test func aDocumentOfBytesIsStoredWithItsKind() async throws {
        try await IngestHarness.with { harness in
            let pdf = ["OBX|1|ED|11^Report^L||^AP^Octet-stream^Base64^JVBERi0xLjQK||||||F"]
            #expect(await harness.code(mdm("T02", "1", at: "08", pdf)) == "AA")
            let attachment = try await harness.only("DocumentReference")["content"]?.items.first?["attachment"]
            #expect(attachment?["contentType"]?.string == "application/pdf")
            #expect(attachment?["size"]?.numberText == "9")
            #expect(await harness.code(mdm("T02", "2", at: "08", pdf, number: "")) == "AE")
        }
    }

    private let lines = [
        "OBX|1|TX|L1^Letter^L|1|Dear colleague,||||||F", "OBX|2|TX|L1^Letter^L|1|all is well.||||||F",
    ]

    private func mdm(
        _ trigger: String, _ control: String, at hour: String, _ results: [String], number: String = "D1",
        parent: String = "", completion: String = "DI"
    ) -> [UInt8] {
        let document = [
            "TXA", "1", "DS", "TX", "202601010700", "", "202601010800", "", "", "77^Writer^Ann", "", "", number,
            parent, "P9", "F9", "letter.txt", completion, "R", "AV", "", "", "", "", "", "Letter",
        ]
        return MessageText.make(
            "MDM^\(trigger)^MDM_T02", control, at: "20260101\(hour)0000+0000",
            [document.joined(separator: "|")] + results)
    }
}
