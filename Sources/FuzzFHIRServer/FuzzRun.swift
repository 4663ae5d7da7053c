import FHIRDefinitions
import Foundation
import JSONTape
import Synchronization

/// A number of requests over a few connections.
struct FuzzRun {
    private struct State {
        var next: Int
        var findingCount = 0
        /// How many were answered with each status, by kind of request.
        var statuses: [String: [Int: Int]] = [:]
        var slowest = (seconds: 0.0, index: 0)
    }

    var port = 0
    let seed: UInt64
    let end: Date
    var indexes = 0..<0
    /// Seconds after which an answer counts as late.
    var patience = 10.0
    private let definitions = FHIRDefinitions.r4
    private let verdict = Verdict()
    private static let greatestFindingCount = 40

    init(seed: UInt64, end: Date) {
        self.seed = seed
        self.end = end
    }

    /// Runs to the end and prints what it finds; the number of findings.
    ///
    /// - Parameter check: is called now and then, and tells what is wrong with the server as a whole.
    func run(connectionCount: Int, check: @escaping @Sendable () -> String?) -> Int {
        let state = Mutex(State(next: indexes.lowerBound))
        DispatchQueue.concurrentPerform(iterations: connectionCount) { worker in
            let connection = connection()
            while Date() < end {
                let index: Int? = state.withLock { state in
                    guard state.next < indexes.upperBound, state.findingCount < Self.greatestFindingCount else {
                        return nil
                    }
                    state.next += 1
                    return state.next - 1
                }
                guard let index else { return }
                for exchange in exchanges(at: index, connection) {
                    state.withLock { Self.note(exchange, index, seed, in: &$0) }
                }
                if worker == 0, index % 64 < connectionCount, let fault = check() {
                    Report.line("finding near \(index) of seed \(seed): \(fault)")
                    state.withLock { $0.findingCount += 1 }
                }
            }
        }
        return state.withLock { report($0) }
    }

    func connection() -> RawConnection { RawConnection(port: port, timeoutSeconds: Int(patience * 2)) }

    private func report(_ state: State) -> Int {
        var total: [Int: Int] = [:]
        for (kind, statuses) in state.statuses.sorted(by: { $0.key < $1.key }) {
            total.merge(statuses) { $0 + $1 }
            Report.line("\(kind): \(Self.text(statuses))")
        }
        Report.line("\(total.values.reduce(0, +)) requests from seed \(seed), by status \(Self.text(total))")
        Report.line("the slowest took \(state.slowest.seconds) s, at \(state.slowest.index)")
        Report.line("\(state.findingCount) findings")
        return state.findingCount
    }

    private static func text(_ statuses: [Int: Int]) -> String {
        statuses.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    }

    // MARK: - One request

    struct Exchange {
        let request: FuzzRequest
        var answer: RawAnswer?
        var fault: String?
        var seconds = 0.0
    }

    /// The request of an index, and where it says so, requests of the links in what was answered.
    private func exchanges(at index: Int, _ connection: RawConnection) -> [Exchange] {
        var maker = RequestMaker(definitions: definitions, seed: seed, index: index)
        var exchanges = [exchange(maker.request(), connection)]
        guard var random = exchanges[0].request.follow else { return exchanges }
        for _ in 0..<3 {
            guard let answer = exchanges.last?.answer, answer.status == 200,
                let next = PageLink.request(in: answer, &random)
            else { break }
            exchanges.append(exchange(next, connection))
        }
        return exchanges
    }

    func exchange(_ request: FuzzRequest, _ connection: RawConnection) -> Exchange {
        var exchange = Exchange(request: request)
        let start = ContinuousClock.now
        do {
            let answer = try connection.exchange(
                request.bytes(host: "127.0.0.1:\(port)"), isHead: request.method == "HEAD",
                isLast: request.headers.contains { $0 == ("Connection", "close") })
            exchange.answer = answer
            exchange.fault = verdict.fault(of: answer, to: request)
        } catch RawConnection.Failure.silence {
            exchange.fault = "no answer"
        } catch {
            exchange.fault = "the connection failed: \(error)"
        }
        exchange.seconds = (ContinuousClock.now - start) / .seconds(1)
        if exchange.fault == nil, exchange.seconds > patience {
            exchange.fault = "an answer after \(exchange.seconds) s"
        }
        return exchange
    }

    private static func note(_ exchange: Exchange, _ index: Int, _ seed: UInt64, in state: inout State) {
        state.statuses[exchange.request.kind, default: [:]][exchange.answer?.status ?? 0, default: 0] += 1
        if exchange.seconds > state.slowest.seconds { state.slowest = (exchange.seconds, index) }
        guard let fault = exchange.fault else { return }
        state.findingCount += 1
        let bytes = String(decoding: exchange.request.bytes(host: "h").prefix(20_000), as: UTF8.self)
        let body = String(decoding: (exchange.answer?.body ?? []).prefix(600), as: UTF8.self)
        Report.line(
            "finding at \(index) of seed \(seed): \(fault)\n\(bytes)\n→ \(exchange.answer?.status ?? 0) \(body)\n")
    }
}
