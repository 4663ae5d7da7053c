package import FHIRProfiles

/// How a package is to be loaded.
package struct PackageOptions: Sendable {
    /// Also store what is no definition: examples, and resources of other types.
    package var includesExamples: Bool
    /// Put it in the place of what was loaded under the same name and version.
    package var replaces: Bool

    package init(includesExamples: Bool = false, replaces: Bool = false) {
        self.includesExamples = includesExamples
        self.replaces = replaces
    }
}

/// What is to be told of one resource of a package, or of the package as a whole.
package struct PackageIssue: Sendable, Hashable {
    package enum Severity: String, Sendable {
        case warning, information
    }

    package var severity: Severity
    /// Stable code for programs.
    package var code: String
    /// For people; quotes names and canonical URLs at most.
    package var message: String
    /// The file concerned, as the archive names it.
    package var file: String?

    package init(_ severity: Severity, code: String, _ message: String, file: String? = nil) {
        self.severity = severity
        self.code = code
        self.message = message
        self.file = file
    }
}

/// What came of loading a package.
package struct PackageLoad: Sendable {
    package enum Outcome: String, Sendable {
        case loaded
        /// The same name and version were there, with other content, and gave way.
        case replaced
        /// The same content is there: nothing was changed.
        case unchanged
    }

    package var manifest: PackageManifest
    package var outcome: Outcome
    /// Resources of the package by type, whether they were stored now or before.
    package var counts: [String: Int]
    package var issues: [PackageIssue]
}

/// How far a load is.
package enum PackageProgress: Sendable, Hashable {
    /// So many resources were read and checked.
    case checked(Int)
    /// So many of all resources are stored, as soon as all are.
    case stored(Int, of: Int)
}

/// A package as it is loaded.
package struct LoadedPackage: Sendable, Hashable {
    package var name: String
    package var version: String
    package var title: String?
    package var canonical: String?
    package var resourceCount: Int
    /// Microseconds since 1970.
    package var loaded: Int64
}
