/// Why a package is refused. Nothing of it was kept.
package struct PackageError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// No gzip and tar archive, or a damaged one.
        case notAnArchive
        /// Beyond a limit.
        case tooLarge
        /// The archive has entries that no package has: links, names that lead elsewhere.
        case unsafeEntry
        /// There is no `package/package.json`, or it says too little.
        case invalidManifest
        /// The package is for another version of FHIR.
        case otherVersion
        /// A file that should be a resource is none.
        case invalidResource
        /// The same version of the package is here with other content.
        case otherContent
    }

    package var code: Code
    /// For people; quotes names of files, packages and elements at most.
    package var message: String
    /// The file concerned, as the archive names it.
    package var file: String?

    package init(_ code: Code, _ message: String, file: String? = nil) {
        self.code = code
        self.message = message
        self.file = file
    }

    package var description: String { file.map { "\($0): \(message)" } ?? message }
}
