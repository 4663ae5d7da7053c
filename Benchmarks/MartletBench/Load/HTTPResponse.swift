import Glibc

/// Finds the end of an HTTP/1.1 response (RFC 9112): status line, `Content-Length` or chunked body.
///
/// Knows just as much of the protocol as measuring needs, because the generator shares its cores with the server.
enum HTTPResponse {
    /// A complete response at the start of `bytes`: status, range of the body and whole length. Nil while incomplete.
    ///
    /// A chunked body's range holds the chunk headers too.
    static func scan(_ bytes: UnsafeRawBufferPointer) -> (status: Int, body: Range<Int>, byteCount: Int)? {
        guard bytes.count >= 12, let end = bytes.offset(of: "\r\n\r\n") else { return nil }
        let headCount = end + 4
        let status = digit(bytes[9]) * 100 + digit(bytes[10]) * 10 + digit(bytes[11])
        let head = UnsafeRawBufferPointer(rebasing: bytes[..<headCount])
        switch framing(of: head) {
        case .length(let length):
            guard bytes.count >= headCount + length else { return nil }
            return (status, headCount..<headCount + length, headCount + length)
        case .chunked:
            guard let whole = endOfChunks(bytes, from: headCount) else { return nil }
            return (status, headCount..<whole, whole)
        }
    }

    private enum Framing { case length(Int), chunked }

    /// Walks the header lines and compares only those that begin with the right letter.
    private static func framing(of head: UnsafeRawBufferPointer) -> Framing {
        var position = 12
        while position + 16 < head.count, let lineEnd = head.offset(of: "\n", from: position) {
            position = lineEnd + 1
            let letter = head[position] | 0x20
            if letter == UInt8(ascii: "c"), matches(head, position, "content-length:") {
                return .length(number(head, position + 15))
            }
            if letter == UInt8(ascii: "t"), matches(head, position, "transfer-encoding:") { return .chunked }
        }
        return .length(0)
    }

    private static func matches(_ head: UnsafeRawBufferPointer, _ position: Int, _ name: StaticString) -> Bool {
        guard position + name.utf8CodeUnitCount <= head.count, let base = head.baseAddress else { return false }
        let start = (base + position).assumingMemoryBound(to: CChar.self)
        let other = UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
        return strncasecmp(start, other, name.utf8CodeUnitCount) == 0
    }

    private static func number(_ head: UnsafeRawBufferPointer, _ start: Int) -> Int {
        var position = start
        var value = 0
        while position < head.count, head[position] == UInt8(ascii: " ") { position += 1 }
        while position < head.count, head[position] >= 0x30, head[position] <= 0x39 {
            value = value * 10 + digit(head[position])
            position += 1
        }
        return value
    }

    private static func endOfChunks(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var position = start
        while true {
            guard let lineEnd = bytes.offset(of: "\n", from: position) else { return nil }
            var size = 0
            while let value = hexDigit(bytes[position]) {
                size = size * 16 + value
                position += 1
            }
            position = lineEnd + 1 + size + 2
            if size == 0 { return position <= bytes.count ? position : nil }
        }
    }

    private static func digit(_ byte: UInt8) -> Int { Int(byte) - 0x30 }

    private static func hexDigit(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x41...0x46: Int(byte) - 0x37
        case 0x61...0x66: Int(byte) - 0x57
        default: nil
        }
    }
}
