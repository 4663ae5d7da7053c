import FHIRStore
import FHIRStoreTesting
import JSONTape
import Testing

/// Merges at the same time as messages about the patients. §2.7.2.
@Suite struct MergeRaceTests {
    private func id(_ harness: IngestHarness, _ number: String) async throws -> String {
        try #require(try await harness.patient(number))["id"]?.string ?? ""
    }

    /// The merge is open while the result is planned for the prior patient, and is committed before it is written.
    @Test func `a result that was planned before a merge lands on the survivor`() async throws {
        try await IngestHarness.with { harness in
            for number in ["M1", "M2"] {
                #expect(await harness.code(AdmissionMessage.make("A28", "in-\(number)", patient: number)) == "AA")
            }
            let (survivor, prior) = try await (id(harness, "M1"), id(harness, "M2"))
            let late = IngestHarness.result(control: "late", patient: "M2", filler: "F9")
            let code = try await harness.test.store.transaction { transaction in
                _ = try await PatientMerge(transaction).merge(prior: prior, into: survivor, cause: "test")
                let answer = Task { await harness.code(late) }
                // Until the result waits for the merge to end.
                for _ in 0..<2_000 where try await harness.count(Self.waiting) == 0 {
                    try await Task.sleep(for: .milliseconds(5))
                }
                try await harness.expect(1, Self.waiting)
                return answer
            }.value
            #expect(code == "AA")
            try await harness.expect(0, "SELECT count(*) FROM observation WHERE content::text LIKE '%\(prior)%'")
            try await harness.expect(1, "SELECT count(*) FROM observation WHERE content::text LIKE '%\(survivor)%'")
            try await harness.expect(
                0, "SELECT count(*) FROM diagnosticreport WHERE content::text LIKE '%\(prior)%'")
        }
    }

    private static let waiting = """
        SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' AND NOT granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """

    @Test func `results that come all along a merge are the survivor's in the end`() async throws {
        try await IngestHarness.with { harness in
            for number in ["M1", "M2"] {
                #expect(await harness.code(AdmissionMessage.make("A28", "in-\(number)", patient: number)) == "AA")
            }
            let (survivor, prior) = try await (id(harness, "M1"), id(harness, "M2"))
            let codes = await withTaskGroup(of: String.self) { group in
                for number in 0..<24 {
                    group.addTask {
                        await harness.code(
                            IngestHarness.result(control: "r\(number)", patient: "M2", filler: "F\(number)"))
                    }
                    if number == 8 {
                        group.addTask { await harness.code(AdmissionMessage.merge("m", survivor: "M1", prior: "M2")) }
                    }
                }
                return await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(codes == Array(repeating: "AA", count: 25))
            #expect(try await harness.search("Observation", [("patient", "Patient/\(survivor)")]).count == 24)
            #expect(try await harness.search("Observation", [("patient", "Patient/\(prior)")]).isEmpty)
        }
    }
}
