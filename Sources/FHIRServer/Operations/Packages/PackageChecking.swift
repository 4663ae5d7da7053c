package import FHIRStore

/// Checks a package's resources as other writes are checked.
package struct PackageChecking: Sendable {
    private let checker: any ResourceChecking

    package init(checker: any ResourceChecking) {
        self.checker = checker
    }

    /// What keeps the resource from being stored: the first error and where it is; nil if there is none.
    package func problem(of resource: ResourceInput) -> String? {
        let errors = checker.ownIssues(of: resource).filter { $0.severity == .error || $0.severity == .fatal }
        guard let first = errors.first else { return nil }
        let place = first.expression.map { " at \($0)" } ?? ""
        let more = errors.count > 1 ? ", and \(errors.count - 1) more" : ""
        return (first.diagnostics ?? "it is invalid") + place + more
    }
}

extension OutcomeIssue {
    init(_ issue: PackageIssue) {
        let severity: Severity =
            switch issue.severity {
            case .warning: .warning
            case .information: .information
            }
        self.init(
            severity, code: "informational", details: issue.code,
            diagnostics: issue.file.map { "\($0): \(issue.message)" } ?? issue.message)
    }
}
