/// Sends requests that were built before: of a kind chosen at random, one chosen at random.
struct HTTPExchange: Exchange {
    private let shapes: [[[UInt8]]]
    private let expectedStatus: Int
    /// The kind in flight on each connection.
    private var current: [Int] = []
    private var random = FastRandom(seed: 0x5EED)

    init(shapes: [RequestShape], expecting status: Int) {
        precondition(!shapes.isEmpty && shapes.allSatisfy { !$0.requests.isEmpty })
        self.shapes = shapes.map { $0.requests.map(\.bytes) }
        expectedStatus = status
    }

    mutating func appendRequest(to output: inout [UInt8], connection: Int) {
        let shape = random.index(below: shapes.count)
        while current.count <= connection { current.append(0) }
        current[connection] = shape
        output.append(contentsOf: shapes[shape][random.index(below: shapes[shape].count)])
    }

    func scan(_ bytes: UnsafeRawBufferPointer, connection: Int) -> Answer? {
        guard let response = HTTPResponse.scan(bytes) else { return nil }
        return Answer(
            byteCount: response.byteCount, status: response.status, isExpected: response.status == expectedStatus,
            shape: current[connection])
    }
}

/// Requests of one kind, told apart from others in the report.
struct RequestShape {
    let name: String
    let requests: [HTTPRequest]
}

/// A request in the bytes that go over the wire.
struct HTTPRequest {
    let bytes: [UInt8]

    /// - Parameter bytes: as they go over the wire.
    init(bytes: [UInt8]) { self.bytes = bytes }

    /// - Parameters:
    ///   - target: path and query, percent-encoded.
    ///   - type: media type of the body.
    ///   - actor: who acts, as a reference to a Practitioner.
    init(
        _ method: String, _ target: String, body: String? = nil, type: String = "application/fhir+json",
        actor: String? = nil
    ) {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n"
        if type == "application/fhir+json" { head += "Accept: application/fhir+json\r\n" }
        if let actor { head += "X-Martlet-Actor: \(actor)\r\n" }
        if let body { head += "Content-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n" }
        bytes = Array((head + "\r\n" + (body ?? "")).utf8)
    }

    /// Escapes what may not stand in a query value as it is (RFC 3986 §3.4).
    static func escape(_ value: String) -> String {
        var text = ""
        for byte in value.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                text.append(Character(Unicode.Scalar(byte)))
            default: text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }
}
