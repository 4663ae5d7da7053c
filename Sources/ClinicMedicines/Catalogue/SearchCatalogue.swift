package import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// `/Medication/$catalog-search`: what can be prescribed, by a part of its name or by its code.
package struct SearchCatalogue: ClinicOperation {
    package init() {}

    package var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "catalog-search", typeName: "Medication", level: .type, affectsState: false,
            documentation: "Finds medicines of the catalogue that can be prescribed.",
            roles: [.superadmin, .medicalAdmin, .physician, .pharmacy, .nurse],
            parameters: [
                .init(.input, "text", 1, 1, "string", "Part of the name, or the code."),
                .init(.input, "form", 0, 1, "CodeableConcept", "Dose form: a code, or a word of its name."),
                .init(.input, "count", 0, 1, "integer", "At most so many; 20 by default, up to 200."),
                .init(.output, "return", 1, 1, "Bundle", "Medication and MedicationKnowledge."),
            ])
    }

    package func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let text = (work.parameters.text("text") ?? "").trimmed
        guard !text.isEmpty else {
            throw OperationParameters.invalid("the parameter text is empty", at: work.parameters.place(of: "text"))
        }
        let count = work.parameters.integer("count") ?? 20
        guard (1...200).contains(count) else {
            throw OperationParameters.invalid("the parameter count is 1 to 200", at: work.parameters.place(of: "count"))
        }
        let form = work.parameters.concept("form").map {
            MedicineConcept((try? Document.parse($0)).map { JSONNode($0) })
        }
        let escaped = Self.escaped(text)
        var found: [LocalReference: SavedResource] = [:]
        for (type, formElement) in [("Medication", "form"), ("MedicationKnowledge", "doseForm")] {
            for name in ["code:text", "code"] {
                let matches = try await work.search(type, [(name, escaped)])
                for match in matches where Self.isPrescribable(match) {
                    if let form, !Self.matches(match.node[named: formElement], form) { continue }
                    found[match.reference] = match.saved(in: work.store)
                }
            }
        }
        let sorted = found.values.sorted { $0.reference < $1.reference }
        return ClinicAnswer(Array(sorted.prefix(count)), base: work.call.base)
    }

    private static func isPrescribable(_ medicine: StoredResource) -> Bool {
        medicine.status.isEmpty || medicine.status == "active"
    }

    /// By a code of the form, or a word of what it is called.
    private static func matches(_ node: JSONNode?, _ form: MedicineConcept) -> Bool {
        let own = MedicineConcept(node)
        let codes = Set(own.keys.compactMap { $0.split(separator: "|").last.map { $0.lowercased() } })
        let asked = form.keys.compactMap { $0.split(separator: "|").last.map { $0.lowercased() } } + form.words
        return asked.contains { word in
            codes.contains(word.lowercased())
                || own.words.contains { $0.lowercased().contains(word.lowercased()) }
        }
    }

    /// R4 search.html#escaping
    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, letter in
            if "\\,|$".contains(letter) { result.append("\\") }
            result.append(letter)
        }
    }
}

extension String {
    /// Without blanks at its ends.
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
