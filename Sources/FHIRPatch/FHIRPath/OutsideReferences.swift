import FHIRPath
import JSONTape
import Synchronization

/// Remembers that an expression followed a reference out of the resource, and finds nothing there.
final class OutsideReferences: Knowledge {
    private let asked = Atomic(false)

    var wereAsked: Bool { asked.load(ordering: .relaxed) }

    func resolve(_ reference: String) -> (document: Document, index: Document.Index)? {
        asked.store(true, ordering: .relaxed)
        return nil
    }
}
