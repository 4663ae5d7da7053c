/// Lays what a message states over what is stored.
enum ElementOverlay {
    /// - Parameters:
    ///   - clearing: elements to take away, unless they are stated.
    ///   - fillsOnly: the statement is older than what is stored: it may fill what is empty, nothing else.
    static func lay(
        _ stated: FHIRObject, over stored: FHIRObject, clearing: Set<String> = [], fillsOnly: Bool = false
    ) -> FHIRObject {
        var result = FHIRObject()
        for member in stored.members {
            let isCleared = clearing.contains(member.key.removingUnderscore) && !fillsOnly
            guard !isCleared, !isReplaced(member.key, by: stated, fillsOnly: fillsOnly) else { continue }
            result.set(member.key, member.value)
        }
        for member in stated.members {
            guard let old = stored[member.key] else {
                if !fillsOnly || !hasElement(member.key, stored) { result.set(member.key, member.value) }
                continue
            }
            switch member.key {
            case "identifier": result.set(member.key, union(old, member.value, by: ["system", "value"]))
            case "extension", "modifierExtension":
                result.set(member.key, union(old, member.value, by: ["url"], prefersNew: !fillsOnly))
            default: if !fillsOnly { result.set(member.key, member.value) }
            }
        }
        return result
    }

    /// Whether a stored member gives way: another type of the same choice, or the companion of a primitive that is
    /// stated anew.
    private static func isReplaced(_ key: String, by stated: FHIRObject, fillsOnly: Bool) -> Bool {
        guard !fillsOnly, stated[key] == nil else { return false }
        let name = key.removingUnderscore
        return stated.members.contains { member in
            let other = member.key.removingUnderscore
            if other == name { return true }
            guard let stem = choiceStem(name), let otherStem = choiceStem(other) else { return false }
            return stem == otherStem
        }
    }

    /// Whether the element is there in any of its types, or as a companion.
    private static func hasElement(_ key: String, _ stored: FHIRObject) -> Bool {
        let name = key.removingUnderscore
        return stored.members.contains { member in
            let other = member.key.removingUnderscore
            return other == name || choiceStem(name).map { $0 == choiceStem(other) } ?? false
        }
    }

    /// `deceasedBoolean` and `deceasedDateTime` are one element: R4 formats#choice. Only the choices that maps use.
    private static func choiceStem(_ name: String) -> String? {
        // Longer than the stem, so something follows it.
        stems.first { name.hasPrefix($0) && name.count > $0.count && name.dropFirst($0.count).first!.isUppercase }
    }

    private static let stems = [
        "deceased", "multipleBirth", "onset", "abatement", "occurrence", "effective", "value", "performed", "collected",
        "medication", "reported", "timing", "fastingStatus", "product",
    ]

    /// The items of both lists, told apart by the members of `keys`.
    private static func union(
        _ old: FHIRValue, _ new: FHIRValue, by keys: [String], prefersNew: Bool = true
    ) -> FHIRValue {
        guard case .array(var items) = old, case .array(let added) = new else { return prefersNew ? new : old }
        func identity(_ value: FHIRValue) -> [FHIRValue?] {
            guard case .object(let object) = value else { return [] }
            return keys.map { object[$0] }
        }
        for item in added {
            if let index = items.firstIndex(where: { identity($0) == identity(item) }) {
                if prefersNew { items[index] = item }
            } else {
                items.append(item)
            }
        }
        return .array(items)
    }
}

extension String {
    /// The element's name of `_birthDate`.
    fileprivate var removingUnderscore: String { hasPrefix("_") ? String(dropFirst()) : self }
}
