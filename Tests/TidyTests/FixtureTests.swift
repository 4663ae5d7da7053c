import Foundation
import Testing

/// The fixtures and the tables that describe them say the same.
@Suite struct FixtureTests {
    @Test(arguments: [("hl7", "hl7"), ("fhir", "json")])
    func everyFileIsInItsTable(_ folder: String, _ kind: String) throws {
        let files = Set(try names(in: folder).filter { $0.hasSuffix(".\(kind)") })
        let table = try String(contentsOf: url(folder).appendingPathComponent("README.md"), encoding: .utf8)
        let rows = table.split(separator: "\n").filter { $0.hasPrefix("| `") }
        let listed = rows.flatMap { row in
            row.split(separator: "|")[0].split(separator: "`").filter { $0.hasSuffix(".\(kind)") }.map(String.init)
        }
        #expect(Set(listed) == files)
        #expect(listed.count == files.count)
    }

    /// Git must not have converted the line ends.
    @Test func segmentsEndWithCarriageReturns() throws {
        for name in try names(in: "hl7") where name.hasSuffix(".hl7") {
            let bytes = [UInt8](try Data(contentsOf: url("hl7").appendingPathComponent(name)))
            let hasReturns = bytes.contains(0x0D)
            let hasFeeds = bytes.contains(0x0A)
            switch name {
            case "oru-line-feeds.hl7": #expect(!hasReturns && hasFeeds)
            case "oru-crlf.hl7", "broken-not-hl7.hl7": #expect(hasReturns && hasFeeds)
            default: #expect(hasReturns && !hasFeeds, "\(name)")
            }
        }
    }

    @Test func controlIDsAreUnique() throws {
        var seen: [String: [String]] = [:]
        for name in try names(in: "hl7") where name.hasSuffix(".hl7") && name != "broken-not-hl7.hl7" {
            let bytes = [UInt8](try Data(contentsOf: url("hl7").appendingPathComponent(name)))
            let header = bytes.prefix { $0 != 0x0D && $0 != 0x0A }
            let fields = header.split(separator: header[3], omittingEmptySubsequences: false)
            seen[String(decoding: fields[9], as: UTF8.self), default: []].append(name)
        }
        let repeated = seen.filter { $0.value.count > 1 }
        #expect(repeated.keys.sorted() == ["DUP0001"])
        #expect(seen[""] == ["broken-no-control-id.hl7"])
    }

    private func url(_ folder: String) -> URL { SourceTree.root.appendingPathComponent("fixtures/\(folder)") }

    private func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: url(folder).path).sorted()
    }
}
