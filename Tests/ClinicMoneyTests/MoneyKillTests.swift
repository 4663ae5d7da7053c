import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// Payments whose database sessions are killed in the middle: what was answered is there, what was not has no half.
@Suite struct MoneyKillTests {
    private static let kill = """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
        """

    /// Sends one call again under its key until it is answered, as clients do.
    private static func insist(_ till: Till, _ path: String, _ parameters: [String], key: String) async throws -> String
    {
        for _ in 0..<200 {
            guard let answer = try? await till.client.call(path, parameters, key: key), answer.status < 500 else {
                try await Task.sleep(for: .milliseconds(20))
                continue
            }
            return Till.refusal(answer)
        }
        return "never"
    }

    @Test func everyPaymentCountsOnce() async throws {
        try await Till.with { till in
            for number in 0..<8 { try await till.issued("i\(number)", "100") }
            let payments = 48
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<payments {
                    group.addTask {
                        let parameters = Till.payment("i\(number % 8)", "10", method: number % 2 == 0 ? "cash" : "card")
                        let key = "payment-\(number)"
                        return try await Self.insist(till, "PaymentNotice/$record", parameters, key: key)
                    }
                }
                group.addTask {
                    for _ in 0..<12 {
                        // The killer may lose its own connection to the server's pool, and tries again.
                        try? await till.run(Self.kill)
                        try await Task.sleep(for: .milliseconds(60))
                    }
                    return "killed"
                }
                return try await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(answers == ["200": payments, "killed": 1])
            #expect(try await till.number("SELECT count(*) FROM money_payment") == payments)
            #expect(try await till.number("SELECT count(*) FROM paymentnotice") == payments)
            #expect(try await till.number("SELECT count(*) FROM paymentreconciliation") == payments)
            #expect(try await till.number("SELECT sum(paid)::bigint FROM money_invoice") == payments * 1000)
            #expect(try await till.number("SELECT sum(amount)::bigint FROM money_entry") == payments * 1000)
            #expect(
                try await till.number("SELECT count(*) FROM clinic_event WHERE name = 'payment.recorded'") == payments)
            // Receipts have no gaps, though many were begun and never finished.
            #expect(try await till.number("SELECT max(receipt) FROM money_payment") == payments)
            #expect(try await till.number("SELECT count(DISTINCT receipt) FROM money_payment") == payments)
        }
    }

    @Test func everyInvoiceHasOneNumber() async throws {
        try await Till.with { till in
            for number in 0..<32 { try await till.draft("d\(number)", "5") }
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<32 {
                    group.addTask { try await Self.insist(till, "Invoice/d\(number)/$issue", [], key: "d\(number)") }
                }
                group.addTask {
                    for _ in 0..<10 {
                        try? await till.run(Self.kill)
                        try await Task.sleep(for: .milliseconds(50))
                    }
                    return "killed"
                }
                return try await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(answers == ["200": 32, "killed": 1])
            #expect(try await till.number("SELECT count(DISTINCT number) FROM money_invoice") == 32)
            #expect(try await till.number("SELECT max(number::int)::bigint FROM money_invoice") == 32)
        }
    }
}
