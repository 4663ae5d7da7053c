import FHIRDefinitions
package import FHIRStore
import JSONTape

/// What OpenID Connect tells of a person beside the id (OIDC Core §5.1).
package struct PersonProfile: Sendable, Hashable {
    package var name: String?
    package var given: String?
    package var family: String?
    package var email: String?

    /// Reads the Person; nil if there is none.
    ///
    /// - Parameter email: the account's, which was verified; what else the Person names was not.
    package static func read(_ person: String, email: String?, in store: FHIRStore) async throws -> PersonProfile? {
        guard let type = store.definitions.resourceType(named: "Person"), ResourceID.isValid(person) else { return nil }
        let stored: StoredVersion
        do {
            stored = try await store.read(type, id: person)
        } catch let error as StoreError where error.code == .notFound || error.code == .gone {
            return nil
        }
        guard let content = stored.content else { return nil }
        let node = JSONNode(try Document.parse(content))
        var profile = PersonProfile(email: email)
        let names = node["name"]?.items ?? []
        if let name = names.first(where: { $0["use"]?.string == "official" }) ?? names.first {
            let given = name["given"]?.items.compactMap(\.string) ?? []
            profile.given = given.isEmpty ? nil : given.joined(separator: " ")
            profile.family = name["family"]?.string
            let parts = [profile.given, profile.family].compactMap { $0 }
            profile.name = name["text"]?.string ?? (parts.isEmpty ? nil : parts.joined(separator: " "))
        }
        return profile
    }
}
