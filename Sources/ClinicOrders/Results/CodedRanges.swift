import Clinic
import FHIRModel
import FHIRStore
import FHIRTerminology
import JSONTape

/// The value sets of an ObservationDefinition: which codes are valid, normal, abnormal, critical.
struct CodedRanges: Sendable {
    let work: ClinicWork

    /// Refuses a code that the definition does not know (422).
    func check(_ value: Observation.Value, _ definition: ResultDefinition, at place: String) async throws {
        guard case .codeableConcept(let concept) = value, !concept.coding.isEmpty,
            let isValid = try await contains(definition.node["validCodedValueSet"], concept), !isValid
        else { return }
        throw StoreError(
            .businessRule, "the definition does not know a result of this code", expression: place,
            details: "value-type")
    }

    /// Interpretation of table 0078; nil where no value set has the code.
    func flag(_ value: Observation.Value, _ definition: ResultDefinition) async throws -> String? {
        guard case .codeableConcept(let concept) = value else { return nil }
        for (element, flag) in [
            ("criticalCodedValueSet", "AA"), ("abnormalCodedValueSet", "A"), ("normalCodedValueSet", "N"),
        ] {
            if try await contains(definition.node[named: element], concept) == true { return flag }
        }
        return nil
    }

    /// Nil where there is no such value set, or it cannot be had.
    private func contains(_ reference: JSONNode?, _ concept: CodeableConcept) async throws -> Bool? {
        guard let local = LocalReference(reference), local.typeName == "ValueSet",
            let url = try await work.find(local)?.node["url"]?.string
        else { return nil }
        let terminology = work.store.terminology.terminology(in: work.transaction.session)
        guard let set = try? await terminology.conceptSet(of: url) else { return nil }
        for coding in concept.coding {
            guard let system = coding.system, let code = coding.code else { continue }
            if set.contains(Concept(system: system, code: code)) { return true }
        }
        return false
    }
}
