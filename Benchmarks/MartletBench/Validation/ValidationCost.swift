import FHIRDefinitions
import FHIRPath
import FHIRValidation
import JSONTape

/// What validating one resource costs: structure, bindings and invariants, on one core, the resource parsed already.
enum ValidationCost {
    /// Most microseconds that the project allows.
    static let goal = 25.0

    /// An Observation of about 1.8 kB, as laboratories send them: two components, a range, a narrative.
    static let observation = """
        {"resourceType":"Observation","id":"bp-2026-05-04","meta":{"versionId":"1","lastUpdated":\
        "2026-05-04T06:31:12.482Z","tag":[{"system":"urn:example:source","code":"ward-3"}]},"text":{"status":"generated","div":"<div \
        xmlns=\\"http://www.w3.org/1999/xhtml\\"><p><b>Blood pressure</b> 107/60 mmHg, left arm</p></div>"},\
        "identifier":[{"use":"official","system":"urn:ietf:rfc:3986","value":\
        "urn:uuid:187e0c12-8dd2-67e2-99b2-bf273c878281"}],"status":"final","category":[{"coding":[{"system":\
        "http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"Vital Signs"}]}],\
        "code":{"coding":[{"system":"http://loinc.org","code":"85354-9","display":\
        "Blood pressure panel with all children optional"}],"text":"Blood pressure"},"subject":{"reference":\
        "Patient/ilse","display":"Ilse Beispiel"},"encounter":{"reference":"Encounter/ilse-visit"},\
        "effectiveDateTime":"2026-05-04T06:30:00+02:00","issued":"2026-05-04T06:31:12+02:00","performer":[{"reference":\
        "Practitioner/dr-muster"}],"interpretation":[{"coding":[{"system":\
        "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"L","display":"Low"}]}],"bodySite":\
        {"coding":[{"system":"http://snomed.info/sct","code":"368209003","display":"Right arm"}]},"component":[{"code":\
        {"coding":[{"system":"http://loinc.org","code":"8480-6","display":"Systolic blood pressure"}]},"valueQuantity":\
        {"value":107,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"},"referenceRange":[{"low":\
        {"value":90,"unit":"mmHg"},"high":{"value":140,"unit":"mmHg"}}]},{"code":{"coding":[{"system":\
        "http://loinc.org","code":"8462-4","display":"Diastolic blood pressure"}]},"valueQuantity":{"value":60,"unit":"mmHg","system":\
        "http://unitsofmeasure.org","code":"mm[Hg]"}}]}
        """

    /// Microseconds for one validation: the best of ten rounds, since all that others do only adds to it.
    static func microseconds() throws -> Double {
        let definitions = FHIRDefinitions.r4
        let validator = ResourceValidator(definitions: definitions, engine: FHIRPathEngine(definitions: definitions))
        guard let document = try? Document.parse(observation, limits: .fhir),
            let type = definitions.resourceType(named: "Observation")
        else { throw BenchError(.validation, "the observation to validate is no JSON") }
        let node = JSONNode(document)
        let found = validator.issues(in: node, type: type)
        guard found.isEmpty else {
            throw BenchError(.validation, "the observation to validate is not valid: \(found[0].message)")
        }
        let roundSize = 20_000
        var best = Double.infinity
        for _ in 0..<10 {
            let start = MonotonicTime.now
            for _ in 0..<roundSize { _ = validator.issues(in: node, type: type, options: .storage) }
            best = min(best, Double(MonotonicTime.now - start) / 1000 / Double(roundSize))
        }
        return best
    }
}
