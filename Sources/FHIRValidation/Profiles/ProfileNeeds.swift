package import FHIRProfiles
package import JSONTape

extension ResourceValidator {
    /// Canonicals of the profiles that a resource names, and those within it, that the standard does not have: whoever
    /// keeps definitions elsewhere has to have them ready before the resource is checked.
    ///
    /// - Parameter includesExtensions: whether the definitions of extensions are wanted too.
    package func canonicals(neededBy resource: JSONNode, includesExtensions: Bool) -> [CanonicalURL] {
        var found: Set<String> = []
        collect(resource, includesExtensions, &found)
        return found.sorted().map { CanonicalURL($0) }.filter {
            tables.table($0, in: StandardStructures.r4) == nil
        }
    }

    /// Greatest number of canonicals that one resource may have fetched.
    private static let maximumCanonicalCount = 200

    private func collect(_ resource: JSONNode, _ includesExtensions: Bool, _ found: inout Set<String>) {
        guard resource.isObject else { return }
        for profile in resource["meta"]?["profile"]?.items ?? [] { add(profile.string, &found) }
        if includesExtensions { collectExtensions(resource, &found) }
        for contained in resource["contained"]?.items ?? [] { collect(contained, false, &found) }
        for name: StaticString in ["entry", "parameter"] {
            for item in resource[name]?.items ?? [] {
                if let inner = item["resource"] { collect(inner, false, &found) }
            }
        }
    }

    /// URLs of extensions anywhere: one pass over the tape.
    private func collectExtensions(_ node: JSONNode, _ found: inout Set<String>) {
        if node.isArray {
            for item in node.elements { collectExtensions(item, &found) }
        } else if node.isObject {
            for (key, value) in node.members {
                if key == "extension" || key == "modifierExtension" {
                    for item in value.items where item["url"]?.string?.contains(":") == true {
                        add(item["url"]?.string, &found)
                    }
                }
                collectExtensions(value, &found)
            }
        }
    }

    private func add(_ canonical: String?, _ found: inout Set<String>) {
        if let canonical, found.count < Self.maximumCanonicalCount { found.insert(canonical) }
    }
}
