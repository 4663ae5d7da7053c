import HL7Syntax

/// How fast HL7 v2 messages are parsed, on one core: segments and fields found, text decoded, ready to be read.
enum MessageParsing {
    /// Messages a second that the project wants at least.
    static let goal = 1_000_000.0

    /// Of ORU^R01 messages with eight results, as the workload sends them. The best of ten rounds, since all that
    /// others do only takes away from it.
    static func perSecond() throws -> Double {
        var feed = LabMessages(run: 0)
        let messages = (0..<64).map { _ in
            var bytes: [UInt8] = []
            feed.appendNext(to: &bytes)
            return bytes
        }
        let roundSize = 20_000
        var best = 0.0
        for _ in 0..<10 {
            let start = MonotonicTime.now
            var fieldCount = 0
            for index in 0..<roundSize {
                guard let message = try? RawMessage(parsing: messages[index % messages.count]) else {
                    throw BenchError(.validation, "the message to parse cannot be parsed")
                }
                fieldCount += message.segmentCount
            }
            guard fieldCount == roundSize * 12 else { throw BenchError(.validation, "a message has other segments") }
            best = max(best, Double(roundSize) * 1e9 / Double(MonotonicTime.now - start))
        }
        return best
    }
}
