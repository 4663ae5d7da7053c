/// The statements by which the server answered one request.
struct CapturedRequest {
    let statements: [CapturedStatement]
    /// Ids that the server made for what it created.
    let freshIDs: [String]

    /// Deals the statements out to the requests that were sent one after another.
    ///
    /// Works because like requests cause like numbers of statements; where they do not, there is an error rather than a
    /// wrong comparison.
    static func split(_ logged: [CapturedStatement], freshIDs: [[String]]) throws -> [CapturedRequest] {
        let requestCount = freshIDs.count
        var statements = withoutHousekeeping(logged)
        if statements.count % requestCount != 0 { statements = withoutJobs(statements) }
        if statements.count % requestCount != 0 { statements = withoutStrays(statements, freshIDs) }
        guard !statements.isEmpty, statements.count % requestCount == 0 else {
            let counts = Dictionary(grouping: logged) { String($0.text.prefix(100)) }
            let texts = counts.map { "\($0.value.count) × \($0.key)" }.sorted().joined(separator: "\n  ")
            throw BenchError(.capture, "\(requestCount) requests caused \(logged.count) statements:\n  \(texts)")
        }
        let size = statements.count / requestCount
        let requests = freshIDs.enumerated().map { index, ids in
            CapturedRequest(statements: Array(statements[index * size..<(index + 1) * size]), freshIDs: ids)
        }
        guard requests.allSatisfy(\.holdsItsIDs) else {
            throw BenchError(.capture, "statements cannot be told apart by request")
        }
        return requests
    }

    /// Tables that no request of the workloads with a twin asks: what is asked of them is the server's own work beside
    /// requests, such as looking for messages to be sent and events to be told.
    private static let housekeepingTables = [
        " hl7_", "search_index_job", "revision, applied", "clinic_listener", "clinic_event", "clinic_setting",
        "clinic_expires", "martlet_secret", "account_errand", "order_review", "record_merge", "money_intent",
        "appointment_reminder",
    ]

    /// Leaves out the server's own work, the transactions that nothing else stands in, and what begins a connection.
    private static func withoutHousekeeping(_ logged: [CapturedStatement]) -> [CapturedStatement] {
        let rest = logged.filter { statement in
            !statement.text.hasPrefix("SET statement_timeout")
                && !housekeepingTables.contains { statement.text.contains($0) }
        }
        // A connection's BEGIN that its COMMIT follows held nothing but what was left out.
        var empty: Set<Int> = []
        var begun: [String: Int] = [:]
        for (index, statement) in rest.enumerated() {
            if statement.text.hasPrefix("BEGIN ") {
                begun[statement.process] = index
            } else if let begin = begun.removeValue(forKey: statement.process), statement.text == "COMMIT" {
                empty.formUnion([begin, index])
            }
        }
        return rest.enumerated().filter { !empty.contains($0.offset) }.map(\.element)
    }

    /// Leaves out what connections did that answered next to none of the requests: background jobs that read resources.
    private static func withoutJobs(_ logged: [CapturedStatement]) -> [CapturedStatement] {
        let counts = Dictionary(logged.map { ($0.process, 1) }, uniquingKeysWith: +)
        return logged.filter { (counts[$0.process] ?? 0) * 8 > logged.count }
    }

    /// Leaves out texts that few of the requests cause and that create nothing of theirs: what the server does now and
    /// then, such as opening a connection, a transaction that a background job shares with a request, and looking for
    /// where the records of a patient went who has none.
    private static func withoutStrays(
        _ logged: [CapturedStatement], _ freshIDs: [[String]]
    ) -> [CapturedStatement] {
        let counts = Dictionary(logged.map { ($0.text, 1) }, uniquingKeysWith: +)
        let created = Set(freshIDs.joined())
        return logged.filter { statement in
            (counts[statement.text] ?? 0) * 4 > freshIDs.count
                || statement.parameters.contains { $0.map(created.contains) ?? false }
        }
    }

    /// What a request made occurs in its own statements.
    private var holdsItsIDs: Bool {
        freshIDs.allSatisfy { id in statements.contains { $0.parameters.contains(id) } }
    }
}
