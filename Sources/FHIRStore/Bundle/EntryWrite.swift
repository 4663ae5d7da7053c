import FHIRDefinitions
import FHIRFormats

/// A write of a transaction whose resource is known.
struct EntryWrite: Sendable {
    enum Kind: Sendable {
        case create
        case update(WritePrecondition)
        case patch(WritePrecondition)
        case delete(WritePrecondition)
    }

    var entry: BundleEntry
    var type: TypeID
    var id: String
    var kind: Kind
    /// The version that the criteria of the entry were found to mean: if it is gone by the time of the write, all of
    /// the transaction looks again.
    var matchedVersion: Int?
    /// Whether the id is the resource's own choice after nothing met its criteria, so that it must be free
    /// (R4 http.html#cond-update).
    var bringsNewID = false
    /// Whether the server has made the id for this write, because nothing met the criteria of an update.
    var hasMadeID = false

    /// Whether the resource is there before the transaction, or may be.
    var mayExist: Bool { if case .create = kind { false } else { true } }
    var isDelete: Bool { if case .delete = kind { true } else { false } }

    /// The one order in which all transactions write and lock, so that two of them cannot wait for each other. What is
    /// created under a new id collides with nobody and comes last, as the bundle has it.
    static func precedes(_ left: EntryWrite, _ right: EntryWrite) -> Bool {
        switch (left.mayExist, right.mayExist) {
        case (true, true): (left.type.rawValue, left.id) < (right.type.rawValue, right.id)
        case (false, false): left.entry.position < right.entry.position
        case (let first, _): first
        }
    }
}

/// The resources that a transaction writes, each of which may be written once (R4 http.html#trules).
struct WrittenIdentities {
    private var positions: [String: Int] = [:]

    /// Throws `StoreError` (`.invalidRequest`) if another entry writes the resource.
    mutating func claim(_ write: EntryWrite, typeName: String) throws {
        // Nobody else can mean an id that was made for this one.
        if case .create = write.kind { return }
        let address = "\(typeName)/\(write.id)"
        if let other = positions.updateValue(write.entry.position, forKey: address) {
            throw Self.overlap(other, write.entry, address)
        }
    }

    /// Throws if an entry writes the resource that the condition of another one, which writes nothing, has found.
    func checkFound(_ entry: BundleEntry, _ address: String) throws {
        if let other = positions[address] { throw Self.overlap(other, entry, address) }
    }

    static func overlap(_ other: Int, _ entry: BundleEntry, _ address: String) -> StoreError {
        StoreError(
            .invalidRequest, "entries \(other) and \(entry.position) both mean \(address)",
            expression: entry.expression("request.url"), details: "duplicate-identity")
    }
}
