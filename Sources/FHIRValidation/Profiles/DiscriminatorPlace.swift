import FHIRProfiles
import JSONTape

/// Where a discriminator's path leads within a profile, and which values are asked for there.
struct DiscriminatorPlace {
    typealias LookUp = (String) -> Result<ProfileTable, SnapshotError>?

    /// Nil where only a value from further up reaches.
    private(set) var element: ProfileElement?
    private(set) var table: ProfileTable
    private(set) var fixed: [JSONNode] = []
    private(set) var patterns: [JSONNode] = []
    /// Whether the last step went to what a reference points at.
    private var isTarget = false

    /// Nil where the profile says nothing of the place.
    init?(_ steps: [DiscriminatorStep], from slice: ProfileElement, _ table: ProfileTable, lookUp: LookUp) {
        element = slice
        self.table = table
        addValues()
        for step in steps {
            switch step {
            case .name(let name): enter(name, lookUp) { _ in true }
            case .extension(let url):
                enter("extension", lookUp) { element in
                    element.children.first { $0.name == "url" }?.fixed?.string == url
                        || element.types.contains { $0.profiles.contains { CanonicalURL($0).url == url } }
                }
            case .resolve: isTarget = true
            case .ofType(let code):
                if let slice = element?.slices.first(where: { $0.types.contains { $0.code == code } }) {
                    element = slice
                }
            }
            if element == nil, fixed.isEmpty, patterns.isEmpty { return nil }
        }
    }

    private mutating func addValues() {
        if let value = element?.fixed { fixed.append(value) }
        if let value = element?.pattern { patterns.append(value) }
    }

    private mutating func enter(_ name: String, _ lookUp: LookUp, _ isWanted: (ProfileElement) -> Bool) {
        fixed = fixed.flatMap { $0[named: name]?.items ?? [] }
        patterns = patterns.flatMap { $0[named: name]?.items ?? [] }
        guard let current = element else { return }
        var found = isTarget ? nil : child(name, of: current, table, isWanted)
        if found == nil {
            let names = isTarget ? current.types.flatMap(\.targetProfiles) : current.types.flatMap(\.profiles)
            for canonical in names {
                guard case .success(let other)? = lookUp(canonical),
                    let child = child(name, of: other.root, other, isWanted)
                else { continue }
                found = child
                table = other
                break
            }
        }
        isTarget = false
        element = found
        addValues()
    }

    private func child(
        _ name: String, of element: ProfileElement, _ table: ProfileTable, _ isWanted: (ProfileElement) -> Bool
    ) -> ProfileElement? {
        guard let child = table.children(of: element).first(where: { $0.name == name }) else { return nil }
        if name == "extension" { return child.slices.first(where: isWanted) }
        // Where the values are all in one slice, that says what they are.
        if child.fixed == nil, child.pattern == nil, child.slices.count == 1, child.slices[0].min > 0 {
            return child.slices[0]
        }
        return child
    }

    /// Codes of the types that the place allows.
    func codes(lookUp: LookUp) -> [String] {
        guard isTarget else { return element?.types.map(\.code) ?? [] }
        return profiles.compactMap { canonical in
            if case .success(let table)? = lookUp(canonical) { return table.type }
            return CanonicalURL(canonical).url.split(separator: "/").last.map(String.init)
        }
    }

    /// Profiles that the place names.
    var profiles: [String] {
        element?.types.flatMap { isTarget ? $0.targetProfiles : $0.profiles } ?? []
    }
}
