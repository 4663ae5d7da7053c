package import FHIRStore

/// Checks a package's resources as other writes are checked.
package struct PackageChecking: Sendable {
    private let checker: any ResourceChecking

    package init(checker: any ResourceChecking) {
        self.checker = checker
    }

    /// What keeps the resource from being stored; lesser issues are the package's own affair.
    package func issues(of resource: ResourceInput) -> [PackageIssue] {
        checker.issues(of: resource).filter { $0.severity == .error || $0.severity == .fatal }.map { issue in
            let place = issue.expression.map { " at \($0)" } ?? ""
            return PackageIssue(
                .error, code: issue.details ?? "invalid-resource",
                (issue.diagnostics ?? "the resource is invalid") + place)
        }
    }
}

extension OutcomeIssue {
    init(_ issue: PackageIssue) {
        let severity: Severity =
            switch issue.severity {
            case .error: .error
            case .warning: .warning
            case .information: .information
            }
        self.init(
            severity, code: severity == .error ? "invalid" : "informational", details: issue.code,
            diagnostics: issue.file.map { "\($0): \(issue.message)" } ?? issue.message)
    }
}
