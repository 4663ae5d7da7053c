import PostgreSQL
import PostgreSQLTesting
import Testing

/// Every kind of parameter arrives as the server would print it.
@Suite struct SQLParametersTests {
    struct RoundTrip: Sendable, CustomTestStringConvertible {
        let sql: String
        let parameters: SQLParameters
        let expected: String?
        var testDescription: String { "\(sql) = \(expected ?? "NULL")" }

        init(_ sql: String, _ expected: String?, _ build: (inout SQLParameters) -> Void) {
            self.sql = sql
            self.expected = expected
            self.parameters = PostgreSQLTests.parameters(build)
        }
    }

    static let scalars: [RoundTrip] = [
        RoundTrip("SELECT $1::text", "Ångström \"'\\ ☃") { $0.append(text: "Ångström \"'\\ ☃") },
        RoundTrip("SELECT $1::text", "") { $0.append(text: "") },
        RoundTrip("SELECT $1::text", "abc") { $0.append(utf8: Array("abc".utf8)) },
        RoundTrip("SELECT $1::date", "2024-02-29") { $0.append(text: "2024-02-29") },
        RoundTrip("SELECT $1::numeric", "1.00") { $0.append(text: "1.00") },
        RoundTrip("SELECT $1::text", nil) { $0.appendNull() },
        RoundTrip("SELECT $1", "9223372036854775807") { $0.append(int64: Int64.max) },
        RoundTrip("SELECT $1", "-9223372036854775808") { $0.append(int64: Int64.min) },
        RoundTrip("SELECT $1::bigint", nil) { $0.append(int64: nil as Int64?) },
        RoundTrip("SELECT $1", "-2147483648") { $0.append(int32: Int32.min) },
        RoundTrip("SELECT $1", "-32768") { $0.append(int16: Int16.min) },
        RoundTrip("SELECT $1", "t") { $0.append(bool: true) },
        RoundTrip("SELECT $1", "f") { $0.append(bool: false) },
        RoundTrip("SELECT $1", "1970-01-01 00:00:00+00") { $0.append(timestamp: 0 as Int64) },
        RoundTrip("SELECT $1", "2024-02-29 12:34:56.789012+00") {
            $0.append(timestamp: 1_709_210_096_789_012 as Int64)
        },
        RoundTrip("SELECT $1", "1899-12-31 23:59:59.5+00") { $0.append(timestamp: -2_208_988_800_500_000 as Int64) },
        RoundTrip("SELECT $1", "\\x00ff10") { $0.append(bytes: [0, 255, 16]) },
        RoundTrip("SELECT $1", "\\x") { $0.append(bytes: []) },
        RoundTrip("SELECT $1 -> 'a'", "1.00") { $0.append(jsonb: Array(#"{"a":1.00}"#.utf8)) },
    ]

    static let arrays: [RoundTrip] = [
        RoundTrip("SELECT $1", "{1,-2,9223372036854775807}") { $0.append(int64Array: [1, -2, Int64.max] as [Int64]) },
        RoundTrip("SELECT $1", "{}") { $0.append(int64Array: [] as [Int64]) },
        RoundTrip("SELECT $1", "{1,NULL}") { $0.append(int64Array: [1, nil] as [Int64?]) },
        RoundTrip("SELECT $1", "{1,2}") { $0.append(int32Array: [1, 2] as [Int32]) },
        RoundTrip("SELECT $1", "{NULL,2}") { $0.append(int32Array: [nil, 2] as [Int32?]) },
        RoundTrip("SELECT $1", #"{a,"b c","d\"e",NULL}"#) {
            $0.append(textArray: ["a", "b c", "d\"e", nil] as [String?])
        },
        RoundTrip("SELECT $1", #"{"",é}"#) { $0.append(textArray: ["", "é"] as [String]) },
        RoundTrip("SELECT $1", "{ab}") { $0.append(textArray: [Array("ab".utf8)]) },
        RoundTrip("SELECT $1", #"{"1970-01-01 00:00:00+00",NULL}"#) { $0.append(timestampArray: [0, nil]) },
        RoundTrip("SELECT $1", "{1.00,NULL,-0.5}") { $0.append(numericArray: ["1.00", nil, "-0.5"]) },
        RoundTrip("SELECT $1", "{}") { $0.append(numericArray: []) },
        RoundTrip("SELECT $1[1] -> 'a'", "2") { $0.append(jsonbArray: [Array(#"{"a": 2}"#.utf8)]) },
    ]

    @Test(arguments: scalars + arrays)
    func arrives(_ example: RoundTrip) async throws {
        try await TestCluster.shared.withDatabase { database in
            let result = try await database.read(SQLStatement(example.sql), example.parameters)
            #expect(result.string(0, 0) == example.expected)
            #expect(result.isNull(0, 0) == (example.expected == nil))
        }
    }

    @Test func textWithZeroByteIsRefusedAlone() async throws {
        try await TestCluster.shared.withDatabase { database in
            let echo = SQLStatement("SELECT $1::text")
            let error = await failure { _ = try await database.read(echo, parameters { $0.append(text: "a\0b") }) }
            #expect(error?.code == .invalidParameter)
            let listed = await failure {
                _ = try await database.read(SQLStatement("SELECT $1"), parameters { $0.append(textArray: ["a\0"]) })
            }
            #expect(listed?.code == .invalidParameter)
            let result = try await database.read(echo, parameters { $0.append(text: "ab") })
            #expect(result.string(0, 0) == "ab")
        }
    }

    @Test func numericArrayCannotEscapeItsQuotes() async throws {
        try await TestCluster.shared.withDatabase { database in
            let error = await failure {
                _ = try await database.read(
                    SQLStatement("SELECT $1"), parameters { $0.append(numericArray: [#"1","2"#]) })
            }
            #expect(error?.sqlState == "22P02")
            #expect(error?.message.contains("2") == false)
        }
    }

    @Test func oneStatementTakesChangingTypes() async throws {
        try await TestCluster.shared.withDatabase { database in
            try await database.script("CREATE TABLE t (a int, b bigint)")
            let insert = SQLStatement("INSERT INTO t VALUES ($1, $2)")
            let rows: [SQLParameters] = [
                parameters {
                    $0.appendNull()
                    $0.appendNull()
                },
                parameters {
                    $0.append(int64: 1 as Int64)
                    $0.append(int32: 2 as Int32)
                },
                parameters {
                    $0.append(text: "3")
                    $0.append(text: "4")
                },
                parameters {
                    $0.append(int32: 5 as Int32)
                    $0.append(int64: 6 as Int64)
                },
            ]
            for row in rows { _ = try await database.write(WriteJob([(insert, row)])) }
            let sums = try await database.read(SQLStatement("SELECT sum(a), sum(b), count(*) FROM t"))
            #expect((0..<3).map { sums.int64(0, $0) } == [9, 12, 4])
        }
    }

    @Test func resultsReadBack() async throws {
        try await TestCluster.shared.withDatabase { database in
            let result = try await database.read(
                SQLStatement(
                    "SELECT 7 AS n, 3000000000, true, NULL, '\\x0aff'::bytea, 'x'"
                        + " UNION ALL SELECT -8, 0, false, 1, '', ''"
                ))
            #expect(result.rowCount == 2 && result.columnCount == 6 && result.affectedRows == 2)
            #expect(result.columnName(0) == "n")
            #expect(result.int32(0, 0) == 7 && result.int64(1, 0) == -8)
            #expect(result.int32(0, 1) == nil && result.int64(0, 1) == 3_000_000_000)
            #expect(result.bool(0, 2) == true && result.bool(1, 2) == false && result.bool(0, 3) == nil)
            #expect(result.isNull(0, 3) && result.int64(0, 3) == nil && result.string(0, 3) == nil)
            #expect(result.bytea(0, 4) == [10, 255] && result.bytea(1, 4) == [])
            #expect(result.bytes(0, 5) == [UInt8(ascii: "x")] && result.bytes(1, 5) == [])
            #expect(result.int64(0, 5) == nil)
        }
    }
}
