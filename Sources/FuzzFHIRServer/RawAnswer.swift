/// What a server sent, taken apart: nothing is repaired or hidden.
struct RawAnswer {
    let status: Int
    /// Names in lower case.
    let headers: [String: String]
    var body: [UInt8] = []

    /// How the body's end is found (RFC 9112 §6.3).
    enum Framing: Equatable {
        case none, chunked
        case length(Int)
        case untilClose
    }

    /// Reads the head; nil if it is no HTTP.
    init?(head: ArraySlice<UInt8>) {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let first = lines.first?.split(separator: " ") ?? []
        guard first.count >= 2, first[0] == "HTTP/1.1", let status = Int(first[1]) else { return nil }
        self.status = status
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].drop { $0 == " " }.description
        }
        self.headers = headers
    }

    var closes: Bool { headers["connection"]?.lowercased() == "close" }

    func framing(isHead: Bool) -> Framing {
        if isHead || status == 204 || status == 304 { return .none }
        if headers["transfer-encoding"]?.lowercased() == "chunked" { return .chunked }
        if let length = headers["content-length"] { return .length(Int(length) ?? 0) }
        return .untilClose
    }
}
