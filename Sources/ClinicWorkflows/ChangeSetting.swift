import Clinic
import FHIRDefinitions
import FHIRStore
import JSONTape

/// `$clinic-setting-set`: changes one rule, or takes the change back.
struct ChangeSetting: ClinicOperation {
    private let settings: [ClinicSetting]

    init(_ settings: [ClinicSetting]) { self.settings = settings }

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "clinic-setting-set", level: .system, affectsState: true,
            documentation: "Changes a limit or rule of the clinic; without a value the standard holds again.",
            roles: [.superadmin, .facilityHead],
            parameters: [
                .init(.input, "name", 1, 1, "code", "Name of the setting."),
                .init(.input, "value", 0, 1, "string", "The value as JSON."),
                .init(.output, "name", 1, 1, "code", "Name of the setting."),
                .init(.output, "value", 1, 1, "string", "The value in force, as JSON."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let name = work.parameters.text("name") ?? ""
        guard let setting = settings.first(where: { $0.name == name }) else {
            throw OperationParameters.invalid("there is no setting of this name", at: work.parameters.place(of: "name"))
        }
        let text = work.parameters.text("value")
        if let text, (try? Document.parse(text)) == nil {
            throw OperationParameters.invalid("the value is no JSON", at: work.parameters.place(of: "value"))
        }
        try await setting.set(text.map { Array($0.utf8) }, by: work.call.caller, in: work.transaction)
        let value = try await setting.value(in: work.transaction)
        var answer = ParametersWriter()
        answer.add("name", code: name)
        answer.add("value", string: String(decoding: ResourceEdit.json { $0.copy(value) }, as: UTF8.self))
        return ClinicAnswer(answer)
    }
}
