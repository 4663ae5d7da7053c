/// The statements by which the server answered one request.
struct CapturedRequest {
    let statements: [CapturedStatement]
    /// Ids that the server made for what it created.
    let freshIDs: [String]

    /// Deals the statements out to the requests that were sent one after another.
    ///
    /// Works because like requests cause like numbers of statements; where they do not, there is an error rather than a
    /// wrong comparison.
    static func split(_ statements: [CapturedStatement], freshIDs: [[String]]) throws -> [CapturedRequest] {
        let requestCount = freshIDs.count
        guard !statements.isEmpty, statements.count % requestCount == 0 else {
            let texts = Set(statements.map { String($0.text.prefix(100)) }).sorted().joined(separator: "\n  ")
            throw BenchError(
                .capture, "\(requestCount) requests caused \(statements.count) statements:\n  \(texts)")
        }
        let size = statements.count / requestCount
        let requests = freshIDs.enumerated().map { index, ids in
            CapturedRequest(statements: Array(statements[index * size..<(index + 1) * size]), freshIDs: ids)
        }
        let firstWords = requests.map { $0.statements.map { $0.text.prefix(20) } }
        guard firstWords.allSatisfy({ $0 == firstWords[0] }) else {
            throw BenchError(.capture, "the requests of one workload caused unlike statements")
        }
        return requests
    }
}
