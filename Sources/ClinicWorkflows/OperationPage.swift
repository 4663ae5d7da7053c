import Clinic
import FHIRDefinitions

/// The page of the clinic's operations, `docs/clinic-operations.md`, made from their declarations.
package enum OperationPage {
    /// The whole page as Markdown.
    package static var markdown: String {
        var lines = [
            "# Operations of the clinic", "",
            "Made from the declarations by `make operations`; a test compares the two. What they belong to, with the",
            "rules behind them: [the clinic](clinic.md).", "",
            "All but those marked *reads* change something: they are called with POST, take an `Idempotency-Key`,",
            "and on an instance `If-Match`. Parameters are those of a Parameters resource; `n..m` says how many.", "",
        ]
        for operation in ClinicWorkflows.operations { lines += section(operation.declaration) }
        return lines.joined(separator: "\n")
    }

    private static func section(_ declaration: ClinicOperationDeclaration) -> [String] {
        var lines = ["## `\(declaration.path)`", ""]
        lines.append(declaration.documentation + (declaration.affectsState ? "" : " *(reads)*"))
        if let transition = declaration.transition {
            let from = transition.from.sorted().map { "`\($0)`" }.joined(separator: ", ")
            lines += ["", "From \(from) to `\(transition.to)`; from any other state 422 `illegal-transition`."]
        }
        if !declaration.roles.isEmpty {
            lines += ["", "For: " + declaration.roles.map(\.rawValue).sorted().joined(separator: ", ") + "."]
        }
        if !declaration.events.isEmpty {
            lines += ["", "Events: " + declaration.events.map { "`\($0)`" }.joined(separator: ", ") + "."]
        }
        for (title, use) in [("In", OperationParameterDeclaration.Use.input), ("Out", .output)] {
            let parameters = declaration.parameters.filter { $0.use == use }
            guard !parameters.isEmpty else { continue }
            lines += ["", "\(title):", ""]
            lines += parameters.flatMap { items($0, indent: "") }
        }
        return lines + [""]
    }

    private static func items(_ parameter: OperationParameterDeclaration, indent: String) -> [String] {
        let count = "\(parameter.min)..\(parameter.max.map { String($0) } ?? "*")"
        let type = parameter.parts.isEmpty ? " \(parameter.type ?? "any")" : ""
        return ["\(indent)- `\(parameter.name)` \(count)\(type): \(parameter.documentation)"]
            + parameter.parts.flatMap { items($0, indent: indent + "  ") }
    }
}
