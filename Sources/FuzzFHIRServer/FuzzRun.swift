import FHIRDefinitions
import Foundation
import Synchronization

/// A number of requests over a few connections.
struct FuzzRun {
    private struct State {
        var next: Int
        var findingCount = 0
        var statuses: [Int: Int] = [:]
        /// What was answered with 501, by the kind of address.
        var notOffered: [String: Int] = [:]
    }

    var port = 0
    let seed: UInt64
    let end: Date
    var indexes = 0..<0
    /// How long a silent server counts as working: debug builds on busy machines are slow.
    private static let timeoutSeconds = 60

    init(seed: UInt64, end: Date) {
        self.seed = seed
        self.end = end
    }

    /// Runs to the end and prints what it finds; the number of findings.
    func run(connectionCount: Int, greatestFindingCount: Int) -> Int {
        let definitions = FHIRDefinitions.r4
        let state = Mutex(State(next: indexes.lowerBound))
        DispatchQueue.concurrentPerform(iterations: connectionCount) { _ in
            while Date() < end {
                let index: Int? = state.withLock { state in
                    guard state.next < indexes.upperBound, state.findingCount < greatestFindingCount else { return nil }
                    state.next += 1
                    return state.next - 1
                }
                guard let index else { return }
                var maker = RequestMaker(definitions: definitions, seed: seed, index: index)
                let request = maker.request()
                let (answer, fault) = judge(request)
                state.withLock { state in
                    state.statuses[answer?.status ?? 0, default: 0] += 1
                    if answer?.status == 501 { state.notOffered[Self.kind(request), default: 0] += 1 }
                    if let fault {
                        state.findingCount += 1
                        print(Self.report(fault, index, request, answer))
                    }
                }
            }
        }
        let last = state.withLock { $0 }
        let statuses = last.statuses.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        let count = last.next - indexes.lowerBound
        print("\(count) requests from seed \(seed), by status \(statuses.joined(separator: ", "))")
        for (kind, count) in last.notOffered.sorted(by: { $0.value > $1.value }) { print("501: \(count) × \(kind)") }
        print("\(last.findingCount) findings")
        return last.findingCount
    }

    private func judge(_ request: FuzzRequest) -> (RawAnswer?, String?) {
        do {
            let bytes = request.bytes(host: "127.0.0.1:\(port)")
            let answer = try RawAnswer.exchange(bytes, port: port, timeoutSeconds: Self.timeoutSeconds)
            return (answer, Verdict.fault(of: answer, to: request))
        } catch RawAnswer.Failure.silence {
            return (nil, "no answer within \(Self.timeoutSeconds) s")
        } catch {
            return (nil, "no connection: \(error)")
        }
    }

    /// What the server said it does not offer, in few words.
    private static func kind(_ request: FuzzRequest) -> String {
        let path = String(decoding: request.target, as: UTF8.self).prefix { $0 != "?" }
        let parts = path.split(separator: "/").map {
            $0.first?.isUppercase == true ? "Type" : $0.hasPrefix("f") ? "id" : $0
        }
        return "\(request.method) \(parts.joined(separator: "/"))"
    }

    private static func report(_ fault: String, _ index: Int, _ request: FuzzRequest, _ answer: RawAnswer?) -> String {
        let bytes = String(decoding: request.bytes(host: "h").prefix(6000), as: UTF8.self)
        let body = String(decoding: (answer?.body ?? []).prefix(600), as: UTF8.self)
        return "finding at \(index): \(fault)\n\(bytes)\n→ \(answer?.status ?? 0) \(body)\n"
    }
}
