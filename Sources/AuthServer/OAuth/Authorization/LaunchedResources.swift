import FHIRDefinitions
import FHIRStore
import JSONTape

/// `fhirContext` of an EHR launch: what the app is about besides patient and encounter (SMART App Launch 2.2,
/// "fhirContext").
struct LaunchedResources: Sendable {
    private static let greatestCount = 20
    private static let members: Set<String> = ["reference", "canonical", "identifier", "type", "role"]

    /// As the person who launches may reach it.
    let store: FHIRStore

    /// The array as the token response repeats it.
    ///
    /// - Throws: `AuthError` for what the specification does not allow, and for resources that the person may not see.
    func checked(_ array: JSONNode) async throws -> String {
        guard array.isArray, array.count <= Self.greatestCount else {
            throw Self.refusal("is an array of at most \(Self.greatestCount) objects")
        }
        var writer = JSONWriter()
        writer.beginArray()
        for item in array.items {
            try await check(item)
            writer.copy(item)
        }
        writer.endArray()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private func check(_ item: JSONNode) async throws {
        guard item.isObject, item.members.allSatisfy({ Self.members.contains($0.key) }) else {
            throw Self.refusal("holds objects with reference, canonical, identifier, type and role")
        }
        let (reference, canonical) = (item["reference"]?.string, item["canonical"]?.string)
        let identifier = item["identifier"]
        guard reference != nil || canonical != nil || identifier?.isObject == true else {
            throw Self.refusal("names each resource by reference, canonical or identifier")
        }
        guard reference != nil || item["type"] != nil else {
            throw Self.refusal("says of each canonical and identifier which type it is of")
        }
        var type = item["type"]?.string
        guard item["type"] == nil || type.map({ store.definitions.resourceType(named: $0) != nil }) == true else {
            throw Self.refusal("knows the types of R4 only")
        }
        if let reference {
            let referred = try await visibleType(reference)
            guard type == nil || type == referred else { throw Self.refusal("has a type that is not the reference's") }
            type = referred
        }
        let role = item["role"]?.string
        // Relative ones are those of the specification, and it has this one.
        guard item["role"] == nil || role == "launch" || role?.contains(":") == true else {
            throw Self.refusal("has roles that are launch, or an absolute URI")
        }
        guard type != "Patient" && type != "Encounter" || role != nil && role != "launch" else {
            throw Self.refusal("does not repeat the patient and the encounter of the launch")
        }
    }

    /// The type of a resource that is there for the person.
    private func visibleType(_ reference: String) async throws -> String {
        let parts = reference.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, ResourceID.isValid(parts[1]), let type = store.definitions.resourceType(named: parts[0])
        else { throw Self.refusal("has references of the form Type/ID") }
        do {
            _ = try await store.read(type, id: parts[1])
        } catch let error as StoreError where error.code == .notFound || error.code == .gone {
            throw Self.refusal("refers to what is not known")
        }
        return parts[0]
    }

    private static func refusal(_ words: String) -> AuthError {
        AuthError(400, "invalid_request", "fhirContext \(words)")
    }
}
