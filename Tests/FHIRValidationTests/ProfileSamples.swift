import FHIRProfiles
import JSONTape

/// Profiles made for tests.
struct ProfileSamples: StructureDefinitionSource {
    private var byURL: [String: JSONNode] = [:]

    static let base = "http://example.org/StructureDefinition/"

    /// Adds a profile of a type with the elements of a differential, as JSON separated by commas.
    mutating func add(
        _ name: String, on type: String, from parent: String? = nil, more: String = "", _ elements: String
    ) throws {
        let parent = parent ?? "http://hl7.org/fhir/StructureDefinition/\(type)"
        let text =
            #"{"resourceType":"StructureDefinition","url":"\#(Self.base)\#(name)","name":"X","status":"active","#
            + #""kind":"resource","abstract":false,"type":"\#(type)","baseDefinition":"\#(parent)","#
            + #""derivation":"constraint",\#(more)"differential":{"element":[\#(elements)]}}"#
        byURL[Self.base + name] = JSONNode(try Document.parse(text))
    }

    func structureDefinition(_ canonical: CanonicalURL) -> JSONNode? {
        byURL[canonical.url] ?? StandardStructures.r4.structureDefinition(canonical)
    }
}
