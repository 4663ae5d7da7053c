import Glibc

/// One request on a connection of its own, for what is not measured.
enum HTTPCall {
    struct Response {
        var status: Int
        /// Head and body, for looking things up in.
        var text: String
    }

    static func send(_ request: HTTPRequest, port: Int) throws -> Response {
        let file = try Socket.connect(port: port)
        defer { close(file) }
        guard Glibc.send(file, request.bytes, request.bytes.count, Int32(MSG_NOSIGNAL)) == request.bytes.count
        else { throw BenchError(.network, "the request was not taken") }
        var input = InputBuffer()
        let deadline = MonotonicTime.now + 30 * MonotonicTime.second
        while MonotonicTime.now < deadline {
            var descriptor = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
            guard poll(&descriptor, 1, 1000) > 0 else { continue }
            guard input.fill(from: file) else { throw BenchError(.network, "the connection was closed") }
            let response: Response? = input.withBytes { bytes in
                guard let found = HTTPResponse.scan(bytes) else { return nil }
                return Response(
                    status: found.status, text: String(decoding: bytes[..<found.byteCount], as: UTF8.self))
            }
            if let response { return response }
        }
        throw BenchError(.network, "no answer within 30 s")
    }
}
