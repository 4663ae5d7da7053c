import Glibc

/// A connection that is used for one request after another, over a blocking socket.
final class RawConnection {
    enum Failure: Error {
        case notConnected
        /// The server was silent for as long as we wait.
        case silence
        /// The server closed without an answer.
        case closed
        /// What came is no HTTP answer.
        case garbage
        /// More came than the answers to the requests sent.
        case excess
    }

    private let port: Int
    private let timeoutSeconds: Int
    private var descriptor: Int32?
    private var received: [UInt8] = []

    init(port: Int, timeoutSeconds: Int) {
        self.port = port
        self.timeoutSeconds = timeoutSeconds
    }

    deinit { end() }

    func end() {
        if let descriptor { close(descriptor) }
        descriptor = nil
        received = []
    }

    /// Sends a request and reads its answer; connects where there is no connection.
    ///
    /// - Parameter isLast: whether the request asks for the connection to be closed.
    func exchange(_ bytes: [UInt8], isHead: Bool, isLast: Bool) throws -> RawAnswer {
        do {
            let descriptor = try descriptor ?? connect()
            self.descriptor = descriptor
            send(bytes, to: descriptor)
            let answer = try answer(descriptor, isHead: isHead)
            if answer.closes || isLast { end() }
            if !received.isEmpty { throw Failure.excess }
            return answer
        } catch {
            end()
            throw error
        }
    }

    // MARK: - Reading

    private func answer(_ descriptor: Int32, isHead: Bool) throws -> RawAnswer {
        var answer = try head(descriptor)
        // RFC 9110 §15.2: interim answers come before the one that counts.
        while (100..<200).contains(answer.status) { answer = try head(descriptor) }
        switch answer.framing(isHead: isHead) {
        case .none: break
        case .length(let count): answer.body = try take(count, descriptor)
        case .chunked:
            while true {
                let line = try String(decoding: take(until: [0x0D, 0x0A], descriptor), as: UTF8.self)
                guard let count = Int(line, radix: 16), count >= 0 else { throw Failure.garbage }
                answer.body += try take(count, descriptor)
                guard try take(2, descriptor) == [0x0D, 0x0A] else { throw Failure.garbage }
                if count == 0 { break }
            }
        case .untilClose: break
        }
        // What follows an answer that ends the connection belongs to it, rightly or not.
        guard answer.closes || answer.framing(isHead: isHead) == .untilClose else { return answer }
        while try fill(descriptor) {}
        answer.body += received
        received = []
        return answer
    }

    private func head(_ descriptor: Int32) throws -> RawAnswer {
        guard let answer = RawAnswer(head: try take(until: [0x0D, 0x0A, 0x0D, 0x0A], descriptor)[...]) else {
            throw Failure.garbage
        }
        return answer
    }

    private func take(until end: [UInt8], _ descriptor: Int32) throws -> [UInt8] {
        while true {
            if let range = received.firstRange(of: end) {
                let taken = Array(received[..<range.lowerBound])
                received.removeSubrange(..<range.upperBound)
                return taken
            }
            guard try fill(descriptor) else { throw received.isEmpty ? Failure.closed : Failure.garbage }
        }
    }

    private func take(_ count: Int, _ descriptor: Int32) throws -> [UInt8] {
        while received.count < count { guard try fill(descriptor) else { throw Failure.garbage } }
        let taken = Array(received[..<count])
        received.removeSubrange(..<count)
        return taken
    }

    /// Reads some more; false at the end.
    private func fill(_ descriptor: Int32) throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 {
                received += buffer[..<count]
                return true
            }
            if count == 0 { return false }
            if errno == EAGAIN { throw Failure.silence }
            if errno != EINTR { return false }
        }
    }

    // MARK: - The socket

    private func connect() throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var noDelay: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &noDelay, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            throw Failure.notConnected
        }
        return descriptor
    }

    /// As much as the server takes: it may answer and close before it has read everything.
    private func send(_ bytes: [UInt8], to descriptor: Int32) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }
}
