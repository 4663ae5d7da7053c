/// The kinds of patch that are taken, told apart by media type (R4 http.html#patch).
package enum PatchFormat: Sendable, CaseIterable {
    /// RFC 6902
    case jsonPatch
    /// RFC 7386
    case mergePatch
    /// A FHIR resource: FHIRPath Patch if it is a Parameters, otherwise the members to merge.
    case resource

    /// The kind that a bare media type names; nil for any other. What names no type is read as FHIR.
    package init?(mediaType: String?) {
        switch mediaType?.lowercased() {
        case "application/json-patch+json": self = .jsonPatch
        case "application/merge-patch+json": self = .mergePatch
        case nil, "application/fhir+json", "application/json", "application/json+fhir", "text/json",
            "application/fhir+xml", "application/xml", "application/xml+fhir", "text/xml":
            self = .resource
        default: return nil
        }
    }

    /// What `Accept-Patch` and the CapabilityStatement say (RFC 5789 §3.1).
    package static let mediaTypes = [
        "application/json-patch+json", "application/merge-patch+json", "application/fhir+json",
    ]
}
