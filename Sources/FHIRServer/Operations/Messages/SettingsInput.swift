import FHIRDefinitions
import HL7Ingest
import JSONTape

extension OperationCall {
    /// What setting the parameter `settings`, JSON in a string, comes to; nil without the parameter.
    /// - Parameters:
    ///   - details: the code of what is wrong with them.
    ///   - set: checks and stores the settings.
    /// - Throws: what `set` throws, with each fault of the settings as an issue of its own.
    func settings<Entry>(details: String, _ set: (JSONNode) async throws -> Entry) async throws -> Entry? {
        guard let text = input.string("settings") else { return nil }
        let document: Document
        do {
            document = try Document.parse(text)
        } catch {
            throw input.error("the parameter settings is no JSON", at: "settings")
        }
        do {
            return try await set(JSONNode(document))
        } catch let error as SourceSettingsError {
            throw InvalidResource(
                issues: error.faults.map {
                    OutcomeIssue(code: "invalid", details: details, diagnostics: "\($0.path): \($0.message)")
                })
        }
    }
}
