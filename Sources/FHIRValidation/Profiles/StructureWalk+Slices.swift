import FHIRDefinitions
import FHIRPath
import FHIRProfiles
import FHIRTerminology
import JSONTape

/// Slices: which of them a value belongs to, and what that asks (R4 profiling.html#slicing).
extension StructureWalk {
    mutating func checkSlices(
        _ values: [Node], _ element: ProfileElement, _ table: ProfileTable, in parent: Node
    ) {
        var members: [[Node]] = Array(repeating: [], count: element.slices.count)
        let rules = element.slicing?.rules ?? .open
        let discriminators = element.slicing?.discriminators ?? []
        let places = element.slices.map { slice in
            discriminators.map { discriminator in
                discriminator.steps.flatMap { DiscriminatorPlace($0, from: slice, table, lookUp: { self.table($0) }) }
            }
        }
        var lastSlice = 0
        var lastOther: Node?
        for value in values {
            guard takeProfileStep() else { return }
            // What the discriminators lead to is the same for all slices.
            let found = discriminators.map { nodes(at: ($0.steps ?? [])[...], from: [value]) }
            let slice = element.slices.indices.first {
                belongs(value, found, to: element.slices[$0], places[$0], of: element, table)
            }
            guard let slice else {
                if rules == .closed {
                    report(
                        .structure, at: place(of: value),
                        "the value is in none of the slices of \(element.name), which the profile \(table.url) closes")
                }
                lastOther = value
                continue
            }
            if rules == .openAtEnd, let lastOther {
                report(
                    .structure, at: place(of: lastOther),
                    "values that are in no slice come last, says the profile \(table.url)")
            }
            if element.slicing?.isOrdered == true, slice < lastSlice {
                report(
                    .structure, at: place(of: value),
                    "the slices of \(element.name) are in another order in the profile \(table.url)")
            }
            lastSlice = slice
            members[slice].append(value)
        }
        for (slice, values) in zip(element.slices, members) {
            checkCount(values, slice, table, in: parent)
            for value in values { check(value, slice, table) }
            if !slice.slices.isEmpty { checkSlices(values, slice, table, in: parent) }
        }
    }

    /// Whether a value belongs to a slice, by the discriminators of its element.
    private mutating func belongs(
        _ value: Node, _ found: [[Node]], to slice: ProfileElement, _ places: [DiscriminatorPlace?],
        of element: ProfileElement, _ table: ProfileTable
    ) -> Bool {
        guard takeProfileStep() else { return false }
        if element.name == "extension" || element.name == "modifierExtension" {
            if let url = extensionURL(of: slice, table) {
                return value.value.flatMap { JSONNode(document, $0)["url"]?.string } == url
            }
        }
        guard let discriminators = element.slicing?.discriminators, !discriminators.isEmpty else {
            if slice.types.isEmpty { return conforms(value, to: slice, table) }
            let isOfType = slice.types.contains { isOf(value, $0.code) }
            return element.slicing?.discriminators == nil ? isOfType : isOfType && conforms(value, to: slice, table)
        }
        for (number, discriminator) in discriminators.enumerated() {
            guard discriminator.steps != nil else {
                if !conforms(value, to: slice, table) { return false }
                continue
            }
            // Where the slice says nothing, it tells nothing apart.
            guard let place = places[number] else { continue }
            if !fulfil(found[number], discriminator.kind, place) { return false }
        }
        return true
    }

    /// The URL that tells the extensions of a slice.
    private func extensionURL(of slice: ProfileElement, _ table: ProfileTable) -> String? {
        if let url = slice.children.first(where: { $0.name == "url" })?.fixed?.string { return url }
        guard let profile = slice.types.first?.profiles.first else { return nil }
        if case .success(let known)? = self.table(profile), let url = known.extensionURL { return url }
        return CanonicalURL(profile).url
    }

    // MARK: - Discriminators

    private mutating func fulfil(_ values: [Node], _ kind: String, _ place: DiscriminatorPlace) -> Bool {
        switch kind {
        case "exists":
            if place.element?.max == 0 { return values.isEmpty }
            return (place.element?.min ?? 0) == 0 || !values.isEmpty
        case "type":
            let codes = place.codes(lookUp: { self.table($0) })
            return codes.isEmpty || values.contains { value in codes.contains { isOf(value, $0) } }
        case "profile":
            let profiles = place.profiles
            if profiles.isEmpty { return true }
            for value in values {
                for profile in profiles where conforms(value, toProfile: profile) ?? false { return true }
            }
            return false
        default: return hasValue(values, of: place)
        }
    }

    /// What discriminators of the kinds value and pattern ask.
    private mutating func hasValue(_ values: [Node], of place: DiscriminatorPlace) -> Bool {
        let nodes = values.compactMap { $0.value.map { JSONNode(document, $0) } }
        if !place.patterns.isEmpty || !place.fixed.isEmpty {
            return place.patterns.allSatisfy { pattern in nodes.contains { JSONPattern.matches($0, pattern) } }
                && place.fixed.allSatisfy { fixed in nodes.contains { JSONPattern.equals($0, fixed) } }
        }
        guard let element = place.element else { return true }
        if values.isEmpty { return element.min == 0 && element.isIdle }
        if let binding = element.binding, binding.isRequired, binding.codes != nil {
            return values.contains { membership(of: $0, in: binding) == .member }
        }
        for value in values where conforms(value, to: element, place.table) { return true }
        return false
    }

    /// The elements of the resource that a discriminator's path leads to.
    private mutating func nodes(at steps: ArraySlice<DiscriminatorStep>, from start: [Node]) -> [Node] {
        var nodes = start
        for step in steps {
            var next: [Node] = []
            for node in nodes {
                switch step {
                case .name(let name):
                    next += evaluation.namedChildren(of: node).filter { $0.name == name }.map(\.child)
                case .extension(let url):
                    next += evaluation.namedChildren(of: node).filter { name, child in
                        name == "extension" && child.value.flatMap { JSONNode(document, $0)["url"]?.string } == url
                    }.map(\.child)
                case .resolve: if let target = resolve(node) { next.append(target) }
                case .ofType(let code): if isOf(node, code) { next.append(node) }
                }
            }
            nodes = next
        }
        return nodes
    }
}
