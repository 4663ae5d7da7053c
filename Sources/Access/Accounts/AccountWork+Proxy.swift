import FHIRFormats
import FHIRStore
import JSONTape

extension AccountWork {
    /// Makes the RelatedPerson as whom somebody acts for a patient, and the Consent that permits it; returns the id of
    /// the former. For administrators at the machine: others grant it by `Patient/[id]/$grant-proxy`.
    package func makeProxy(of patient: String) async throws -> String {
        var resources = AccountResources(transaction)
        let reference = #"{"reference":"Patient/\#(patient)"}"#
        let related = try await resources.add(
            "RelatedPerson",
            json: Array(#"{"resourceType":"RelatedPerson","active":true,"patient":\#(reference)}"#.utf8))
        let consent = """
            {"resourceType":"Consent","status":"active","scope":{"coding":[{
            "system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},
            "category":[{"coding":[{"system":"urn:martlet:codesystem:consent-category","code":"proxy"}]}],
            "patient":\(reference),"dateTime":"\(store.clock().truncatedToMilliseconds.text)",
            "performer":[\(reference)],"policyRule":{"coding":[{
            "system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"OPTIN"}]},
            "provision":{"type":"permit","actor":[{"role":{"coding":[{
            "system":"http://terminology.hl7.org/CodeSystem/v3-RoleCode","code":"DELEGATEE"}]},
            "reference":{"reference":"RelatedPerson/\(related)"}}]}}
            """
        try await resources.add("Consent", json: Array(consent.utf8))
        try await resources.write()
        return related
    }
}
