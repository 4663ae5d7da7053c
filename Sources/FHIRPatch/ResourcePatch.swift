import FHIRDefinitions
package import FHIRPath
import FoundationEssentials
package import JSONTape

/// A patch of a resource, read and ready to be applied (R4 http.html#patch).
package struct ResourcePatch: Sendable {
    private enum Kind: Sendable {
        case json(JSONPatch)
        case merge(MergePatch)
        case fhirPath(FHIRPathPatch)
    }

    private let kind: Kind
    private let definitions: FHIRDefinitions
    private let limits: PatchLimits

    /// Reads a patch; throws `PatchError` for what is none, before anything is applied.
    ///
    /// - Parameters:
    ///   - node: parsed without refusing what is empty in FHIR, because `null` and `""` mean something here.
    ///   - engine: for the paths of FHIRPath Patch.
    ///   - environment: what these paths know; references out of the resource are never followed.
    package init(
        _ node: JSONNode, format: PatchFormat, engine: FHIRPathEngine, environment: Environment = Environment(),
        limits: PatchLimits = PatchLimits()
    ) throws(PatchError) {
        definitions = engine.definitions
        self.limits = limits
        switch format {
        case .jsonPatch: kind = .json(try JSONPatch(node, limits: limits))
        case .mergePatch: kind = .merge(try MergePatch(node, limits: limits))
        case .resource:
            guard node.isObject else {
                throw PatchError(.wrongFormat, "a JSON Patch is sent as application/json-patch+json")
            }
            if node["resourceType"]?.string == "Parameters" {
                kind = .fhirPath(try FHIRPathPatch(node, limits: limits, engine: engine, environment: environment))
            } else {
                // Clients such as fhirpy send the members that change, as plain JSON.
                kind = .merge(try MergePatch(node, limits: limits))
            }
        }
    }

    /// Reads the resource of a bundle entry whose method is PATCH: Parameters, or a Binary that holds a JSON Patch or
    /// a merge patch (R4 http.html#patch).
    package init(
        bundleResource node: JSONNode, engine: FHIRPathEngine, environment: Environment = Environment(),
        limits: PatchLimits = PatchLimits()
    ) throws(PatchError) {
        guard node["resourceType"]?.string == "Binary" else {
            guard node["resourceType"]?.string == "Parameters" else {
                throw PatchError(.wrongFormat, "a patch inside a bundle is a Parameters or Binary resource")
            }
            try self.init(node, format: .resource, engine: engine, environment: environment, limits: limits)
            return
        }
        guard let format = PatchFormat(mediaType: node["contentType"]?.string), format != .resource else {
            throw PatchError(.wrongFormat, "the Binary's contentType is that of a JSON Patch or merge patch")
        }
        guard let data = node["data"]?.string.flatMap({ Data(base64Encoded: $0) }) else {
            throw PatchError(.malformed, "the Binary's data is no base 64")
        }
        let document: Document
        do throws(JSONSyntaxError) {
            document = try Document.parse(Array(data))
        } catch {
            throw PatchError(.malformed, "the Binary holds no JSON: \(error.description)")
        }
        try self.init(
            JSONNode(document), format: format, engine: engine, environment: environment, limits: limits)
    }

    /// The resource as the patch leaves it.
    ///
    /// - Parameter resource: as a client reads it, with `meta.versionId`. Left as it is.
    /// - Throws: `PatchError` if an operation fails, if the outcome is no FHIR JSON, or if type, id or version would
    ///   be others. What its elements hold is not checked.
    package func apply(to resource: JSONNode) throws(PatchError) -> Document {
        guard let type = resource["resourceType"]?.string.flatMap({ definitions.resourceType(named: $0) }) else {
            throw PatchError(.wrongFormat, "only a resource can be patched")
        }
        var root = EditableJSON(resource)
        switch kind {
        case .json(let patch): try patch.apply(to: &root)
        case .merge(let patch): try patch.apply(to: &root)
        case .fhirPath(let patch): try patch.apply(to: &root, type: type)
        }
        let document: Document
        do throws(JSONSyntaxError) {
            document = try Document.parse(
                root.bytes, limits: JSONLimits(maximumDepth: limits.depth, refusesEmptyValues: true))
        } catch {
            throw PatchError(.invalidOutcome, "the patched resource would be no FHIR JSON: \(error.message)")
        }
        try Self.requireIdentity(of: resource, in: JSONNode(document))
        return document
    }

    /// A patch changes content, never which resource it is or which version the server says it has.
    private static func requireIdentity(of old: JSONNode, in new: JSONNode) throws(PatchError) {
        guard new.isObject else { throw PatchError(.protectedElement, "the patched resource would be none") }
        for (name, before, after) in [
            ("resourceType", old["resourceType"], new["resourceType"]), ("id", old["id"], new["id"]),
        ] where before?.string != after?.string {
            throw PatchError(.protectedElement, "a patch cannot change \(name)", expression: "Resource.\(name)")
        }
        // Without one, the server sets it as ever.
        if let version = new["meta"]?["versionId"], version.string != old["meta"]?["versionId"]?.string {
            throw PatchError(
                .protectedElement, "a patch cannot change meta.versionId", expression: "Resource.meta.versionId")
        }
    }
}
