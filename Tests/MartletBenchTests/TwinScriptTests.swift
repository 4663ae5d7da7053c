import Testing

@testable import martlet_bench

@Suite struct TwinScriptTests {
    private func statement(_ text: String, _ parameters: [String?]) throws -> CapturedStatement {
        let values = parameters.enumerated().map { index, value in
            "$\(index + 1) = " + (value.map { "'\($0)'" } ?? "NULL")
        }
        var columns = [String](repeating: "", count: 26)
        columns[2] = "martlet"
        columns[13] = "execute s1: " + text
        columns[14] = "parameters: " + values.joined(separator: ", ")
        return try #require(CapturedStatement(record: columns, database: "martlet"))
    }

    @Test func keepsTheServersText() throws {
        let requests = try [("id-1", "{\"a\":1}"), ("id-2", "{\"b\":\"\\\\n\"}")].map { id, content in
            CapturedRequest(
                statements: [
                    try statement("INSERT INTO t VALUES ($1::text, $2::jsonb, $3::int8)", [id, content, nil])
                ], freshIDs: [id])
        }
        let scripts = TwinScript.scripts(for: requests, workload: "w")
        #expect(scripts.count == 1)
        #expect(scripts[0].weight == 2)
        #expect(
            scripts[0].text.hasSuffix(
                "INSERT INTO t VALUES (('018f0000-0000-7' || :fresh::text)::text, :w_0_v0::jsonb, NULL::int8);\n"))
        #expect(scripts[0].setUp.contains("1\t{\"a\":1}\n"))
        #expect(!scripts[0].text.contains("pipeline"))
    }

    @Test func runsSeveralStatementsInOnePipeline() throws {
        let request = CapturedRequest(
            statements: [try statement("BEGIN", []), try statement("COMMIT", [])], freshIDs: [])
        let text = TwinScript.scripts(for: [request], workload: "w")[0].text
        #expect(text.hasSuffix("\\startpipeline\nBEGIN;\nCOMMIT;\n\\endpipeline\n"))
    }

    @Test func makesReadIDsByArithmetic() throws {
        let ids = IDSpace(count: 20)
        let request = CapturedRequest(
            statements: [try statement("SELECT x FROM t WHERE id = $1::text", [ids.id(7)])], freshIDs: [])
        let text = TwinScript.scripts(for: [request], workload: "w", ids: ids)[0].text
        #expect(ids.id(7).utf8.count == 36)
        #expect(text.contains("\\set number random(1, 20)\n"))
        #expect(text.contains("id = ('\(ids.prefix)' || lpad(:number::text, 12, '0'))::text;"))
    }

    @Test func refusesWhatCannotBeToldApart() throws {
        let one = try statement("SELECT 2", [])
        #expect(throws: BenchError.self) { try CapturedRequest.split([one, one, one], freshIDs: [[], []]) }
        #expect(throws: BenchError.self) { try CapturedRequest.split([], freshIDs: [[]]) }
        #expect(throws: BenchError.self) { try CapturedRequest.split([one, one], freshIDs: [["a"], ["b"]]) }
    }
}
