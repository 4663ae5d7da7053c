import FHIRPatch
import FHIRPath
import JSONTape

/// Applies patches to resources given as text.
enum PatchHarness {
    static let engine = FHIRPathEngine()

    static func apply(
        _ patch: String, as format: PatchFormat, to resource: String, limits: PatchLimits = PatchLimits()
    ) throws -> String {
        let patch = try ResourcePatch(
            JSONNode(try Document.parse(patch)), format: format, engine: engine, limits: limits)
        let document = try patch.apply(to: JSONNode(try Document.parse(resource)))
        return String(decoding: document.text, as: UTF8.self)
    }

    static func applyBundled(_ patch: String, to resource: String) throws -> String {
        let patch = try ResourcePatch(bundleResource: JSONNode(try Document.parse(patch)), engine: engine)
        let document = try patch.apply(to: JSONNode(try Document.parse(resource)))
        return String(decoding: document.text, as: UTF8.self)
    }

    /// The code of the error, nil if there was none.
    static func failure(
        _ patch: String, as format: PatchFormat, to resource: String, limits: PatchLimits = PatchLimits()
    ) throws -> PatchError.Code? {
        do {
            _ = try apply(patch, as: format, to: resource, limits: limits)
            return nil
        } catch let error as PatchError {
            return error.code
        }
    }
}
