import Glibc

/// One thread that drives many keep-alive connections, each with one request in flight.
///
/// Closed loop: a connection sends its next request when the answer to the last has come; finds the peak rate.
/// Open loop: requests fall due at a fixed rate whether or not answers come, and latency counts from when a request
/// fell due; finds the tail that users would see.
struct LoadLoop<Protocol: Exchange> {
    private struct Connection {
        var file: Int32
        var output: [UInt8] = []
        var sentCount = 0
        var input = InputBuffer()
        /// When the request in flight was sent or fell due; nil when idle.
        var started: UInt64?
    }

    private let port: Int
    private(set) var exchange: Protocol
    private var connections: [Connection] = []
    private var polls: [pollfd] = []
    private var idle: [Int] = []
    private let precisePoll = PrecisePoll()

    init(port: Int, connectionCount: Int, exchange: Protocol) throws {
        self.port = port
        self.exchange = exchange
        for index in 0..<connectionCount {
            let file = try Socket.connect(port: port)
            connections.append(Connection(file: file))
            polls.append(pollfd(fd: file, events: Int16(POLLIN), revents: 0))
            idle.append(index)
        }
    }

    func close() {
        for connection in connections { _ = Glibc.close(connection.file) }
    }

    // MARK: - Loops

    /// Sends as fast as answers come.
    mutating func runClosed(seconds: Double) throws -> LoadResult {
        var result = LoadResult()
        let start = MonotonicTime.now
        let end = start + UInt64(seconds * 1e9)
        idle.removeAll()
        for index in connections.indices { send(index, startedAt: MonotonicTime.now) }
        while true {
            wait(milliseconds: 100)
            let now = MonotonicTime.now
            let isOver = now >= end
            for index in connections.indices where polls[index].revents != 0 {
                let isDone = try receive(index, now: now, counts: !isOver, &result)
                if isDone, !isOver { send(index, startedAt: MonotonicTime.now) }
            }
            if isOver { break }
        }
        result.seconds = Double(MonotonicTime.now - start) / 1e9
        try drain(&result)
        return result
    }

    /// Sends at `rate` requests a second, evenly spaced.
    mutating func runOpen(rate: Double, seconds: Double) throws -> LoadResult {
        var result = LoadResult()
        let start = MonotonicTime.now
        let total = Int(rate * seconds)
        let step = 1e9 / rate
        idle = Array(connections.indices)
        var next = 0
        while next < total {
            var now = MonotonicTime.now
            while next < total, let index = idle.last {
                let due = start + UInt64(Double(next) * step)
                guard due <= now else { break }
                idle.removeLast()
                // 2 ms: ten times what waking up takes when a core is free.
                if now - due > 2_000_000, idle.count > connections.count / 2 { result.lateSends += 1 }
                send(index, startedAt: due)
                next += 1
            }
            let due = start + UInt64(Double(next) * step)
            now = MonotonicTime.now
            precisePoll.wait(&polls, nanoseconds: idle.isEmpty ? 100_000_000 : (due > now ? due - now : 0))
            now = MonotonicTime.now
            for index in connections.indices where polls[index].revents != 0 {
                if try receive(index, now: now, counts: true, &result) { idle.append(index) }
            }
        }
        result.seconds = Double(MonotonicTime.now - start) / 1e9
        try drain(&result, counts: true)
        return result
    }

    // MARK: - Parts

    /// Takes in the answers still on their way, at most 10 s long.
    private mutating func drain(_ result: inout LoadResult, counts: Bool = false) throws {
        let limit = MonotonicTime.now + 10 * MonotonicTime.second
        while connections.contains(where: { $0.started != nil }), MonotonicTime.now < limit {
            wait(milliseconds: 100)
            for index in connections.indices where polls[index].revents != 0 {
                _ = try receive(index, now: MonotonicTime.now, counts: counts, &result)
            }
        }
        for index in connections.indices where connections[index].started != nil {
            try reopen(index, &result, reason: "no answer within 10 s")
        }
        idle = Array(connections.indices)
    }

    private mutating func send(_ index: Int, startedAt time: UInt64) {
        connections[index].output.removeAll(keepingCapacity: true)
        exchange.appendRequest(to: &connections[index].output, connection: index)
        connections[index].sentCount = 0
        connections[index].started = time
        flush(index)
    }

    private mutating func flush(_ index: Int) {
        let count = connections[index].output.count - connections[index].sentCount
        let sent = connections[index].output.withUnsafeBytes { bytes in
            // A request is never empty, so there is an address.
            let start = bytes.baseAddress! + connections[index].sentCount
            return Glibc.send(connections[index].file, start, count, Int32(MSG_NOSIGNAL))
        }
        // A failure shows when the answer is read.
        if sent > 0 { connections[index].sentCount += sent }
        let isComplete = sent == count
        polls[index].events = Int16(isComplete ? POLLIN : POLLIN | POLLOUT)
    }

    /// Reads what is there; true when the answer is complete.
    private mutating func receive(_ index: Int, now: UInt64, counts: Bool, _ result: inout LoadResult) throws -> Bool {
        if polls[index].revents & Int16(POLLOUT) != 0 { flush(index) }
        guard polls[index].revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 else { return false }
        guard connections[index].input.fill(from: connections[index].file) else {
            try reopen(index, &result, reason: "the connection was closed")
            return true
        }
        guard let started = connections[index].started else { return false }
        guard let answer = connections[index].input.withBytes({ exchange.scan($0, connection: index) }) else {
            return false
        }
        connections[index].started = nil
        result.answers += 1
        if answer.isExpected {
            if counts {
                result.successes += 1
                result.record(now > started ? now - started : 0, shape: answer.shape)
            }
        } else {
            result.errors += 1
            result.errorStatuses[answer.status, default: 0] += 1
            if result.firstError == nil { result.firstError = connections[index].input.excerpt(answer.byteCount) }
        }
        connections[index].input.consume(answer.byteCount)
        return true
    }

    private mutating func reopen(_ index: Int, _ result: inout LoadResult, reason: String) throws {
        result.errors += 1
        result.errorStatuses[0, default: 0] += 1
        result.firstError = result.firstError ?? reason
        _ = Glibc.close(connections[index].file)
        connections[index] = Connection(file: try Socket.connect(port: port))
        polls[index] = pollfd(fd: connections[index].file, events: Int16(POLLIN), revents: 0)
    }

    private mutating func wait(milliseconds: Int32) {
        poll(&polls, nfds_t(polls.count), milliseconds)
    }
}
