import Glibc

/// What a server sent before it closed, over a blocking socket: nothing is repaired or hidden.
struct RawAnswer {
    enum Failure: Error {
        case notConnected
        /// The server was silent for as long as we wait.
        case silence
    }

    let status: Int
    /// Names in lower case.
    let headers: [String: String]
    let body: [UInt8]

    /// Sends the bytes and reads until the server closes; nil if what came is no HTTP.
    static func exchange(_ bytes: [UInt8], port: Int, timeoutSeconds: Int) throws -> RawAnswer? {
        let descriptor = try connect(port: port, timeoutSeconds: timeoutSeconds)
        defer { close(descriptor) }
        send(bytes, to: descriptor)
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 {
                answer += buffer[..<count]
            } else if count < 0, errno == EAGAIN {
                throw Failure.silence
            } else if count == 0 || errno != EINTR {
                return RawAnswer(parsing: answer)
            }
        }
    }

    private static func connect(port: Int, timeoutSeconds: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
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
    private static func send(_ bytes: [UInt8], to descriptor: Int32) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    private init?(parsing received: [UInt8]) {
        let end: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]
        let interim = Array("HTTP/1.1 100 Continue".utf8) + end
        // The answer proper follows.
        let bytes = received.starts(with: interim) ? Array(received.dropFirst(interim.count)) : received
        guard let headEnd = bytes.firstRange(of: end) else { return nil }
        let lines = String(decoding: bytes[..<headEnd.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let first = lines.first?.split(separator: " ") ?? []
        guard first.count >= 2, first[0] == "HTTP/1.1", let status = Int(first[1]) else { return nil }
        self.status = status
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].drop { $0 == " " }.description
        }
        self.headers = headers
        let rest = Array(bytes[headEnd.upperBound...])
        if headers["transfer-encoding"] == "chunked" {
            guard let body = Self.dechunked(rest) else { return nil }
            self.body = body
        } else {
            body = rest
        }
    }

    /// The content of chunks; nil if they do not end properly.
    private static func dechunked(_ bytes: [UInt8]) -> [UInt8]? {
        var content: [UInt8] = []
        var rest = bytes[...]
        while let line = rest.firstRange(of: [0x0D, 0x0A]) {
            guard let count = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16) else {
                return nil
            }
            if count == 0 { return content }
            let start = line.upperBound
            guard start + count + 2 <= rest.endIndex else { return nil }
            content += rest[start..<start + count]
            rest = rest[(start + count + 2)...]
        }
        return nil
    }
}
