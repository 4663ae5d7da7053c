/// A place in a JSON value (RFC 6901): `/name/0/given/-`.
struct JSONPointer: Sendable, Equatable {
    /// Reference tokens, unescaped.
    let tokens: [String]
    let text: String

    /// Throws `.malformed` for what is no pointer.
    init(_ text: String) throws(PatchError) {
        self.text = text
        guard !text.isEmpty else {
            tokens = []
            return
        }
        guard text.utf8.first == UInt8(ascii: "/") else {
            throw PatchError(.malformed, "a JSON Pointer is empty or begins with /")
        }
        var tokens: [String] = []
        for part in text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            tokens.append(try Self.unescaped(part))
        }
        self.tokens = tokens
    }

    /// `~1` is `/`, `~0` is `~`; a tilde before anything else is an error (RFC 6901 §3).
    private static func unescaped(_ part: Substring.UTF8View) throws(PatchError) -> String {
        guard part.contains(UInt8(ascii: "~")) else { return String(Substring(part)) }
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in part {
            switch (isEscaped, byte) {
            case (false, UInt8(ascii: "~")): isEscaped = true
            case (false, _): bytes.append(byte)
            case (true, UInt8(ascii: "0")), (true, UInt8(ascii: "1")):
                bytes.append(byte == UInt8(ascii: "0") ? UInt8(ascii: "~") : UInt8(ascii: "/"))
                isEscaped = false
            default: throw PatchError(.malformed, "a tilde in a JSON Pointer is followed by 0 or 1")
            }
        }
        guard !isEscaped else { throw PatchError(.malformed, "a tilde in a JSON Pointer is followed by 0 or 1") }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether `other` is a place inside this one.
    func isParent(of other: JSONPointer) -> Bool {
        other.tokens.count > tokens.count && other.tokens.starts(with: tokens)
    }

    /// The steps to the value that the first `count` tokens name; throws `.pathNotFound` if it is not there.
    func steps(in root: EditableJSON, count: Int? = nil) throws(PatchError) -> [EditableJSON.Step] {
        var steps: [EditableJSON.Step] = []
        var value = root
        for token in tokens.prefix(count ?? tokens.count) {
            if value.isArray {
                let elements = value.elements
                let index = try Self.index(token)
                guard index < elements.count else {
                    throw PatchError(.pathNotFound, "the list has \(elements.count) elements")
                }
                value = elements[index]
                steps.append(.index(index))
            } else {
                guard let member = value.member(token) else { throw EditableJSON.notFound }
                value = member
                steps.append(.member(token))
            }
        }
        return steps
    }

    /// Digits without zeros in front (RFC 6901 §4).
    static func index(_ token: String) throws(PatchError) -> Int {
        let isCanonical = token.utf8.first != UInt8(ascii: "0") || token.utf8.count == 1
        guard isCanonical, token.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 }),
            let index = Int(token)
        else { throw PatchError(.pathNotFound, "a list is addressed by an index") }
        return index
    }
}
