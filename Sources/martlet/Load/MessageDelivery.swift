import HL7Syntax
import MLLPServer

/// Sends messages over several connections, at most so many a second, and gathers the answers.
struct MessageDelivery {
    let messages: [[UInt8]]
    let rounds: Int
    let clients: [MLLPClient]
    /// Messages under way at once on each connection.
    let perClient: Int
    /// Messages per second; `nil` for as fast as answers come.
    let rate: Double?
    let isQuiet: Bool

    /// What became of one message.
    private struct Answer: Sendable {
        let controlID: String
        /// MSA-1, or `none`, or `unreadable`.
        let code: String
        let milliseconds: Double
        /// MSA-3, or why there is no answer.
        let text: String
    }

    func run() async -> DeliverySummary {
        let start = ContinuousClock.now
        var summary = DeliverySummary()
        await withTaskGroup(of: Answer.self) { group in
            let limit = clients.count * perClient
            for number in 0..<(messages.count * rounds) {
                if number >= limit, let answer = await group.next() { note(answer, in: &summary) }
                if let rate {
                    try? await Task.sleep(until: start + .seconds(Double(number) / rate), clock: .continuous)
                }
                let (bytes, client) = (message(number), clients[number % clients.count])
                group.addTask { await Self.deliver(bytes, client) }
            }
            for await answer in group { note(answer, in: &summary) }
        }
        summary.seconds = (ContinuousClock.now - start) / .seconds(1)
        return summary
    }

    /// In later rounds with another control id: the receiver would otherwise tell them for repetitions.
    private func message(_ number: Int) -> [UInt8] {
        let round = number / messages.count
        let bytes = messages[number % messages.count]
        guard round > 0, let message = try? RawMessage(parsing: bytes) else { return bytes }
        var builder = MessageBuilder(message)
        builder["MSH"]?.set(10, .text(message["MSH", field: 10].string + "-\(round + 1)"))
        return builder.encode()
    }

    private static func deliver(_ message: [UInt8], _ client: MLLPClient) async -> Answer {
        let controlID = MessageHeader(reading: message)?.controlID ?? ""
        let start = ContinuousClock.now
        do {
            let answer = try await client.send(message)
            let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
            guard let read = try? RawMessage(parsing: answer), let code = read["MSA"]?.text(1), !code.isEmpty else {
                return Answer(controlID: controlID, code: "unreadable", milliseconds: milliseconds, text: "")
            }
            let text = read["MSA", field: 3].string
            return Answer(controlID: controlID, code: code, milliseconds: milliseconds, text: text)
        } catch {
            let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
            return Answer(controlID: controlID, code: "none", milliseconds: milliseconds, text: "\(error)")
        }
    }

    private func note(_ answer: Answer, in summary: inout DeliverySummary) {
        summary.counts[answer.code, default: 0] += 1
        summary.milliseconds.append(answer.milliseconds)
        guard !isQuiet else { return }
        let text = answer.text.isEmpty ? "" : " " + answer.text
        Console.say("\(answer.code) \(answer.controlID) \(answer.milliseconds.twoDigits) ms\(text)")
    }
}

/// How a delivery went.
struct DeliverySummary {
    /// How often each code of table 0008 came; `none` for no answer, `unreadable` for one without MSA-1.
    var counts: [String: Int] = [:]
    var milliseconds: [Double] = []
    var seconds = 0.0

    var sentCount: Int { milliseconds.count }
    var acceptedCount: Int { (counts["AA"] ?? 0) + (counts["CA"] ?? 0) }

    private var perSecond: Double { Double(sentCount) / max(seconds, 0.001) }

    /// Latency that so many of 100 messages stayed under.
    private func percentile(_ percent: Int) -> Double {
        let sorted = milliseconds.sorted()
        return sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * percent / 100)]
    }

    private static let percentiles = [50, 95, 99, 100]

    var lines: [String] {
        let codes = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        let latencies = Self.percentiles.map { "\($0 == 100 ? "max" : "p\($0)") \(percentile($0).twoDigits)" }
        return [
            "sent \(sentCount) messages in \(seconds.twoDigits) s: \(Int(perSecond)) per second; \(codes)",
            "milliseconds to the answer: " + latencies.joined(separator: ", "),
        ]
    }

    var json: String {
        let codes = counts.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
        let latencies = Self.percentiles.map { "\"\($0 == 100 ? "max" : "p\($0)")\":\(percentile($0).twoDigits)" }
        return "{\"sent\":\(sentCount),\"answers\":{\(codes)},\"seconds\":\(seconds.twoDigits),\"milliseconds\":{"
            + latencies.joined(separator: ",") + "}}"
    }
}
