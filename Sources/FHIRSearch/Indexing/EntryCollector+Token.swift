import JSONTape

/// Tokens (R4 search.html#token).
extension EntryCollector {
    typealias Text = UnsafeBufferPointer<UInt8>

    mutating func readToken(_ value: Document.Index, _ reader: ValueReader, slot: Int) {
        let core = index.trie.slots[slot]
        if reader == .tokenCodeableConcept {
            if let codings = document.member("coding", of: value) {
                readTokens(codings, .tokenCoding, core)
            }
        } else {
            readTokens(value, reader, core)
        }
        if core.hasPresenceKey, hasContent(value) { keys.append(core.seed.presenceKey) }
    }

    private mutating func readTokens(_ value: Document.Index, _ reader: ValueReader, _ core: PathTrie.SlotCore) {
        guard document.kind(value) == .array else {
            readToken(value, reader, core)
            return
        }
        let end = document.next(value)
        var item = document.firstChild(value)
        while item < end {
            readToken(item, reader, core)
            item = document.next(item)
        }
    }

    private mutating func readToken(_ value: Document.Index, _ reader: ValueReader, _ core: PathTrie.SlotCore) {
        let (system, code) = token(value, reader)
        appendTokenKeys(system, code, seed: core.seed.value, isCaseSensitive: core.isCaseSensitive)
        if core.joinsQuantity, let code {
            quantityKeys.append(tokenHash(nil, code, seed: core.seed.value &+ 1, core.isCaseSensitive))
        }
        guard reader == .tokenIdentifier, let code, let type = document.member("type", of: value) else { return }
        appendTypedKeys(type, value: code, seed: core.seed.value)
    }

    /// One key for each coding of an identifier's type: what `:of-type` looks for (R4 search.html#token).
    private mutating func appendTypedKeys(_ type: Document.Index, value: Text, seed: UInt64) {
        guard let codings = document.member("coding", of: type) else { return }
        for coding in JSONNode(document, codings).items {
            guard case (let system?, let code?) = token(coding.index, .tokenCoding) else { continue }
            var name = Array(system)
            name.append(UInt8(ascii: "|"))
            name.append(contentsOf: code)
            keys.append(
                name.withUnsafeBufferPointer { tokenHash($0, value, seed: seed &+ 11, false) })
        }
    }

    /// System and code of one Coding, Identifier, ContactPoint or primitive.
    mutating func token(_ value: Document.Index, _ reader: ValueReader) -> (system: Text?, code: Text?) {
        switch reader {
        case .tokenCoding: return members(value, system: "system", code: "code")
        case .tokenIdentifier: return members(value, system: "system", code: "value")
        // The system of a ContactPoint is phone, email, …: no namespace, so it takes no part.
        case .tokenContactPoint: return (nil, document.member("value", of: value).map { text($0) })
        default:
            switch document.kind(value) {
            case .object, .array, .null: return (nil, nil)
            default: return (nil, text(value))
            }
        }
    }

    private mutating func members(
        _ value: Document.Index, system systemName: StaticString, code codeName: StaticString
    ) -> (system: Text?, code: Text?) {
        guard document.kind(value) == .object else { return (nil, nil) }
        var result: (system: Text?, code: Text?) = (nil, nil)
        let end = document.next(value)
        var key = document.firstChild(value)
        while key < end {
            if document.isString(key, equalTo: systemName) {
                result.system = text(key &+ 1)
            } else if document.isString(key, equalTo: codeName) {
                result.code = text(key &+ 1)
            }
            key = document.next(key &+ 1)
        }
        return result
    }

    /// The keys of one token, by the table of `KeySeed`.
    mutating func appendTokenKeys(_ system: Text?, _ code: Text?, seed: UInt64, isCaseSensitive: Bool) {
        if let system {
            keys.append(XXHash64.hash(system, seed: seed &+ 3))
            guard let code else { return }
            keys.append(tokenHash(nil, code, seed: seed &+ 1, isCaseSensitive))
            keys.append(tokenHash(system, code, seed: seed &+ 2, isCaseSensitive))
        } else if let code {
            keys.append(tokenHash(nil, code, seed: seed &+ 1, isCaseSensitive))
            // Primitive codes have no system of their own: searches treat `|code` on them as plain `code`.
            if !isCaseSensitive { keys.append(tokenHash(nil, code, seed: seed &+ 4, isCaseSensitive)) }
        }
    }

    /// Hash of `code`, or of `system|code`.
    mutating func tokenHash(_ system: Text?, _ code: Text, seed: UInt64, _ isCaseSensitive: Bool) -> UInt64 {
        if system == nil, isCaseSensitive { return XXHash64.hash(code, seed: seed) }
        scratch.removeAll(keepingCapacity: true)
        TokenText.append(system, code, isCaseSensitive: isCaseSensitive, to: &scratch)
        return scratch.withUnsafeBufferPointer { XXHash64.hash($0, seed: seed) }
    }
}

/// The bytes that tokens are hashed from, shared by indexing and searching.
enum TokenText {
    static func append(
        _ system: UnsafeBufferPointer<UInt8>?, _ code: UnsafeBufferPointer<UInt8>, isCaseSensitive: Bool,
        to output: inout [UInt8]
    ) {
        if let system {
            output.append(contentsOf: system)
            output.append(UInt8(ascii: "|"))
        }
        if isCaseSensitive {
            output.append(contentsOf: code)
        } else {
            TextFolding.appendLowercased(code, to: &output)
        }
    }
}
