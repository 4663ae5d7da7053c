import FHIRProfiles

extension PackageLoader {
    /// Loads the clinic's own profiles, unless this version of them is loaded: then nil, after one short read.
    ///
    /// Former versions stay, since resources may name them.
    package func loadClinicPackage() async throws -> PackageLoad? {
        let manifest = try ClinicPackage.manifest
        let known = try await store.translating {
            try await store.withSession { try await PackageCatalog(session: $0).find(manifest) }
        }
        return known == nil ? try await load(ClinicPackage.archive) : nil
    }
}
