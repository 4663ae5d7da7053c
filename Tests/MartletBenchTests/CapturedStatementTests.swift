import Testing

@testable import martlet_bench

@Suite struct CapturedStatementTests {
    /// A record of PostgreSQL's csvlog with the columns that are looked at.
    private func record(
        _ message: String, detail: String = "", database: String = "martlet", name: String = "martlet"
    )
        -> [String]
    {
        var columns = [String](repeating: "", count: 26)
        columns[2] = database
        columns[13] = message
        columns[14] = detail
        columns[22] = name
        return columns
    }

    @Test func readsTextAndParameters() throws {
        let record = record(
            "execute s7: SELECT a\nFROM t WHERE b = $1", detail: "parameters: $1 = 'it''s = 1, $2 = ''x''', $2 = NULL")
        let statement = try #require(CapturedStatement(record: record, database: "martlet"))
        #expect(statement.text == "SELECT a\nFROM t WHERE b = $1")
        #expect(statement.parameters == ["it's = 1, $2 = 'x'", nil])
        #expect(statement.isNamed)
    }

    @Test(arguments: [
        ("execute <unnamed>: SELECT 2", false), ("statement: BEGIN", false), ("execute a: COMMIT", true),
    ])
    func tellsNamedFromOthers(_ message: String, _ isNamed: Bool) throws {
        let statement = try #require(CapturedStatement(record: record(message), database: "martlet"))
        #expect(statement.isNamed == isNamed)
        #expect(statement.parameters.isEmpty)
    }

    @Test func leavesOthersOut() {
        #expect(CapturedStatement(record: record("connection received"), database: "martlet") == nil)
        #expect(CapturedStatement(record: record("statement: X", database: "b"), database: "martlet") == nil)
        #expect(CapturedStatement(record: record("statement: X", name: "martlet-bench"), database: "martlet") == nil)
        #expect(CapturedStatement(record: record("execute a: SELECT 1"), database: "martlet") == nil)
        #expect(CapturedStatement(record: [], database: "martlet") == nil)
    }

    @Test func readsQuotedFieldsOverLines() {
        let text = "a,\"b \"\"c\"\"\nd\",,\"\"\ne,f,g,h\n"
        #expect(CSVRecords.parse(text) == [["a", "b \"c\"\nd", "", ""], ["e", "f", "g", "h"]])
    }

    @Test(arguments: [
        ("2026-10-05 09:12:33.123+00", 1_791_191_553), ("1970-01-01 00:00:00+00", 0),
        ("2000-02-29 23:59:59+00", 951_868_799),
        ("2026-10-05", nil), ("2026-10-05 09:12:33.123+02", nil), ("", nil),
    ])
    func readsTimes(_ text: String, _ seconds: Int?) {
        #expect(CivilTime.secondsSince1970(text) == seconds)
    }
}
