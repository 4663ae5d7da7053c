import JSONTape
import UCUM

/// Gathers the entries of one resource: walks it along the trie and hands each value to its reader.
struct EntryCollector {
    let document: Document
    let index: TypeIndex
    let context: ReferenceContext
    let units: UCUM
    let zone: LocalZone
    /// What `#id` means; nil where nothing is contained.
    let contained: ContainedResources?
    let root: Document.Index
    var entries: IndexEntries
    var keys: ContiguousArray<UInt64> = []
    /// Of the codes that lead to the main quantity.
    var quantityKeys: [UInt64] = []
    /// Bytes being put together for a hash.
    var scratch: [UInt8] = []
    /// Decoded copies of strings with escapes, freed at the end.
    private var copies: [UnsafeMutableBufferPointer<UInt8>] = []

    init(
        document: Document, root: Document.Index, index: TypeIndex, indexer: SearchIndexer, selfKey: UInt64,
        contained: ContainedResources?
    ) {
        self.contained = contained
        self.document = document
        self.index = index
        context = indexer.context
        units = indexer.units
        zone = indexer.zone
        self.root = root
        entries = IndexEntries(selfKey: Int64(bitPattern: selfKey))
        keys.reserveCapacity(32)
        scratch.reserveCapacity(256)
    }

    /// All entries of the resource.
    mutating func collect() -> IndexEntries {
        let trie = index.trie
        defer { for copy in copies { copy.deallocate() } }
        walk(trie, node: 0, at: root)
        for slot in trie.unconditionalSlots { collectExistence(slot) }
        appendCodedQuantity()
        keys.sort()
        var unique: [Int64] = []
        unique.reserveCapacity(keys.count)
        var last: UInt64?
        for key in keys where key != last {
            unique.append(Int64(bitPattern: key))
            last = key
        }
        // Signed order is what the column's readers expect.
        unique.sort()
        entries.keys = unique
        return entries
    }

    private mutating func walk(_ trie: PathTrie, node number: Int, at value: Document.Index) {
        let node = trie.nodes[number]
        guard node.edgeMask >= 0, document.kind(value) == .object else { return }
        let end = document.next(value)
        var key = document.firstChild(value)
        while key < end {
            let member = key &+ 1
            let hash = JSONKey.hash(document.rawText(key))
            var place = Int32(truncatingIfNeeded: hash) & node.edgeMask
            while true {
                let position = Int(node.edgeStart &+ place)
                let found = trie.edges[position].hash
                if found == 0 { break }
                if found == hash { follow(trie, edge: position, to: member) }
                place = (place &+ 1) & node.edgeMask
            }
            key = document.next(member)
        }
    }

    private mutating func follow(_ trie: PathTrie, edge number: Int, to value: Document.Index) {
        let edge = trie.edges[number]
        guard document.kind(value) == .array else {
            if edge.position <= 0 { arrive(trie, edge, at: value) }
            return
        }
        let end = document.next(value)
        var item = document.firstChild(value)
        var position: Int32 = 0
        while item < end {
            if edge.position < 0 || edge.position == position { arrive(trie, edge, at: item) }
            item = document.next(item)
            position &+= 1
        }
    }

    private mutating func arrive(_ trie: PathTrie, _ edge: PathTrie.Edge, at value: Document.Index) {
        if edge.filter >= 0, !matches(trie.filters[Int(edge.filter)], value) { return }
        let node = trie.nodes[Int(edge.target)]
        for action in node.actions {
            let action = trie.actions[Int(action)]
            if let reader = action.reader {
                read(value, reader, slot: action.slot)
            } else {
                readComposite(value, slot: action.slot)
            }
        }
        walk(trie, node: Int(edge.target), at: value)
    }

    private func matches(_ filter: PathTrie.Filter, _ value: Document.Index) -> Bool {
        switch filter {
        case .memberEquals(let name, let wanted):
            return hasMember(value, name, wanted)
        case .hasExtension(let url):
            guard let extensions = document.member("extension", of: value) else { return false }
            return JSONNode(document, extensions).elements.contains { hasMember($0.index, Array("url".utf8), url) }
        }
    }

    private func hasMember(_ value: Document.Index, _ name: [UInt8], _ wanted: [UInt8]) -> Bool {
        guard let member = name.withUnsafeBufferPointer({ document.member($0, of: value) }) else { return false }
        return wanted.withUnsafeBufferPointer { document.isString(member, equalTo: $0) }
    }

    /// The value of a string or the text of a number or literal; lives until the collection ends.
    mutating func text(_ value: Document.Index) -> UnsafeBufferPointer<UInt8> {
        guard document.kind(value) == .escapedString else { return document.rawText(value) }
        let decoded = JSONEscape.decode(document.rawText(value))
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: decoded.count)
        _ = copy.initialize(from: decoded)
        copies.append(copy)
        return UnsafeBufferPointer(copy)
    }

    /// Whether a value is more than an `id` and extensions.
    func hasContent(_ value: Document.Index) -> Bool {
        guard document.kind(value) == .object else { return document.kind(value) != .null }
        let end = document.next(value)
        var key = document.firstChild(value)
        while key < end {
            if !document.isString(key, equalTo: "extension"), !document.isString(key, equalTo: "id") { return true }
            key = document.next(key &+ 1)
        }
        return false
    }

    /// Hands one value to its slot.
    private mutating func read(_ value: Document.Index, _ reader: ValueReader, slot: Int) {
        switch reader {
        case .tokenCode, .tokenCoding, .tokenCodeableConcept, .tokenIdentifier, .tokenContactPoint,
            .tokenExistsAndNotFalse:
            readToken(value, reader, slot: slot)
        case .reference, .canonical, .inlineResource:
            readReference(value, reader, slot: slot)
        case .uri, .canonicalURI:
            readURI(value, reader, slot: slot)
        case .string:
            readString(value, slot: slot)
        case .number, .range, .quantity, .money, .sampledData:
            readQuantity(value, reader, slot: slot)
        case .position:
            readPosition(value, slot: slot)
        case .date, .period, .timing:
            readDate(value, reader, slot: slot)
        }
    }

    /// `X.exists() and X != false`
    private mutating func collectExistence(_ slotIndex: Int) {
        let seed = index.slots[slotIndex].seed
        let isTrue = index.slots[slotIndex].paths.contains { path in
            guard let property = path.steps.first?.property, path.steps.count == 1,
                let value = document.member(named: property, of: root)
            else { return false }
            return document.kind(value) != .false
        }
        keys.append(XXHash64.hash(isTrue ? "true" : "false", seed: seed.value &+ 1))
    }
}
