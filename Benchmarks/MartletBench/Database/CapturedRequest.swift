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
        if statements.count % requestCount != 0 { statements = withoutStrays(statements) }
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

    /// Leaves out the server's own look, every second, for search parameters to be indexed, a transaction now and then,
    /// and for messages to be sent, and what begins a connection.
    private static func withoutHousekeeping(_ logged: [CapturedStatement]) -> [CapturedStatement] {
        var openCount = logged.count { $0.text.contains("FROM search_index_job") }
        var endCount = openCount
        return logged.filter { statement in
            if statement.text.hasPrefix("SET statement_timeout") { return false }
            // Messages that wait to be sent are looked for in the background; no request over HTTP asks these tables.
            if statement.text.contains(" hl7_") { return false }
            if statement.text.contains("search_index_job") || statement.text.hasSuffix(" FROM search_index") {
                return false
            }
            if openCount > 0, statement.text == "BEGIN ISOLATION LEVEL READ COMMITTED" {
                openCount -= 1
                return false
            }
            if endCount > 0, statement.text == "COMMIT" {
                endCount -= 1
                return false
            }
            return true
        }
    }

    /// Leaves out texts that occur once in many: what the server does now and then, such as opening a connection.
    private static func withoutStrays(_ logged: [CapturedStatement]) -> [CapturedStatement] {
        let counts = Dictionary(logged.map { ($0.text, 1) }, uniquingKeysWith: +)
        return logged.filter { (counts[$0.text] ?? 0) * 200 > logged.count }
    }

    /// What a request made occurs in its own statements.
    private var holdsItsIDs: Bool {
        freshIDs.allSatisfy { id in statements.contains { $0.parameters.contains(id) } }
    }
}
