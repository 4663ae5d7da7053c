import Clinic
import FHIRFormats
import FHIRStore
import JSONTape

extension StoredResource {
    /// The resource as it is stored, for answers.
    func saved(in store: FHIRStore) -> SavedResource {
        let content = ResourceEdit.json { $0.copy(node) }
        let json = content.withUnsafeBufferPointer { store.renderer.render(content: $0, stamp: stamp) }
        return SavedResource(reference: reference, stamp: stamp, json: json)
    }
}

extension JSONNode {
    /// What JSON text of our own making says; nil for anything else.
    static func parsed(_ json: [UInt8]) -> JSONNode? { (try? Document.parse(json)).map { JSONNode($0) } }
}
