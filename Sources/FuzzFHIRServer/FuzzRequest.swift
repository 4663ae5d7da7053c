/// One request as it goes over the wire.
struct FuzzRequest {
    var method = "GET"
    /// What follows the method: path and query.
    var target: [UInt8]
    var headers: [(name: String, value: String)] = []
    var body: [UInt8]?
    /// What it tries, in one word: for the statistics.
    var kind = "search"
    /// Where not nil, the links of the answer are followed, some of them changed by these choices.
    var follow: Randomness?

    init(_ method: String, _ target: String) {
        self.method = method
        self.target = Array(target.utf8)
    }

    /// A GET.
    init(_ target: String) { self.init("GET", target) }

    mutating func add(_ name: String, _ value: String) { headers.append((name, value)) }

    func bytes(host: String) -> [UInt8] {
        var bytes = Array("\(method) ".utf8) + target
        bytes += Array(" HTTP/1.1\r\nHost: \(host)\r\n".utf8)
        for (name, value) in headers { bytes += Array("\(name): \(value)\r\n".utf8) }
        if let body { bytes += Array("Content-Length: \(body.count)\r\n".utf8) }
        bytes += [0x0D, 0x0A]
        return bytes + (body ?? [])
    }

    /// Whether the request line is one that HTTP allows (RFC 9112 §3).
    var isHTTP: Bool { target.allSatisfy { (0x21...0x7E).contains($0) } }
}
