import Clinic
import FHIRModel
import FHIRStore
import JSONTape

/// Whom a call of `$merge` names as source and target, by reference, by identifiers, or by both.
struct MergeRequest: Sendable {
    let source: StoredResource
    let target: StoredResource

    init(_ work: ClinicWork) async throws {
        let source = try await Self.find("source", work)
        let target = try await Self.find("target", work)
        guard source != target else {
            throw StoreError(
                .businessRule, "source and target are the same patient", expression: "Parameters.parameter",
                details: "same-patient")
        }
        let locked = try await work.lock(all: [source, target])
        guard let source = locked[source], let target = locked[target] else {
            throw StoreError(.fault, "a patient that was locked is gone")
        }
        self.source = source
        self.target = target
    }

    /// https://hl7.org/fhir/R5/patient-operation-merge.html: identifiers alone must lead to one patient, and with a
    /// reference all of them must be that patient's.
    private static func find(_ role: String, _ work: ClinicWork) async throws -> LocalReference {
        let parameters = work.parameters
        let reference = try parameters.reference("\(role)-patient", "Patient")
        let identifiers = try parameters.elements("\(role)-patient-identifier", Identifier.self)
        guard reference != nil || !identifiers.isEmpty else {
            throw OperationParameters.invalid("one of \(role)-patient and \(role)-patient-identifier is given")
        }
        let place = parameters.place(of: "\(role)-patient-identifier")
        for identifier in identifiers where identifier.value == nil {
            throw OperationParameters.invalid("an identifier has a value", at: place)
        }
        if let reference {
            let stored = try await work.read(reference, element: parameters.place(of: "\(role)-patient"))
            guard identifiers.allSatisfy({ holds($0, stored) }) else {
                throw StoreError(
                    .businessRule, "the \(role) patient does not have all the identifiers", expression: place,
                    details: "unknown-reference")
            }
            return reference
        }
        let first = identifiers[0]
        let token = [first.system, first.value].compactMap(\.self).map(escaped).joined(separator: "|")
        // Copies that merges left with survivors are out of use and lead nowhere.
        let found = try await work.search("Patient", [("identifier", token)], limit: 100)
            .filter { stored in identifiers.allSatisfy { holds($0, stored) } }
        guard found.count == 1 else {
            throw StoreError(
                .businessRule, "the identifiers lead to \(found.isEmpty ? "no" : "more than one") patient",
                expression: place, details: found.isEmpty ? "unknown-reference" : "duplicate")
        }
        return found[0].reference
    }

    private static func holds(_ identifier: Identifier, _ patient: StoredResource) -> Bool {
        (patient.node["identifier"]?.items ?? []).contains { item in
            item["value"]?.string == identifier.value && item["use"]?.string != "old"
                && (identifier.system == nil || item["system"]?.string == identifier.system)
        }
    }

    /// R4 search.html#escaping.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            if "\\,|$".contains(character) { result.append("\\") }
            result.append(character)
        }
        return result
    }

    /// What the target shall be, where the caller says so: the same patient, with the target's identifiers and a link
    /// to the source.
    func result(_ work: ClinicWork) throws -> [UInt8]? {
        guard let result = work.parameters.resources("result-patient").first else { return nil }
        let place = work.parameters.place(of: "result-patient").map { $0 + ".resource" }
        func refuse(_ message: String) -> StoreError {
            StoreError(.invalidRequest, message, expression: place, details: "invalid-parameter")
        }
        guard result["id"]?.string == target.reference.id else { throw refuse("result-patient has the target's id") }
        let linked = (result["link"]?.items ?? []).contains { link in
            link["type"]?.string == "replaces" && LocalReference(link["other"]) == source.reference
        }
        guard linked else { throw refuse("result-patient has a link to the source, of type replaces") }
        let kept = Set((result["identifier"]?.items ?? []).map(Self.pair))
        for identifier in target.node["identifier"]?.items ?? [] where !kept.contains(Self.pair(identifier)) {
            throw refuse("result-patient has all identifiers of the target")
        }
        var edit = ResourceEdit(result)
        edit.remove("meta")
        return edit.bytes
    }

    private static func pair(_ identifier: JSONNode) -> [String] {
        [identifier["system"]?.string ?? "", identifier["value"]?.string ?? ""]
    }
}
