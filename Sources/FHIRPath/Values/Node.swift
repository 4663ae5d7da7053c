package import FHIRDefinitions
package import JSONTape

/// An element of a resource: places on the tape of one of the evaluation's documents.
///
/// A primitive may have its value in one place and its `id` and `extension` in another, `_name` (R4
/// json.html#primitive); either may be missing.
package struct Node: Hashable, Sendable {
    /// Number of the document in the evaluation.
    var document: UInt16
    /// The type of the element; of a resource the one that it names, of a choice the one that is there.
    package var type: TypeID
    private var valueIndex: Int32
    private var companionIndex: Int32

    /// - Parameter document: number of the document, 0 for the resource's own.
    package init(document: UInt16 = 0, type: TypeID, value: Document.Index?, companion: Document.Index? = nil) {
        self.document = document
        self.type = type
        valueIndex = value.map { Int32(truncatingIfNeeded: $0) } ?? -1
        companionIndex = companion.map { Int32(truncatingIfNeeded: $0) } ?? -1
    }

    /// Place of the value; nil for a primitive that has extensions only.
    package var value: Document.Index? { valueIndex < 0 ? nil : Int(valueIndex) }
    /// Whether it belongs to another document than that of the resource evaluated on.
    package var isFromElsewhere: Bool { document != 0 }
    /// Place of a primitive's companion.
    package var companion: Document.Index? { companionIndex < 0 ? nil : Int(companionIndex) }
}
