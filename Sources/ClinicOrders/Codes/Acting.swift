import Clinic
import FHIRModel
import JSONTape

/// Who acts, and who is meant by a reference to a person.
enum Acting {
    private static let people: Set<String> = ["Practitioner", "PractitionerRole", "Patient", "RelatedPerson"]

    /// The caller; nil where nobody signed in.
    static func reference(_ work: ClinicWork) -> Reference? {
        let caller = work.call.caller
        guard !caller.isEmpty else { return nil }
        if let local = LocalReference(caller), people.contains(local.typeName) { return Reference(local) }
        var reference = Reference()
        reference.type = "Practitioner"
        reference.identifier = Identifier(OrderSystems.account, caller)
        return reference
    }

    /// Somebody's reference, or one that says that nobody signed in.
    static func someone(_ work: ClinicWork) -> Reference {
        if let reference = reference(work) { return reference }
        var reference = Reference()
        reference.type = "Practitioner"
        reference.identifier = Identifier(OrderSystems.account, "anonymous")
        return reference
    }

    /// What tells one person from another; nil for a reference that names nobody.
    static func key(_ reference: Reference?) -> String? {
        guard let reference else { return nil }
        if let local = reference.reference.flatMap({ LocalReference($0) }) { return local.text }
        if let text = reference.reference { return text }
        guard let identifier = reference.identifier, let value = identifier.value else { return nil }
        return "\(identifier.system ?? "")|\(value)"
    }

    /// The person behind a role; any other reference as it is.
    static func person(_ reference: LocalReference, in work: ClinicWork) async throws -> LocalReference {
        guard reference.typeName == "PractitionerRole", let role = try await work.find(reference) else {
            return reference
        }
        return role.reference("practitioner") ?? reference
    }
}
