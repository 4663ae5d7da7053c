import Clinic
import FHIRDefinitions
import FHIRStore
import JSONTape

/// `$clinic-settings`: the rules that a clinic may change, with what is in force.
struct ListSettings: ClinicOperation {
    private let settings: [ClinicSetting]

    init(_ settings: [ClinicSetting]) { self.settings = settings }

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "clinic-settings", level: .system, affectsState: false,
            documentation: "The limits and rules that the clinic may change, with the values in force.",
            roles: [.superadmin, .facilityHead, .medicalAdmin],
            parameters: [
                .init(
                    .output, "setting", 0, nil, nil, "One setting.",
                    parts: [
                        .init(.output, "name", 1, 1, "code", "Its name."),
                        .init(.output, "documentation", 1, 1, "string", "What it decides."),
                        .init(.output, "value", 1, 1, "string", "The value in force, as JSON."),
                        .init(.output, "standard", 1, 1, "string", "The value while none is set, as JSON."),
                    ])
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        var answer = ParametersWriter()
        for setting in settings.sorted(by: { $0.name < $1.name }) {
            var parts = ParametersWriter()
            parts.add("name", code: setting.name)
            parts.add("documentation", string: setting.documentation)
            let value = try await setting.value(in: work.transaction)
            let standard = JSONNode(try Document.parse(setting.standard))
            for (name, node) in [("value", value), ("standard", standard)] {
                parts.add(name, string: String(decoding: ResourceEdit.json { $0.copy(node) }, as: UTF8.self))
            }
            answer.add("setting", parts: parts)
        }
        return ClinicAnswer(answer)
    }
}
