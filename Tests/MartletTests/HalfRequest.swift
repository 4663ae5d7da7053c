import Glibc
import Testing

/// A PUT of `Patient/slow` of which only half has been sent, over a blocking socket.
struct HalfRequest {
    private static let body = "{\"resourceType\":\"Patient\",\"id\":\"slow\"}"
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = try #require(Self.connect(port: port))
        let head = [
            "PUT /fhir/Patient/slow HTTP/1.1", "Host: 127.0.0.1:\(port)", "Content-Type: application/fhir+json",
            "Content-Length: \(Self.body.utf8.count)", "", "",
        ]
        try Self.write(head.joined(separator: "\r\n") + Self.body.prefix(10), to: descriptor)
    }

    /// Sends the rest; what the server answers until it closes.
    func finish() throws -> String {
        defer { close(descriptor) }
        try Self.write(String(Self.body.dropFirst(10)), to: descriptor)
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = read(descriptor, &buffer, buffer.count), count > 0 { answer += buffer[..<count] }
        return String(decoding: answer, as: UTF8.self)
    }

    /// Whether anybody listens there.
    static func canConnect(port: Int) -> Bool {
        guard let descriptor = connect(port: port) else { return false }
        close(descriptor)
        return true
    }

    private static func connect(port: Int) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        // No answer within a minute is a failure, not a test that never ends.
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    private static func write(_ text: String, to descriptor: Int32) throws {
        let bytes = Array(text.utf8)
        try #require(Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count)
    }
}
