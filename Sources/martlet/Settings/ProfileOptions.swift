import ArgumentParser
import FHIRDefinitions

/// Which profiles the resources of a type have to meet, for every command that stores resources of others.
struct ProfileOptions: ParsableArguments {
    @Option(
        help: """
            A profile that all resources of a type have to meet, as Type=URL: Patient=urn:martlet:profile:patient. \
            May be repeated.
            """)
    var profile: [String] = []

    /// Canonicals by type, each once.
    func profiles(_ reader: SettingsReader) throws -> [TypeID: [String]] {
        var profiles: [TypeID: [String]] = [:]
        for text in reader.strings("profile", profile) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[1].isEmpty else {
                throw ValidationError("--profile is Type=URL, not \(text)")
            }
            guard let type = FHIRDefinitions.r4.resourceType(named: parts[0]) else {
                throw ValidationError("--profile: \(parts[0]) is no resource type of FHIR R4")
            }
            if profiles[type]?.contains(parts[1]) != true { profiles[type, default: []].append(parts[1]) }
        }
        return profiles
    }
}
