import JSONTape

/// References and URIs (R4 search.html#reference, #uri).
extension EntryCollector {
    mutating func readReference(_ value: Document.Index, _ reader: ValueReader, slot: Int) {
        let core = index.trie.slots[slot]
        switch reader {
        case .canonical:
            guard document.kind(value) == .string || document.kind(value) == .escapedString else { return }
            appendCanonical(text(value), core)
        case .inlineResource:
            readInlineResource(value, core)
        default:
            guard document.kind(value) == .object else { return }
            if let reference = document.member("reference", of: value) {
                if appendTarget(text(reference), core) { return }
            }
            if let identifier = document.member("identifier", of: value) {
                let (system, code) = token(identifier, .tokenIdentifier)
                appendTokenKeys(system, code, seed: core.seed.identifier, isCaseSensitive: false)
            }
            if core.hasPresenceKey, hasContent(value) { keys.append(core.seed.presenceKey) }
            if core.hasTypePresenceKeys, let type = document.member("type", of: value) {
                keys.append(core.seed.presence(ofTypeHash: XXHash64.hash(text(type))))
            }
        }
    }

    /// Adds what a reference's text points at; true if the patient's column says it all.
    private mutating func appendTarget(_ reference: Text, _ core: PathTrie.SlotCore) -> Bool {
        switch context.target(reference) {
        case .local(_, let target):
            let typeName = UnsafeBufferPointer(rebasing: target[..<(target.firstIndex(of: UInt8(ascii: "/")) ?? 0)])
            return appendTarget(XXHash64.hash(target), typeName, core)
        case .literal(let url):
            keys.append(XXHash64.hash(url) ^ core.seed.referenceConstant)
        case .none:
            guard let contained, case (let key, var typeName)? = contained.target(reference) else { break }
            return typeName.withUTF8 { appendTarget(key, $0, core) }
        }
        return false
    }

    private mutating func appendTarget(_ hash: UInt64, _ typeName: Text, _ core: PathTrie.SlotCore) -> Bool {
        if core.storage == .subject, typeName.elementsEqual(Self.patient) {
            entries.subject = Int64(bitPattern: hash)
            return true
        }
        keys.append(hash ^ core.seed.referenceConstant)
        if core.hasTypePresenceKeys { keys.append(core.seed.presence(ofTypeHash: XXHash64.hash(typeName))) }
        return false
    }

    private static var patient: StaticText { StaticText("Patient") }

    /// `url|version` is found by itself and by `url`.
    private mutating func appendCanonical(_ canonical: Text, _ core: PathTrie.SlotCore) {
        if core.hasPresenceKey { keys.append(core.seed.presenceKey) }
        let (url, versioned) = Self.canonicalParts(canonical)
        if case .local(_, let target) = context.target(url) {
            keys.append(XXHash64.hash(target) ^ core.seed.referenceConstant)
            if case .local(_, let target) = context.target(versioned), versioned.count > url.count {
                keys.append(XXHash64.hash(target) ^ core.seed.referenceConstant)
            }
            return
        }
        keys.append(XXHash64.hash(url) ^ core.seed.referenceConstant)
        if versioned.count > url.count { keys.append(XXHash64.hash(versioned) ^ core.seed.referenceConstant) }
    }

    /// The url without version, and the url with version, both without fragment.
    static func canonicalParts(_ canonical: Text) -> (url: Text, versioned: Text) {
        let end = canonical.firstIndex(of: UInt8(ascii: "#")) ?? canonical.count
        let versioned = UnsafeBufferPointer(rebasing: canonical[..<end])
        let bar = versioned.firstIndex(of: UInt8(ascii: "|")) ?? end
        return (UnsafeBufferPointer(rebasing: canonical[..<bar]), versioned)
    }

    /// A resource within the resource, as in a document: by its type and id.
    private mutating func readInlineResource(_ value: Document.Index, _ core: PathTrie.SlotCore) {
        guard let type = document.member("resourceType", of: value) else { return }
        if core.hasPresenceKey { keys.append(core.seed.presenceKey) }
        guard let id = document.member("id", of: value) else { return }
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: text(type))
        scratch.append(UInt8(ascii: "/"))
        scratch.append(contentsOf: text(id))
        keys.append(scratch.withUnsafeBufferPointer { XXHash64.hash($0) } ^ core.seed.referenceConstant)
    }

    mutating func readURI(_ value: Document.Index, _ reader: ValueReader, slot: Int) {
        let core = index.trie.slots[slot]
        guard document.kind(value) == .string || document.kind(value) == .escapedString else { return }
        let uri = text(value)
        keys.append(XXHash64.hash(uri, seed: core.seed.value &+ 6))
        if reader == .canonicalURI {
            let (url, _) = Self.canonicalParts(uri)
            if url.count < uri.count { keys.append(XXHash64.hash(url, seed: core.seed.value &+ 6)) }
        }
        if core.hasPresenceKey { keys.append(core.seed.presenceKey) }
    }

    /// Hash of what a reference or canonical within a composite points at; nil if nothing.
    mutating func referenceHash(_ value: Document.Index, _ reader: ValueReader) -> UInt64? {
        let reference = reader == .reference ? document.member("reference", of: value) : value
        guard let reference, document.kind(reference) == .string || document.kind(reference) == .escapedString
        else { return nil }
        let target = text(reference)
        switch context.target(target) {
        case .local(_, let target): return XXHash64.hash(target)
        case .literal(let url): return XXHash64.hash(url)
        case .none: return contained?.target(target)?.key
        }
    }
}

/// The bytes of a static string as a sequence.
private struct StaticText: Sequence {
    let text: UnsafeBufferPointer<UInt8>

    init(_ text: StaticString) {
        self.text = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    func makeIterator() -> UnsafeBufferPointer<UInt8>.Iterator { text.makeIterator() }
}
