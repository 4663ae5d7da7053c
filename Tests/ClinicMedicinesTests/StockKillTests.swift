import ClinicTesting
import FHIRServerTesting
import FHIRStore
import JSONTape
import PostgreSQL
import Testing

/// Dispensing whose database sessions are killed in the middle: dispenses, balances and ledger stay in step.
@Suite struct StockKillTests {
    private typealias Fixture = MedicinesFixture

    @Test func ledgerAndBalancesStayInStep() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.receive([Fixture.line(quantity: "100")])
            try await pharmacy.prescribe(quantity: "100000")
            let answers = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<48 {
                    group.addTask {
                        for _ in 0..<200 {
                            let answer = try? await pharmacy.dispense("rx", "3", key: "dispense-\(number)")
                            if let answer, answer.status < 500 { return answer.status }
                            try await Task.sleep(for: .milliseconds(20))
                        }
                        return 0
                    }
                }
                group.addTask {
                    for _ in 0..<12 {
                        _ = try? await pharmacy.text(
                            """
                            SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity
                            WHERE datname = current_database() AND pid <> pg_backend_pid()
                              AND backend_type = 'client backend'
                            """)
                        try await Task.sleep(for: .milliseconds(60))
                    }
                    return 1
                }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            // Thirty-three times three of a hundred; the others are refused.
            #expect(answers == [200: 33, 409: 15, 1: 1])
            #expect(try await pharmacy.balance() == "1")
            #expect(try await pharmacy.differences() == "0")
            #expect(try await pharmacy.text("SELECT count(*)::text FROM medicationdispense") == "33")
            #expect(try await pharmacy.text("SELECT sum(quantity)::text FROM medication_fill") == "99")
        }
    }
}
